import type { ResourceFacts } from '../../runs/run-document.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import type { Span } from '../shares.ts';
import { type Told, toldOver } from './told-series.ts';
import type { Waiting } from './waiting.ts';

/** What is known of a target and its requests. */
export interface TargetFacts {
  readonly runtime: 'node' | 'python' | null;
  /** Cores of the machine it runs on; null unknown, as of another machine. */
  readonly cores: number | null;
  /** Connections the load may use. */
  readonly connections: number;
  /** Requests that failed in the measured phase, and those that were answered. */
  readonly failed: number;
  readonly answered: number;
}

/** What a series was while requests waited (in the whole phase, where they did not), and while they did not. */
export interface Look extends Told {
  readonly calm: number | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it was told of the profiled stretch alone. */
  readonly profiled: boolean;
}

/** A target as its resources are judged by: its requests, and every series by its name. */
export class Observed {
  readonly target: TargetFacts;
  readonly waiting: Waiting;
  readonly series: readonly LabelledSeries[];
  readonly #profiled: Waiting | null;

  /** @param profiled of the profiled stretch; null where there was none */
  constructor(target: TargetFacts, waiting: Waiting, profiled: Waiting | null, series: readonly LabelledSeries[]) {
    this.target = target;
    this.waiting = waiting;
    this.#profiled = profiled;
    this.series = series;
  }

  /** Null where nothing was told. Of several by the name the one with the highest mean. */
  look(name: string): Look | null {
    return highest(this.looks((series) => series.name === name));
  }

  looks(wanted: (series: LabelledSeries) => boolean): Look[] {
    return this.series.filter(wanted).flatMap((series) => this.lookAt(series) ?? []);
  }

  /** What only a profiler tells is known of the profiled stretch alone. Null where nothing was told. */
  lookAt(series: LabelledSeries): Look | null {
    const measured = lookDuring(series, this.waiting, false);
    if (measured !== null || this.#profiled === null) return measured;
    return lookDuring(series, this.#profiled, true);
  }
}

function lookDuring(series: LabelledSeries, waiting: Waiting, profiled: boolean): Look | null {
  const told = toldOver(series, focusOf(waiting));
  if (told === null) return null;
  const calm = waiting.didWait ? toldOver(series, waiting.calm) : null;
  return { ...told, calm: calm?.mean ?? null, labels: series.labels, profiled };
}

function focusOf({ didWait, waited, all }: Waiting): readonly Span[] {
  return didWait ? waited : all;
}

function highest(looks: readonly Look[]): Look | null {
  return looks.reduce<Look | null>((most, look) => (most === null || look.mean > most.mean ? look : most), null);
}

export type State = ResourceFacts['state'];

/** At its limit and something waited: short. One of them: near. */
export function stateOf(atLimit: boolean, waited: boolean): State {
  if (atLimit && waited) return 'short';
  return atLimit || waited ? 'near' : 'free';
}

/** A resource of which nothing was told. */
export function untold(resource: ResourceFacts['resource'], what: string): ResourceFacts {
  return { resource, state: 'unknown', utilisation: null, sentence: `${what} was not told.` };
}
