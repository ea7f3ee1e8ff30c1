/** One value that a server tells of itself. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All that was told at one moment. */
export interface Scrape {
  /** Run time, ms. */
  readonly time: number;
  readonly samples: readonly MetricSample[];
}
