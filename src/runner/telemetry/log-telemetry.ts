import path from 'node:path';
import type { LogFacts } from '../../runs/run-document.ts';
import type { RunEvent } from '../../runs/run-log.ts';
import { type LabelledSeries, namedSeries } from '../../telemetry/labelled-series.ts';
import { type LogReading, logSeries } from '../../telemetry/log/log-series.ts';
import type { NamedSeries } from '../../telemetry/named-series.ts';
import type { StartedTarget } from '../target/started-target.ts';
import { BesideThread } from './beside-thread.ts';
import { logNotes } from './log-notes.ts';
import type { FollowedLog, FromLogReader, ReadLogsData, ToLogReader } from './read-logs/messages.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

const LATE_MS = 250;
const KEEP_EVERY_MS = 5000;
const OUTPUTS = ['stdout', 'stderr'] as const;
/** Of the target's output, this much at most waits to be read. */
const MOST_WAITING = 8 * 1024 * 1024;

export interface LogOptions {
  /** Absolute. */
  readonly files: readonly string[];
  /** Names are told relative to it where that is shorter. */
  readonly cwd: string;
  readonly started: StartedTarget | null;
  /** Values that must not be written down. */
  readonly secrets: readonly string[];
  /** The bundle of `read-logs/main.ts`. */
  readonly program: string;
  /** Is given what cannot be had again after a crash. */
  readonly keep: (event: RunEvent) => void;
}

/** Logs in one run: files, and what a target that was started prints, read on a thread of its own while the load goes on. */
export class LogTelemetry implements TelemetrySource {
  readonly #options: LogOptions;
  readonly #logs: readonly FollowedLog[];
  readonly #readings: LogReading[][];
  /** Bytes of each log's output that came too fast to be handed over. */
  readonly #skipped: number[];
  #run: WatchedRun | null = null;
  #thread: BesideThread<ToLogReader, FromLogReader> | null = null;
  #facts: readonly LogFacts[] = [];
  #waiting = 0;
  #begun = 0;
  #told = 0;
  #kept = Number.NEGATIVE_INFINITY;

  constructor(options: LogOptions) {
    const { files, cwd, started } = options;
    this.#options = options;
    this.#logs = [
      ...[...new Set(files)].map((file) => ({ name: shorter(cwd, file), file })),
      // Two logs: a line of one must not end in the other.
      ...(started === null ? [] : OUTPUTS.map((output) => ({ name: `the target's ${output}`, file: null }))),
    ];
    this.#readings = this.#logs.map(() => []);
    this.#skipped = this.#logs.map(() => 0);
  }

  async begin(run: WatchedRun): Promise<null> {
    if (this.#logs.length === 0) return null;
    const { started, program, secrets } = this.#options;
    this.#run = run;
    this.#begun = run.now();
    this.#told = this.#begun;
    const data: ReadLogsData = { logs: this.#logs, secrets, origin: run.origin };
    this.#thread = new BesideThread(program, data, (message) => this.#hear(message));
    // What is written before a file is opened would be taken for old.
    await this.#thread.begun();
    const first = this.#logs.findIndex(({ file }) => file === null);
    started?.listen((output, bytes) => this.#hand(first + OUTPUTS.indexOf(output), bytes));
    return null;
  }

  /** There are more values that must not be written down. */
  learn(secrets: readonly string[]): void {
    this.#thread?.post({ type: 'secrets', secrets });
  }

  async news(): Promise<NamedSeries[]> {
    if (this.#run === null) return [];
    // The reader looks ten times a second: a second is whole a little later.
    const to = Math.floor((this.#run.now() - LATE_MS) / 1000) * 1000;
    if (to <= this.#told) return [];
    const series = this.#series(this.#told, to);
    this.#told = to;
    return namedSeries(series);
  }

  async finish(): Promise<Told> {
    await this.#thread?.end({ type: 'finish' });
    const failure = this.#thread?.failure ?? null;
    this.#thread = null;
    if (this.#run === null) return { series: [], trouble: null };
    const logs = this.#facts.map((facts, at) => ({ ...facts, skipped: facts.skipped + this.#skipped[at]! }));
    const told = logs.filter(
      ({ lines, trouble }, at) => lines > 0 || trouble !== null || this.#logs[at]!.file !== null,
    );
    if (told.length > 0) this.#options.keep({ type: 'logs', logs: told });
    const notes = told.flatMap(logNotes);
    const broken = `Logs were read no longer after a failure: ${failure}.`;
    const troubles = failure === null ? notes : [broken, ...notes];
    return {
      series: this.#series(this.#begun, this.#run.now()),
      trouble: troubles.length === 0 ? null : troubles.join(' '),
    };
  }

  abandon(): void {
    this.#thread?.abandon();
  }

  #hear(message: FromLogReader): void {
    const { keep } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#thread?.ready();
        return;
      case 'counts': {
        const { log: source, time, errors, warnings } = message;
        this.#readings[source]!.push({ time, errors, warnings });
        keep({ type: 'log-counts', source, time, errors, warnings });
        return;
      }
      case 'read':
        this.#waiting -= message.bytes;
        return;
      case 'facts':
        this.#facts = message.facts;
        this.#keepFacts();
        return;
      case 'finished':
        this.#facts = message.facts;
        return;
    }
  }

  /** Now and then, for a run that is cut off. */
  #keepFacts(): void {
    const now = this.#run!.now();
    if (now - this.#kept < KEEP_EVERY_MS) return;
    this.#kept = now;
    this.#options.keep({ type: 'logs', logs: this.#facts.filter(({ lines }) => lines > 0) });
  }

  #hand(log: number, bytes: Uint8Array): void {
    if (this.#thread === null || this.#thread.failure !== null) return;
    if (this.#waiting + bytes.length > MOST_WAITING) {
      this.#skipped[log]! += bytes.length;
      return;
    }
    this.#waiting += bytes.length;
    const copy = Uint8Array.from(bytes);
    this.#thread.post({ type: 'output', log, bytes: copy }, [copy.buffer]);
  }

  #series(from: number, to: number): LabelledSeries[] {
    const there = this.#logs.flatMap(({ name }, at) => ((this.#facts[at]?.lines ?? 0) > 0 ? [{ name, at }] : []));
    return there.flatMap(({ name, at }) => logSeries(this.#readings[at]!, from, to, there.length > 1 ? name : null));
  }
}

function shorter(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  return relative !== '' && relative.length < file.length ? relative : file;
}
