import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClockOrigin, monotonicNow } from '../../runs/clock.ts';
import { parseThreadTimes } from '../../runs/thread-times.ts';
import { quoteThreadIds, readPySpyTrace } from '../read/py-spy-trace.ts';
import { type Capture, CaptureError, type Profiler } from './profiler.ts';
import { FIRST_PACE, gentlerPace, paceText } from './py-spy-pace.ts';

/** Ms after its beginning for which it is looked at how busy py-spy is. */
const LOOK_MS = 500;
const START_MS = 20_000;
const STOP_MS = 20_000;
/**
 * py-spy's clock starts right after it has read its arguments, long before it says that it samples: measured 0.8 to 1.5 ms after the
 * program was loaded, where `py-spy --version` took 0.45 ms. Slower machines are given as many times more.
 */
const FIRST_MOMENTS_MS = 3;
const FIRST_MOMENTS_PER_VERSION = 5;
/** Should this process die without a word, py-spy ends by itself this long after the time it was wanted for. */
const SPARE_S = 30;

export interface PySpyOptions {
  /** The py-spy executable. */
  readonly command: string;
  readonly pid: number;
  readonly folder: string;
  readonly origin: ClockOrigin;
  /** How long it will be wanted at most. */
  readonly seconds: number;
  /** Whether frames of C, C++ and Rust are wanted too. To tell them takes py-spy longer, and the target has to stand still for it. */
  readonly native: boolean;
}

/** Samples a Python process and its children with py-spy. */
export class PySpyProfiler implements Profiler {
  readonly kind = 'py-spy';
  readonly raw = 'profile.py-spy.json';
  readonly #options: PySpyOptions;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #said = '';
  /** When py-spy's program had been loaded, and how long after it may have begun to count, ms. */
  #loaded = 0;
  #firstMoments = 0;
  #pace = FIRST_PACE;
  /** py-spy's share of a core at the first pace. */
  #busy = 0;

  constructor(options: PySpyOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#firstMoments = Math.max(FIRST_MOMENTS_MS, FIRST_MOMENTS_PER_VERSION * (await this.#versionTime()));
    for (;;) {
      const child = await this.#begin();
      const busy = await busyShare(child.pid!, LOOK_MS);
      if (busy === null) return;
      if (this.#pace === FIRST_PACE) this.#busy = busy;
      const gentler = gentlerPace(this.#pace, busy, this.#options.native);
      if (gentler === null) return;
      this.#pace = gentler;
      child.kill('SIGKILL');
      await this.#ended;
    }
  }

  async #begin(): Promise<ChildProcess> {
    const { rate, blocking } = this.#pace;
    const { command, pid, folder, seconds, native } = this.#options;
    const options = ['--idle', '--subprocesses', '--full-filenames', '--format', 'chrometrace', '--rate', String(rate)];
    const args = [
      'record',
      '--pid',
      String(pid),
      ...options,
      ...(blocking ? [] : ['--nonblocking']),
      ...(native ? ['--native'] : []),
      '--duration',
      String(Math.ceil(seconds) + SPARE_S),
      '--output',
      path.join(folder, this.raw),
    ];
    this.#said = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // `spawn` returns when the new program has taken the place of the forked process.
    this.#loaded = monotonicNow();
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.on('close', () => resolve());
      child.on('error', () => resolve());
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.abandon();
        reject(new CaptureError(`py-spy did not begin to sample process ${pid} within ${START_MS / 1000} s.`));
      }, START_MS);
      const listen = (data: Buffer): void => {
        this.#said = (this.#said + data.toString()).slice(-4000);
        if (!this.#said.includes('Sampling process')) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.on('error', (error) => reject(new CaptureError(`py-spy could not be started: ${error.message}.`)));
      void this.#ended.then(() => {
        clearTimeout(timer);
        reject(new CaptureError(whyNot(this.#said, pid)));
      });
    });
    return child;
  }

  async stop(): Promise<Capture> {
    const timer = setTimeout(() => this.abandon(), STOP_MS);
    this.#child?.kill('SIGINT');
    await this.#ended;
    const ended = monotonicNow();
    clearTimeout(timer);
    try {
      const text = await readFile(path.join(this.#options.folder, this.raw), 'utf8');
      return this.#align(JSON.parse(quoteThreadIds(text)), ended);
    } catch (error) {
      if (error instanceof CaptureError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === 'ENOENT' ? whyNot(this.#said, this.#options.pid) : message;
      throw new CaptureError(`py-spy left no readable profile: ${why.replace(/\s+/g, ' ')}`);
    }
  }

  abandon(): void {
    this.#child?.kill('SIGKILL');
  }

  /**
   * How long `py-spy --version` takes, ms: of three, the middle one. It also brings the program into memory, so that the real start
   * does not wait for the disk.
   */
  async #versionTime(): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const child = spawn(this.#options.command, ['--version'], { stdio: 'ignore' });
      const loaded = monotonicNow();
      // A program that cannot be started says so when it is to sample.
      await once(child, 'exit').catch(() => {});
      times.push(monotonicNow() - loaded);
    }
    return times.sort((a, b) => a - b)[1]!;
  }

  /**
   * py-spy counts from its own beginning, without saying when that was: after it was loaded, within its first moments, and so that its
   * last event lies before it had `ended`. The middle of what that leaves is taken, half of it is the error.
   */
  #align(json: unknown, ended: number): Capture {
    const events = (json as { ph?: string; ts?: number }[]).filter(({ ph }) => ph === 'B' || ph === 'E');
    if (events.length === 0) throw new CaptureError('py-spy took no samples.');
    const last = (events.at(-1)!.ts ?? 0) / 1000;
    const latest = Math.max(this.#loaded, Math.min(this.#loaded + this.#firstMoments, ended - last));
    const originMs = (this.#loaded + latest) / 2 - this.#options.origin.monotonicMs;
    const restraint = paceText(this.#pace, this.#busy);
    return {
      profile: readPySpyTrace(json, 'Python', originMs),
      clockError: (latest - this.#loaded) / 2,
      ...(restraint === null ? {} : { restraint }),
    };
  }
}

/** The share of a core that a process takes over a time, 0–1; null where the system does not tell, or it is gone. */
async function busyShare(pid: number, ms: number): Promise<number | null> {
  const before = await timeOnCores(pid);
  const from = monotonicNow();
  await sleep(ms);
  const after = await timeOnCores(pid);
  return before === null || after === null ? null : (after - before) / (monotonicNow() - from);
}

/** Of all threads of a process, ms; null where there is no /proc, or it is gone. */
async function timeOnCores(pid: number): Promise<number | null> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const texts = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => ''));
  const times = (await Promise.all(texts)).flatMap((text) => parseThreadTimes(text) ?? []);
  return times.length === 0 ? null : times.reduce((sum, { ran }) => sum + ran, 0);
}

/** What py-spy said when it gave up, and what helps. */
function whyNot(said: string, pid: number): string {
  if (/permission denied|operation not permitted|EPERM/i.test(said)) {
    return (
      `py-spy may not look into process ${pid}. On Linux: run as root, or allow it with ` +
      '`sudo sysctl kernel.yama.ptrace_scope=0`; in a container: add the capability SYS_PTRACE; on macOS: run as root.'
    );
  }
  if (/no such process|ESRCH/i.test(said)) return `Process ${pid} was gone before py-spy could look into it.`;
  if (/failed to find python|not a python/i.test(said)) return `Process ${pid} runs no Python that py-spy knows.`;
  const error = /Error:\s*(.+)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1) ?? '';
  return `py-spy ended without a profile of process ${pid}${error ? `: ${error}` : '.'}`;
}
