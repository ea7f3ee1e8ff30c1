import { type FromRunner, RunnerError, type ToRunner } from './messages.ts';
import { Run } from './run.ts';

/** When the parent goes, what was measured is written and this process ends, at the latest after this. */
const LAST_MOMENTS_MS = 1800;

let run: Run | null = null;

process.on('message', (message: ToRunner) => {
  if (message.type === 'stop') run?.stop();
  else if (!run) {
    run = new Run(message.request, __dirname, post);
    void execute(run);
  }
});
process.on('disconnect', () => {
  setTimeout(() => process.exit(1), LAST_MOMENTS_MS).unref();
  if (run) run.stop();
  else process.exit(0);
});
process.on('exit', () => run?.abandon());
// The terminal sends these to the whole group; the parent decides what becomes of the run.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => run?.stop());

async function execute(current: Run): Promise<void> {
  try {
    await post({ type: 'finished', ...(await current.execute()) });
  } catch (error) {
    const failure =
      error instanceof RunnerError ? error : new RunnerError(1, `Tailflame failed: ${(error as Error).message}`);
    await post({ type: 'failed', code: failure.code, message: failure.message, host: failure.host });
  }
  process.exitCode = 0;
  if (process.connected) process.disconnect();
  else process.exit();
}

/** Resolves when the message is on its way: a large one takes several writes, and would be lost to an early goodbye. */
function post(message: FromRunner): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}
