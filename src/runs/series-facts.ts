/** What a series is called, before there is anything in it. */
export interface SeriesFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: string;
}
