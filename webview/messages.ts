/** What the flame graph panel and the editor say to each other. */
export type ToFlamegraph = {
  readonly type: 'show';
  /** A speedscope file; it may hold several profiles. */
  readonly profile: string;
  readonly name: string;
};

export type FromFlamegraph =
  | { readonly type: 'ready' }
  | { readonly type: 'shown' }
  /** A frame's location was clicked. Line and column are 1-based; column 0 is unknown. */
  | { readonly type: 'open'; readonly file: string; readonly line: number; readonly column: number };
