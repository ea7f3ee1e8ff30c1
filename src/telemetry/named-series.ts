/** One quantity over time, told by its name and unit, whatever it came from. */
export interface NamedSeries {
  readonly name: string;
  /** As it is written after a number, such as `ms`, `MiB` or `/s`; empty where there is none. */
  readonly unit: string;
  /** Run time, ms, ascending. */
  readonly time: Float64Array;
  /** NaN where it was not told. */
  readonly values: Float64Array;
}
