import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from '../../runs/request-table.ts';
import { GrowingSeries } from '../../telemetry/growing-series.ts';
import type { NamedSeries } from '../../telemetry/named-series.ts';
import { addFigures, type TargetFigures, type TargetLook, targetFigures } from '../../telemetry/target-figures.ts';
import { carrierOf } from '../permission.ts';
import { runtimeOf } from '../profiling/choose-profiler.ts';
import { LinuxTarget } from '../target/linux-target.ts';
import { NodeRuntime } from '../target/node-runtime.ts';
import { PsTarget } from '../target/ps-target.ts';
import { PythonLocks } from '../target/python-locks.ts';
import type { TargetInspector } from '../target/target-inspector.ts';
import { listeningPorts, readProcess, type TargetProcess } from '../target/target-process.ts';
import type { TargetReader } from '../target/target-reader.ts';
import { TargetSockets } from '../target/target-sockets.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

/** A phase may begin right after a reading; a rate over less than this is mostly the tick of a clock. */
const SHORTEST_MS = 100;
/** Of what its runtime tells. */
const RUNTIME_EVERY_MS = 500;
const LAST_ANSWER_MS = 1000;
const CONTAINER_FORWARDERS = new Set(['docker-proxy', 'com.docker.backend', 'rootlessport', 'gvproxy', 'pasta']);

/**
 * The target's processes and its runtime in one run: what the system tells of them, and what Node tells of its event loop or Python's
 * memory of its lock where the run may look into the target.
 */
export class TargetTelemetry implements TelemetrySource {
  readonly #inspector: TargetInspector;
  readonly #mayLookInto: boolean;
  readonly #keep: (time: number, figures: TargetFigures) => void;
  readonly #series = new GrowingSeries();
  readonly #locks = new PythonLocks();
  #now: () => number = () => NaN;
  #target: TargetProcess | null = null;
  #reader: TargetReader | null = null;
  #runtime: NodeRuntime | null = null;
  #last: TargetLook | null = null;
  #lastRead = Number.NaN;
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  /** What its runtime was asked for and has not told yet. */
  #asking: Promise<void> | null = null;
  #isSampled = false;
  #over = false;
  #isTold = false;

  /**
   * @param mayLookInto whether the run may profile its target
   * @param keep is given all that is told, at its run time in ms
   */
  constructor(inspector: TargetInspector, mayLookInto: boolean, keep: (time: number, figures: TargetFigures) => void) {
    this.#inspector = inspector;
    this.#mayLookInto = mayLookInto;
    this.#keep = keep;
  }

  async begin({ target, now }: WatchedRun): Promise<null> {
    this.#now = now;
    this.#target = target !== null && answersItself(target) ? target : null;
    const sockets = new TargetSockets(this.#target === null ? [] : await listeningPorts(this.#target.pid));
    if (this.#target !== null) this.#reader = readerOf(this.#target.pid, sockets, now);
    this.#last = (await this.#reader?.look()) ?? null;
    await this.#watchRuntime(sockets);
    this.#lastRead = now();
    if (this.#reader === null && this.#runtime === null) return null;
    this.#readLater();
    return null;
  }

  look(phase: Phase): void {
    if (this.#reader === null && this.#runtime === null) return;
    void this.#readNow().then(() => {
      if (phase === 'transition' || phase === 'profiled') this.#isSampled = this.#mayLookInto;
      this.#watchLocks(phase);
    });
  }

  async news(): Promise<NamedSeries[]> {
    return this.#series.takeNews();
  }

  async finish(): Promise<Told> {
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#readNow();
    await Promise.race([this.#asking, sleep(LAST_ANSWER_MS, undefined, { ref: false })]);
    this.#locks.end();
    this.#reader?.close();
    await this.#runtime?.close();
    this.#isTold = true;
    return { series: this.#series.all, trouble: null };
  }

  abandon(): void {
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#locks.end();
    void this.#runtime?.close();
  }

  /** A profiler that cannot reach the target says why; here it is only that nothing is told. */
  async #watchRuntime(sockets: TargetSockets): Promise<void> {
    if (!this.#inspector.isGiven && !(this.#mayLookInto && (await this.#isOneNode()))) return;
    try {
      const address = await this.#inspector.address(this.#target?.pid ?? null);
      sockets.leaveOut(Number(new URL(address).port));
      this.#runtime = await NodeRuntime.watch(address);
    } catch {
      this.#runtime = null;
    }
  }

  /** Of a cluster's first process the event loop says nothing: its workers answer. */
  async #isOneNode(): Promise<boolean> {
    if (this.#target === null || runtimeOf(this.#target) !== 'node') return false;
    const { pid } = this.#target;
    const others = [...(this.#last?.processes.keys() ?? [])].filter((other) => other !== pid);
    const processes = await Promise.all(others.map(readProcess));
    return !processes.some((process) => process !== null && runtimeOf(process) === 'node');
  }

  /** Only beside the profiler: the stretch whose figures count is left alone. */
  #watchLocks(phase: Phase): void {
    if (phase !== 'profiled' || !this.#mayLookInto || this.#over) return;
    this.#locks.begin(this.#last?.processes.keys() ?? []);
  }

  #readLater(): void {
    if (this.#over) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const pause = this.#reader?.pause ?? RUNTIME_EVERY_MS;
    this.#timer = setTimeout(() => void this.#readNow(), pause).unref();
  }

  /** Where it is being read already, that is enough. */
  #readNow(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
      this.#readLater();
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    if (this.#now() - this.#lastRead < SHORTEST_MS) return;
    this.#lastRead = this.#now();
    this.#askRuntime();
    await this.#readProcesses();
    this.#add(this.#now(), this.#locks.take());
  }

  /** A target may be too busy to answer for as long as it likes. */
  #askRuntime(): void {
    if (this.#runtime === null) return;
    const isSampled = this.#isSampled;
    this.#asking ??= this.#runtime
      .read()
      .then(
        ({ loopUtilisation, ...figures }) =>
          // V8's sampler interrupts the loop's waiting, and Node does not count what was interrupted as such.
          this.#add(
            this.#now(),
            isSampled || loopUtilisation === undefined ? figures : { ...figures, loopUtilisation },
          ),
        () => {
          // It has gone, or tells no more: what it told so far stays.
          void this.#runtime?.close();
          this.#runtime = null;
        },
      )
      .finally(() => {
        this.#asking = null;
      });
  }

  async #readProcesses(): Promise<void> {
    const look = (await this.#reader?.look()) ?? null;
    if (look === null) return;
    if (this.#last !== null) this.#add(look.at, targetFigures(this.#last, look));
    this.#last = look;
  }

  #add(time: number, figures: TargetFigures): void {
    if (this.#isTold || Object.keys(figures).length === 0) return;
    addFigures(this.#series, time, figures);
    this.#keep(time, figures);
  }
}

/** What a tunnel, a proxy or the forwarder of a container's port takes says nothing of what answers. */
function answersItself(target: TargetProcess): boolean {
  return carrierOf(target) === null && !CONTAINER_FORWARDERS.has(path.basename(target.executable));
}

/** Null where the system does not tell. */
function readerOf(pid: number, sockets: TargetSockets, now: () => number): TargetReader | null {
  if (process.platform === 'linux') return new LinuxTarget(pid, sockets, now);
  return process.platform === 'win32' ? null : new PsTarget(pid, now);
}
