import { type Frame, RUNNING, WAITING } from './profile.ts';
import { isUserFrame } from './user-code.ts';

/** Functions V8 reports for time in which nothing ran. */
const V8_IDLE = new Set(['(idle)']);

/**
 * Standard-library functions a Python thread waits in. py-spy's traces with `--idle` do not say which samples were idle; its own
 * detection by thread state calls a thread busy that is not, so the innermost frame decides.
 */
const PYTHON_WAITS: readonly [file: RegExp, functions: RegExp][] = [
  [/(^|\/)threading\.py$/, /^(.*\.)?(wait|_wait_for_tstate_lock|join|_shutdown|acquire)$/],
  [/(^|\/)selectors\.py$/, /^(.*\.)?select$/],
  [/(^|\/)(multiprocessing\/)?queues?\.py$/, /^(.*\.)?(get|put)$/],
  [/(^|\/)concurrent\/futures\/\w+\.py$/, /^(.*\.)?(_worker|wait|result)$/],
  [/(^|\/)socket\.py$/, /^(.*\.)?(accept|readinto|create_connection)$/],
  [/(^|\/)socketserver\.py$/, /^(.*\.)?(serve_forever|get_request)$/],
  [/(^|\/)ssl\.py$/, /^(.*\.)?(read|recv_into|do_handshake)$/],
  [/(^|\/)subprocess\.py$/, /^(.*\.)?(_try_wait|_wait|wait|communicate)$/],
  [/(^|\/)multiprocessing\/(connection|popen_fork|synchronize)\.py$/, /^(.*\.)?(_recv|_poll|poll|wait|__enter__)$/],
  [/(^|\/)asyncio\/(runners|base_events|windows_events)\.py$/, /^(.*\.)?(run|_poll|run_until_complete|run_forever)$/],
  [/(^|\/)gunicorn\/.*\.py$/, /^(.*\.)?(sleep|wait|run_for_one)$/],
  [/(^|\/)uvicorn\/(supervisors\/.*|server|_compat)\.py$/, /^(.*\.)?(run|pause|should_restart|asyncio_run)$/],
];

/** {@link RUNNING} or {@link WAITING}, by the innermost frame. A module of the user's may be called `queue.py` too, and runs. */
export function sampleStateOf(innermost: Frame): number {
  if (innermost.file === null) return V8_IDLE.has(innermost.function) ? WAITING : RUNNING;
  if (isUserFrame(innermost)) return RUNNING;
  const file = innermost.file.replaceAll('\\', '/');
  const waits = PYTHON_WAITS.some(([files, functions]) => files.test(file) && functions.test(innermost.function));
  return waits ? WAITING : RUNNING;
}
