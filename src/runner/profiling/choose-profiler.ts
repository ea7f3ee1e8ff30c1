import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CaptureError, type Profiler } from '../../profile/capture/profiler.ts';
import { PySpyProfiler } from '../../profile/capture/py-spy.ts';
import { V8Profiler } from '../../profile/capture/v8.ts';
import type { ClockOrigin } from '../../runs/clock.ts';
import type { TargetInspector } from '../target/target-inspector.ts';
import type { TargetProcess } from '../target/target-process.ts';

export type Runtime = 'node' | 'python';

export interface ProfilerChoice {
  /** Of a Node target. */
  readonly inspector: TargetInspector;
  /** The process to profile where no inspector is given. */
  readonly target: TargetProcess | null;
  readonly cwd: string;
  readonly folder: string;
  readonly origin: ClockOrigin;
  /** How long it will be wanted at most. */
  readonly seconds: number;
  /** Whether native frames of a Python target are wanted. */
  readonly native: boolean;
}

/** By the name of the executable; null where it is neither. */
export function runtimeOf({ executable, args }: Pick<TargetProcess, 'executable' | 'args'>): Runtime | null {
  const names = [executable, args[0] ?? ''].map((name) => path.basename(name).replace(/(\.exe| \(deleted\))$/, ''));
  if (names.some((name) => /^(node|nodejs)$/.test(name))) return 'node';
  if (names.some((name) => /^python([\d.]*|w)$/i.test(name))) return 'python';
  return null;
}

/** The profiler for a target, ready to start. Rejects with a {@link CaptureError} that says what is missing. */
export async function chooseProfiler(choice: ProfilerChoice): Promise<Profiler> {
  const { inspector, target, folder, origin } = choice;
  if (inspector.isGiven) return new V8Profiler(await inspector.address(null), folder, origin);
  if (target === null) {
    throw new CaptureError(
      'The process that listens there was not found; give it with --pid, or its inspector with --inspect.',
    );
  }
  const runtime = runtimeOf(target);
  if (runtime === 'node') return new V8Profiler(await inspector.address(target.pid), folder, origin);
  if (runtime === 'python') {
    const { seconds, native } = choice;
    const command = await findPySpy(target, choice.cwd);
    return new PySpyProfiler({ command, pid: target.pid, folder, origin, seconds, native });
  }
  const name = path.basename(target.executable);
  throw new CaptureError(`Process ${target.pid} (${name}) is neither Node nor Python, and only those can be profiled.`);
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
