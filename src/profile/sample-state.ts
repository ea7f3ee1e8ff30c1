import { type Frame, RUNNING, WAITING } from './profile.ts';
import { isUserFrame } from './user-code.ts';

/** Functions V8 reports for time in which nothing ran. */
const V8_IDLE = new Set(['(idle)']);

type Waits = readonly (readonly [file: RegExp, functions: RegExp])[];

/**
 * Standard-library functions a Python thread waits in. py-spy's traces with `--idle` do not say which samples were idle; its own
 * detection by thread state calls a thread busy that is not, so the innermost frame decides. A module of the user's may have one of these
 * names, and runs.
 */
const MODULE_WAITS: Waits = [
  [/(^|\/)threading\.py$/, /^(.*\.)?(wait|_wait_for_tstate_lock|join|_shutdown|acquire)$/],
  [/(^|\/)selectors\.py$/, /^(.*\.)?select$/],
  [/(^|\/)queues?\.py$/, /^(.*\.)?(get|put)$/],
  [/(^|\/)socket\.py$/, /^(.*\.)?(accept|readinto|create_connection)$/],
  [/(^|\/)socketserver\.py$/, /^(.*\.)?(serve_forever|get_request)$/],
  [/(^|\/)ssl\.py$/, /^(.*\.)?(read|recv_into|do_handshake)$/],
  [/(^|\/)subprocess\.py$/, /^(.*\.)?(_try_wait|_wait|wait|communicate)$/],
];

/** Those of packages, whose path says enough, wherever they were copied to. */
const PACKAGE_WAITS: Waits = [
  [/(^|\/)concurrent\/futures\/\w+\.py$/, /^(.*\.)?(_worker|wait|result)$/],
  [/(^|\/)multiprocessing\/queues\.py$/, /^(.*\.)?(get|put)$/],
  [/(^|\/)multiprocessing\/(connection|popen_fork|synchronize)\.py$/, /^(.*\.)?(_recv|_poll|poll|wait|__enter__)$/],
  [/(^|\/)asyncio\/(runners|base_events|windows_events)\.py$/, /^(.*\.)?(run|_poll|run_until_complete|run_forever)$/],
  [/(^|\/)gunicorn\/.*\.py$/, /^(.*\.)?(sleep|wait|run_for_one)$/],
  [/(^|\/)uvicorn\/(supervisors\/.*|server|_compat)\.py$/, /^(.*\.)?(run|pause|should_restart|asyncio_run)$/],
];

/** {@link RUNNING} or {@link WAITING}, by the innermost frame. */
export function sampleStateOf(innermost: Frame): number {
  if (innermost.file === null) return V8_IDLE.has(innermost.function) ? WAITING : RUNNING;
  const file = innermost.file.replaceAll('\\', '/');
  const waitsBy = (waits: Waits): boolean =>
    waits.some(([files, functions]) => files.test(file) && functions.test(innermost.function));
  return waitsBy(PACKAGE_WAITS) || (waitsBy(MODULE_WAITS) && !isUserFrame(innermost)) ? WAITING : RUNNING;
}
