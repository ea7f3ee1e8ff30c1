import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InspectorSession, listedSession } from '../../profile/capture/inspector.ts';
import { CaptureError } from '../../profile/capture/profiler.ts';
import { listeningPorts } from './target-process.ts';

const OPEN_MS = 3000;
const CLOSE_MS = 1000;
const LIST_MS = 500;
const DEFAULT_PORT = 9229;
/** SIGUSR1's bit in `/proc/PID/status`'s SigCgt. */
const SIGUSR1_BIT = 1n << 9n;

/**
 * The inspector of a Node target in one run, for all that need it: given, found open, or opened on request. One that was opened here is
 * closed here, when nobody needs it any more.
 */
export class TargetInspector {
  readonly #given: string | null;
  #address: Promise<string> | null = null;
  #opened: string | null = null;

  /** @param given `ws://…` or `http://host:port`; null: found or opened */
  constructor(given: string | null) {
    this.#given = given;
  }

  /** Whether it was named, so that there is nothing to be opened. */
  get isGiven(): boolean {
    return this.#given !== null;
  }

  /** @param pid of a Node process; null where it is not known. Rejects with a {@link CaptureError} that says what is missing. */
  address(pid: number | null): Promise<string> {
    if (this.#given !== null) return Promise.resolve(this.#given);
    if (pid === null) return Promise.reject(new CaptureError('The process whose inspector is wanted is not known.'));
    this.#address ??= this.#find(pid).catch((error: unknown) => {
      // Who asks later may have more luck.
      this.#address = null;
      throw error;
    });
    return this.#address;
  }

  /** Closes it where it was opened here. Sessions must have ended: the target stands still until the last one has. */
  async close(): Promise<void> {
    const address = this.#opened;
    this.#opened = null;
    this.#address = null;
    if (address === null) return;
    const closed = closeFromWithin(address).catch(() => {
      // The target has gone, and its inspector with it.
    });
    await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  async #find(pid: number): Promise<string> {
    const open = await findInspector(pid);
    if (open !== null) return open;
    this.#opened = await openInspector(pid);
    return this.#opened;
  }
}

async function closeFromWithin(address: string): Promise<void> {
  const session = await InspectorSession.connect(address, () => {});
  // The target blocks in close() until the last session ends, so it must happen after this one has.
  const expression =
    '{ const inspector = require("node:inspector"); setTimeout(() => inspector.close(), 100); undefined; }';
  await session.send('Runtime.evaluate', { expression, includeCommandLineAPI: true });
  session.close();
}

/** Asks a Node process to open its inspector. SIGUSR1 ends a process that does not expect it, so that is looked up first. */
async function openInspector(pid: number): Promise<string> {
  const hint = 'Start it with --inspect.';
  if (process.platform === 'win32') throw new CaptureError(`Process ${pid} has no inspector open. ${hint}`);
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    if ((caught & SIGUSR1_BIT) === 0n)
      throw new CaptureError(`Process ${pid} does not open its inspector on request. ${hint}`);
  }
  try {
    process.kill(pid, 'SIGUSR1');
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ESRCH';
    throw new CaptureError(
      gone ? `Process ${pid} is gone.` : `Process ${pid} may not be signalled: it is another user's. ${hint}`,
    );
  }
  const deadline = performance.now() + OPEN_MS;
  while (performance.now() < deadline) {
    const found = await findInspector(pid);
    if (found !== null) return found;
    await sleep(50);
  }
  throw new CaptureError(
    `Process ${pid} was asked to open its inspector and did not; port ${DEFAULT_PORT} may be another's. ${hint}`,
  );
}

async function findInspector(pid: number): Promise<string | null> {
  const ports = process.platform === 'linux' ? await listeningPorts(pid) : [DEFAULT_PORT];
  for (const port of ports) {
    const session = await listedSession(`http://127.0.0.1:${port}`, LIST_MS);
    if (session !== null) return session;
  }
  return null;
}
