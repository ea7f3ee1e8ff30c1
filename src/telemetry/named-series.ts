/** One quantity over time, told by its name and unit, whatever it came from. */
export interface NamedSeries {
  readonly name: string;
  /** '%', 'MiB', 'W', '°C', 'ms', 'rows', 'requests', '/s' or ''. */
  readonly unit: string;
  /** Run time, ms, ascending. */
  readonly time: Float64Array;
  /** NaN where it was not told. */
  readonly values: Float64Array;
}
