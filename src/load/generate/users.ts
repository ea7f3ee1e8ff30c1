import type { Outcome } from '../../runs/request-table.ts';
import { LevelCurve } from '../arrivals/level-curve.ts';
import type { Stage } from '../model/stages.ts';

/** A user whose connection fails waits this long before trying again, or a dead server would be asked 20,000 times a second. */
const RETRY_PAUSE_MS = 50;
/** Users begin one at a time over the first moments of a level, so that they do not all ask at once for ever. */
const SPREAD_MS = 100;

/** The users of a closed load that this generator plays: each begins again as soon as it is free, while the load wants it. */
export class Users {
  readonly #curve: LevelCurve;
  readonly #first: number;
  readonly #step: number;
  readonly #begin: (user: number) => void;
  readonly #busy = new Set<number>();
  #start = 0;
  #shaped = false;
  #wanted = 0;

  constructor(
    stages: readonly Stage[],
    { generator, generators }: { generator: number; generators: number },
    begin: (user: number) => void,
  ) {
    this.#curve = new LevelCurve(stages);
    this.#first = generator + 1;
    this.#step = generators;
    this.#begin = begin;
  }

  /** A phase begins; one that is not shaped keeps the level the load starts with. */
  enter(start: number, shaped: boolean): void {
    this.#start = start;
    this.#shaped = shaped;
    this.update(start);
  }

  /** Sets users to work as the level grows; one too many ends with its iteration. */
  update(now: number): void {
    this.#wanted = Math.round(this.#curve.levelAt(this.#shaped ? now - this.#start : 0));
    const missing: number[] = [];
    for (let user = this.#first; user <= this.#wanted; user += this.#step) {
      if (!this.#busy.has(user)) missing.push(user);
    }
    const spread = Math.min(SPREAD_MS, missing.length);
    missing.forEach((user, index) => {
      this.#busy.add(user);
      if (missing.length === 1) this.#begin(user);
      else setTimeout(() => this.#begin(user), (index / missing.length) * spread);
    });
  }

  /** A user's iteration is over. */
  free(user: number, outcome: Outcome): void {
    if (user > this.#wanted) {
      this.#busy.delete(user);
      return;
    }
    const failed = outcome === 'refused' || outcome === 'reset' || outcome === 'connect' || outcome === 'template';
    if (failed) setTimeout(() => this.#begin(user), RETRY_PAUSE_MS);
    else this.#begin(user);
  }
}
