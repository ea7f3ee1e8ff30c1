import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SmiKind } from './smi-table.ts';

/**
 * Ms from one time that it tells to the next. The driver averages utilisation over at least 1/6 s: asking more often adds nothing; which
 * processes hold memory changes seldom.
 */
export const EVERY_MS: Readonly<Record<SmiKind, number>> = {
  'query-gpu': 200,
  'compute-apps': 1000,
  dmon: 1000,
  pmon: 1000,
};
/** For nvidia-smi to end by itself, and then for being ended: one that hangs in its driver does not even hear that. */
const PATIENCE_MS = 1000;

/** The first ones every driver knows; one that a driver does not know makes it refuse them all. */
const GPU_FIELDS = [
  'timestamp',
  'index',
  'name',
  'utilization.gpu',
  'memory.used',
  'power.draw',
  'uuid',
  'memory.total',
  'utilization.memory',
  'temperature.gpu',
  'clocks.sm',
  'clocks_throttle_reasons.active',
  'pcie.link.gen.current',
  'pcie.link.width.current',
];
const APPS_FIELDS = ['timestamp', 'gpu_uuid', 'pid', 'process_name', 'used_gpu_memory'];
/** What newer drivers call a field. */
const RENAMED: Readonly<Record<string, string>> = {
  'clocks_throttle_reasons.active': 'clocks_event_reasons.active',
};
const UNKNOWN_FIELD = /^Field "([^"]+)" is not a valid field to query/m;

/** One long-running nvidia-smi that writes beside the run, until it is stopped. */
export class NvidiaSmi {
  readonly #kind: SmiKind;
  readonly #path: string;
  readonly #heard: (lines: string) => void;
  #fields: readonly string[];
  #child: ChildProcess;
  #file: WriteStream | null = null;
  #ended: Promise<void>;
  #stopped = false;
  /** Of what it says before its table begins, and of a line that is not whole yet. */
  #waiting = '';

  private constructor(kind: SmiKind, file: string, child: ChildProcess, heard: (lines: string) => void) {
    this.#kind = kind;
    this.#path = file;
    this.#heard = heard;
    this.#fields = fieldsOf(kind);
    this.#child = child;
    this.#ended = this.#listen(child);
  }

  /**
   * Null where there is no nvidia-smi. One that has nothing to tell, such as one without a driver, writes no file.
   * @param heard is given whole lines of its table, as they come
   */
  static async start(
    kind: SmiKind,
    file: string,
    heard: (lines: string) => void = () => {},
  ): Promise<NvidiaSmi | null> {
    const child = await started(kind, fieldsOf(kind));
    return child === null ? null : new NvidiaSmi(kind, file, child, heard);
  }

  /** Resolves when everything it said is written, or it takes too long to end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.abandon(), PATIENCE_MS);
    await Promise.race([this.#ended, sleep(2 * PATIENCE_MS, undefined, { ref: false })]);
    clearTimeout(timer);
    this.#child.stdout?.destroy();
    if (this.#file === null) return;
    this.#file.end();
    await finished(this.#file).catch(() => {});
  }

  abandon(): void {
    this.#stopped = true;
    this.#child.kill('SIGKILL');
  }

  /** Resolves when it has ended, and so has the one that took its place where its driver did not know a field. */
  async #listen(child: ChildProcess): Promise<void> {
    child.stdout!.setEncoding('utf8');
    child.stdout!.on('data', (text: string) => this.#write(text));
    await new Promise<void>((resolve) => child.once('close', () => resolve()));
    const unknown = UNKNOWN_FIELD.exec(this.#waiting)?.[1];
    if (this.#file !== null || this.#stopped || unknown === undefined || !this.#fields.includes(unknown)) return;
    const renamed = RENAMED[unknown];
    this.#fields = this.#fields.flatMap((field) =>
      field !== unknown ? [field] : renamed === undefined ? [] : [renamed],
    );
    this.#waiting = '';
    const next = await started(this.#kind, this.#fields);
    if (next === null) return;
    this.#child = next;
    if (this.#stopped) next.kill('SIGTERM');
    await this.#listen(next);
  }

  #write(text: string): void {
    this.#waiting += text;
    const whole = this.#waiting.lastIndexOf('\n') + 1;
    if (whole === 0) return;
    if (this.#file === null && !TABLE.test(this.#waiting)) return;
    this.#file ??= createWriteStream(this.#path);
    const lines = this.#waiting.slice(0, whole);
    this.#waiting = this.#waiting.slice(whole);
    this.#file.write(lines);
    this.#heard(lines);
  }
}

/** A table's header: anything else that nvidia-smi says first is why it has none. */
const TABLE = /^(timestamp,|#)/m;

function fieldsOf(kind: SmiKind): readonly string[] {
  return kind === 'query-gpu' ? GPU_FIELDS : kind === 'compute-apps' ? APPS_FIELDS : [];
}

function optionsOf(kind: SmiKind, fields: readonly string[]): string[] {
  const every = EVERY_MS[kind];
  switch (kind) {
    case 'query-gpu':
      return [`--query-gpu=${fields.join(',')}`, '--format=csv', '-lms', String(every)];
    case 'compute-apps':
      return [`--query-compute-apps=${fields.join(',')}`, '--format=csv', '-lms', String(every)];
    case 'dmon':
      return ['dmon', '-s', 'pucvmt', '-o', 'DT', '-d', String(every / 1000)];
    case 'pmon':
      return ['pmon', '-s', 'um', '-o', 'DT', '-d', String(every / 1000)];
  }
}

async function started(kind: SmiKind, fields: readonly string[]): Promise<ChildProcess | null> {
  const child = spawn('nvidia-smi', optionsOf(kind, fields), { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(child));
    child.once('error', () => resolve(null));
  });
}
