import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ClockOrigin, monotonicNow } from '../../runs/clock.ts';
import { ProfileError } from '../profile.ts';
import { quoteThreadIds, readPySpyTrace } from '../read/py-spy-trace.ts';
import { type Capture, CaptureError, type Profiler } from './profiler.ts';

/** Samples a second, py-spy's own default: each one stops the target for a moment. */
const RATE = 100;
const START_MS = 20_000;
const STOP_MS = 20_000;
/** A file's times are those of the kernel's last tick, at most this many ms ago (100 ticks a second), and `Date.now()` is whole ms. */
const FILE_TIME_MS = 11;
/** Should this process die without a word, py-spy ends by itself this long after the time it was wanted for. */
const SPARE_S = 30;

/** Samples a Python process and its children with py-spy. */
export class PySpyProfiler implements Profiler {
  readonly kind = 'py-spy';
  readonly raw = 'profile.py-spy.json';
  readonly #command: string;
  readonly #pid: number;
  readonly #folder: string;
  readonly #origin: ClockOrigin;
  readonly #seconds: number;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #said = '';
  #spawned = 0;
  #began = 0;

  /** @param command the py-spy executable @param seconds how long it will be wanted at most */
  constructor(command: string, pid: number, folder: string, origin: ClockOrigin, seconds: number) {
    this.#command = command;
    this.#pid = pid;
    this.#folder = folder;
    this.#origin = origin;
    this.#seconds = Math.ceil(seconds) + SPARE_S;
  }

  async start(): Promise<void> {
    const output = path.join(this.#folder, this.raw);
    const options = ['--idle', '--subprocesses', '--full-filenames', '--format', 'chrometrace', '--rate', String(RATE)];
    const args = [
      'record',
      '--pid',
      String(this.#pid),
      ...options,
      '--duration',
      String(this.#seconds),
      '--output',
      output,
    ];
    this.#spawned = monotonicNow();
    const child = spawn(this.#command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.on('close', () => resolve());
      child.on('error', () => resolve());
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.abandon();
        reject(new CaptureError(`py-spy did not begin to sample process ${this.#pid} within ${START_MS / 1000} s.`));
      }, START_MS);
      const listen = (data: Buffer): void => {
        this.#said = (this.#said + data.toString()).slice(-4000);
        if (this.#began > 0 || !this.#said.includes('Sampling process')) return;
        this.#began = monotonicNow();
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.on('error', (error) => reject(new CaptureError(`py-spy could not be started: ${error.message}.`)));
      void this.#ended.then(() => {
        clearTimeout(timer);
        reject(new CaptureError(whyNot(this.#said, this.#pid)));
      });
    });
  }

  async stop(): Promise<Capture> {
    const timer = setTimeout(() => this.abandon(), STOP_MS);
    this.#child?.kill('SIGINT');
    await this.#ended;
    const ended = monotonicNow();
    const wallToMonotonic = ended - Date.now();
    clearTimeout(timer);
    try {
      const output = path.join(this.#folder, this.raw);
      const text = await readFile(output, 'utf8');
      // py-spy opens the file after its last sample; writing a long profile into it takes a while.
      const opened = (await stat(output)).birthtimeMs;
      const sampled = opened > 0 ? opened + wallToMonotonic + FILE_TIME_MS : ended;
      return this.#align(JSON.parse(quoteThreadIds(text)), Math.min(ended, sampled));
    } catch (error) {
      if (error instanceof CaptureError) throw error;
      const why = error instanceof ProfileError ? error.message : whyNot(this.#said, this.#pid);
      throw new CaptureError(`py-spy left no readable profile: ${why}`);
    }
  }

  abandon(): void {
    this.#child?.kill('SIGKILL');
  }

  /**
   * py-spy counts from its own beginning, without saying when that was: after it was spawned; no later than its last event before it
   * had `sampled`; and its first event came after it had said that it samples. The middle of what that leaves, a few ms, is taken.
   */
  #align(json: unknown, sampled: number): Capture {
    const times = (json as { ts?: number }[]).map((event) => (event.ts ?? 0) / 1000);
    if (times.length === 0) throw new CaptureError('py-spy took no samples.');
    const earliest = Math.max(this.#spawned, this.#began - times[0]!);
    const latest = Math.max(earliest, sampled - times.at(-1)!);
    const originMs = (earliest + latest) / 2 - this.#origin.monotonicMs;
    return { profile: readPySpyTrace(json, 'Python', originMs), clockError: (latest - earliest) / 2 };
  }
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
