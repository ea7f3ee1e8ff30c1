import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { CaptureError, type Profiler } from '../profile/capture/profiler.ts';
import { PySpyProfiler } from '../profile/capture/py-spy.ts';
import { V8Profiler } from '../profile/capture/v8.ts';
import type { ClockOrigin } from '../runs/clock.ts';
import { listeningPorts, type TargetProcess } from './target-process.ts';

export type Runtime = 'node' | 'python';

export interface ProfilerChoice {
  /** The inspector of a Node target; null: found or opened. */
  readonly inspect: string | null;
  /** The process to profile where no inspector is given. */
  readonly target: TargetProcess | null;
  readonly cwd: string;
  readonly folder: string;
  readonly origin: ClockOrigin;
  /** How long it will be wanted at most. */
  readonly seconds: number;
}

const INSPECTOR_MS = 3000;
const DEFAULT_INSPECTOR_PORT = 9229;
/** SIGUSR1's bit in `/proc/PID/status`'s SigCgt. */
const SIGUSR1_BIT = 1n << 9n;

/** By the name of the executable; null where it is neither. */
export function runtimeOf({ executable, args }: Pick<TargetProcess, 'executable' | 'args'>): Runtime | null {
  const names = [executable, args[0] ?? ''].map((name) => path.basename(name).replace(/(\.exe| \(deleted\))$/, ''));
  if (names.some((name) => /^(node|nodejs)$/.test(name))) return 'node';
  if (names.some((name) => /^python([\d.]*|w)$/i.test(name))) return 'python';
  return null;
}

/** The profiler for a target, ready to start. Rejects with a {@link CaptureError} that says what is missing. */
export async function chooseProfiler(choice: ProfilerChoice): Promise<Profiler> {
  const { inspect, target, folder, origin } = choice;
  if (inspect !== null) return new V8Profiler(inspect, folder, origin, false);
  if (target === null) {
    throw new CaptureError(
      'The process that listens there was not found; give it with --pid, or its inspector with --inspect.',
    );
  }
  const runtime = runtimeOf(target);
  if (runtime === 'node') {
    const open = await findInspector(target.pid);
    if (open !== null) return new V8Profiler(open, folder, origin, false);
    return new V8Profiler(await openInspector(target.pid), folder, origin, true);
  }
  if (runtime === 'python') {
    return new PySpyProfiler(await findPySpy(target, choice.cwd), target.pid, folder, origin, choice.seconds);
  }
  const name = path.basename(target.executable);
  throw new CaptureError(`Process ${target.pid} (${name}) is neither Node nor Python, and only those can be profiled.`);
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
  const deadline = performance.now() + INSPECTOR_MS;
  while (performance.now() < deadline) {
    const found = await findInspector(pid);
    if (found !== null) return found;
    await sleep(50);
  }
  throw new CaptureError(
    `Process ${pid} was asked to open its inspector and did not; port ${DEFAULT_INSPECTOR_PORT} may be another's. ${hint}`,
  );
}

async function findInspector(pid: number): Promise<string | null> {
  const ports = process.platform === 'linux' ? await listeningPorts(pid) : [DEFAULT_INSPECTOR_PORT];
  for (const port of ports) {
    const url = `http://127.0.0.1:${port}`;
    try {
      const { body } = await request(`${url}/json/list`, { headersTimeout: 500, bodyTimeout: 500 });
      const targets: unknown = await body.json();
      const listed = Array.isArray(targets) ? (targets as { webSocketDebuggerUrl?: unknown }[]) : [];
      const socket = listed.find((target) => typeof target.webSocketDebuggerUrl === 'string')?.webSocketDebuggerUrl;
      if (typeof socket === 'string') return socket;
    } catch {
      // Some other server's port.
    }
  }
  return null;
}

/** py-spy where it was said to be, on the path, beside the target's Python, or in the folder's virtual environment. */
export async function findPySpy({ pid, args, executable }: TargetProcess, cwd: string): Promise<string> {
  const given = process.env['TAILFLAME_PY_SPY'];
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const virtual = /(?:^|\0)VIRTUAL_ENV=([^\0]*)/.exec(environment)?.[1];
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    ...[args[0] ?? '', executable].filter((name) => path.isAbsolute(name)).map((name) => path.dirname(name)),
    ...(virtual === undefined ? [] : [path.join(virtual, 'bin')]),
    path.join(cwd, '.venv', process.platform === 'win32' ? 'Scripts' : 'bin'),
  ];
  const name = process.platform === 'win32' ? 'py-spy.exe' : 'py-spy';
  const candidates = given
    ? [given]
    : folders.filter((folder) => folder !== '').map((folder) => path.join(folder, name));
  for (const candidate of candidates) {
    if (await canRun(candidate)) return candidate;
  }
  throw new CaptureError(
    given
      ? `TAILFLAME_PY_SPY names ${given}, which cannot be run.`
      : 'py-spy was not found: install it with `pip install py-spy`, or name it in TAILFLAME_PY_SPY.',
  );
}

async function canRun(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
