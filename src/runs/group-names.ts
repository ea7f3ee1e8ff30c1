/** So many values of the header that answers are split by are told apart; what comes after is one group. */
export const MOST_GROUPS = 32;
export const OTHER_GROUP = 'other';
/** Of answers without the header. */
export const NO_GROUP = 'none';

/** The groups of a run's answers, numbered from 0 in the order in which they were met. */
export class GroupNames {
  readonly #names: string[] = [];
  readonly #indexes = new Map<string, number>();
  #values = 0;

  get names(): readonly string[] {
    return this.#names;
  }

  /** The group of a value; {@link OTHER_GROUP} where there are too many. */
  indexOf(value: string): number {
    const known = this.#indexes.get(value);
    if (known !== undefined) return known;
    if (value !== NO_GROUP && value !== OTHER_GROUP) {
      if (this.#values === MOST_GROUPS) return this.indexOf(OTHER_GROUP);
      this.#values++;
    }
    const index = this.#names.push(value) - 1;
    this.#indexes.set(value, index);
    return index;
  }
}
