import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ClockOrigin, monotonicNow } from '../../runs/clock.ts';
import { ProfileError } from '../profile.ts';
import { quoteThreadIds, readPySpyTrace } from '../read/py-spy-trace.ts';
import { type Capture, CaptureError, type Profiler } from './profiler.ts';

/** Samples a second: a slow request of 50 ms gets ten, and py-spy stops the target for less than 2 % of the time. */
const RATE = 200;
const START_MS = 20_000;
const STOP_MS = 20_000;
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
    clearTimeout(timer);
    try {
      const text = await readFile(path.join(this.#folder, this.raw), 'utf8');
      return this.#align(JSON.parse(quoteThreadIds(text)));
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
   * py-spy counts from when it began to attach, which takes tens of ms; the line we wait for comes right before its first sample. So
   * that sample's time is ours, known to about one sampling interval.
   */
  #align(json: unknown): Capture {
    const first = (json as { ts?: number }[])[0]?.ts;
    if (first === undefined) throw new CaptureError('py-spy took no samples.');
    const originMs = this.#began - this.#origin.monotonicMs - first / 1000;
    return { profile: readPySpyTrace(json, 'Python', originMs), clockError: 1000 / RATE };
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
