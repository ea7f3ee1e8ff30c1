import type { Stage } from '../model/stages.ts';
import { PlanError } from '../plan/plan-error.ts';

/**
 * The level of a load over time, piecewise linear, and the area under it: how many arrivals are expected by when, the level being
 * arrivals per second. Times are ms from the start of the phase.
 *
 * A stage holds from its start up to, not including, its end; a stage of no duration is a jump. At its end and beyond the curve is
 * over: the area grows no more and no time belongs to more of it. Only `levelAt` then goes on to say the last level, and before the
 * start the first one.
 *
 * Costs no search where calls ascend, as they do while a load runs; any other call is answered as well.
 */
export class LevelCurve {
  /** Ms. */
  readonly duration: number;
  /** Expected arrivals in all. */
  readonly total: number;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  /** Time and area at which each stage begins, and at last those at which the curve ends. */
  readonly #starts: Float64Array;
  readonly #areas: Float64Array;
  #timeCursor = 0;
  #areaCursor = 0;

  constructor(stages: readonly Stage[]) {
    if (stages.length === 0) throw new PlanError('A load in stages has none: give it at least one.');
    this.#from = Float64Array.from(stages, ({ from }) => from);
    this.#to = Float64Array.from(stages, ({ to }) => to);
    this.#starts = new Float64Array(stages.length + 1);
    this.#areas = new Float64Array(stages.length + 1);
    stages.forEach(({ from, to, duration }, i) => {
      this.#starts[i + 1] = this.#starts[i]! + duration;
      this.#areas[i + 1] = whole(this.#areas[i]! + ((from + to) * duration) / 2000);
    });
    this.duration = this.#starts[stages.length]!;
    this.total = this.#areas[stages.length]!;
  }

  /** Index of the stage that holds at `t`; the last one from the end on. */
  stageAt(t: number): number {
    this.#timeCursor = step(this.#starts, t, this.#timeCursor);
    return this.#timeCursor;
  }

  levelAt(t: number): number {
    const i = this.stageAt(Math.max(0, t));
    if (t >= this.duration) return this.#to[i]!;
    return this.#from[i]! + this.#slope(i) * (Math.max(0, t) - this.#starts[i]!);
  }

  /** Arrivals expected before `t`: ∫ level / 1000 from 0 to `t`. */
  area(t: number): number {
    if (t <= 0) return 0;
    if (t >= this.duration) return this.total;
    const i = this.stageAt(t);
    const into = t - this.#starts[i]!;
    return Math.min(
      this.#areas[i]! + (into * (this.#from[i]! + (this.#slope(i) * into) / 2)) / 1000,
      this.#areas[i + 1]!,
    );
  }

  /**
   * When the area passes `a`: the inverse of {@link area}, and the end of the wait where the level is 0 for a while. Infinity from
   * the total on: what would arrive at the very end does not.
   */
  timeOfArea(a: number): number {
    if (a >= this.total) return Number.POSITIVE_INFINITY;
    this.#areaCursor = step(this.#areas, a, this.#areaCursor);
    const i = this.#areaCursor;
    const from = this.#from[i]!;
    const to = this.#to[i]!;
    const start = this.#starts[i]!;
    const end = this.#starts[i + 1]!;
    // A falling stage is read backwards, so that both kinds take the root whose terms all have one sign: nothing cancels.
    const time =
      to < from
        ? end - timeIn(this.#areas[i + 1]! - a, to, -this.#slope(i))
        : start + timeIn(a - this.#areas[i]!, from, this.#slope(i));
    return Math.min(Math.max(time, start), end);
  }

  /** Level per ms. */
  #slope(i: number): number {
    const rise = this.#to[i]! - this.#from[i]!;
    return rise === 0 ? 0 : rise / (this.#starts[i + 1]! - this.#starts[i]!);
  }
}

/** Ms until `area` has come together from `level` on, `slope` ≥ 0: the root of slope/2·t² + level·t = 1000·area. */
function timeIn(area: number, level: number, slope: number): number {
  if (area <= 0) return 0;
  if (slope === 0) return (1000 * area) / level;
  return (2000 * area) / (level + Math.sqrt(level * level + 2000 * slope * area));
}

/** The last piece i, of those between neighbouring bounds, with bounds[i] ≤ x; looked for from `cursor` on. */
function step(bounds: Float64Array, x: number, cursor: number): number {
  let i = cursor;
  while (i < bounds.length - 2 && x >= bounds[i + 1]!) i++;
  while (i > 0 && x < bounds[i]!) i--;
  return i;
}

/** Three stages of 0.1/s for 10 s expect 3 arrivals, not 3.0000000000000004, which would bring a fourth. */
function whole(area: number): number {
  const rounded = Math.round(area);
  return Math.abs(area - rounded) <= 1e-13 * Math.max(1, area) ? rounded : area;
}
