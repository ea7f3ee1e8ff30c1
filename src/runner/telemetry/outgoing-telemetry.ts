import { readFile } from 'node:fs/promises';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import { OUTGOING_SERIES } from '../../telemetry/target-series.ts';
import { carrierOf } from '../permission.ts';
import { socketInodes } from '../target/listening-socket.ts';
import { outgoingConnections } from '../target/outgoing-connections.ts';
import { processTree } from '../target/process-tree.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

const EVERY_MS = 1000;
/** Of the time, at the most, for looking: a process may have many files open. */
const MOST_SHARE = 0.01;
/** Who connects to more places than these has no pool to one of them. */
const MOST_PLACES = 8;

interface Reading {
  readonly time: number;
  readonly places: ReadonlyMap<string, number>;
}

/** The connections that a target on this machine makes itself, such as those of its pool to a database. On Linux alone. */
export class OutgoingTelemetry implements TelemetrySource {
  readonly #readings: Reading[] = [];
  #pid: number | null = null;
  #now: () => number = () => NaN;
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #over = false;

  async begin({ target, now }: WatchedRun): Promise<null> {
    if (process.platform !== 'linux' || target === null || carrierOf(target) !== null) return null;
    this.#pid = target.pid;
    this.#now = now;
    await this.#readNow();
    return null;
  }

  /** Nothing: which places are worth a series is known at the end. */
  async news(): Promise<[]> {
    return [];
  }

  async finish(): Promise<Told> {
    if (this.#pid !== null) await this.#readNow();
    this.abandon();
    return { series: this.#series(), trouble: null };
  }

  abandon(): void {
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Where it is being read already, that is enough. */
  #readNow(): Promise<void> {
    this.#reading ??= this.#read(this.#pid!).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(pid: number): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const began = performance.now();
    const places = await placesOf(pid);
    if (places !== null) this.#readings.push({ time: this.#now(), places });
    const pause = Math.max(EVERY_MS, (performance.now() - began) / MOST_SHARE);
    if (!this.#over && places !== null) this.#timer = setTimeout(() => void this.#readNow(), pause);
  }

  #series(): LabelledSeries[] {
    const total = new Map<string, number>();
    for (const { places } of this.#readings) {
      for (const [place, count] of places) total.set(place, (total.get(place) ?? 0) + count);
    }
    const most = [...total].sort(([, a], [, b]) => b - a).slice(0, MOST_PLACES);
    return most.map(([to]) => ({
      name: OUTGOING_SERIES,
      labels: { to },
      unit: 'connections',
      time: Float64Array.from(this.#readings, ({ time }) => time),
      values: Float64Array.from(this.#readings, ({ places }) => places.get(to) ?? 0),
    }));
  }
}

/** Null where the process has gone, or may not be looked at. */
async function placesOf(pid: number): Promise<Map<string, number> | null> {
  const inodes = await Promise.all((await processTree(pid, Number.POSITIVE_INFINITY)).map(socketInodes));
  const own = new Set(inodes.flat());
  if (own.size === 0) return null;
  // A container has tables of its own.
  const tables = ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => ''));
  return outgoingConnections(await Promise.all(tables), own);
}
