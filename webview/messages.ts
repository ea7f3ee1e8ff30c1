import type { AnswerView } from '../src/report/answer-view.ts';
import type { ResultView } from '../src/report/result-view.ts';

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

/** A kept run that may be laid under the one shown. */
export interface RunChoice {
  /** The run's folder name. */
  readonly name: string;
  readonly label: string;
}

/** What the editor says to the result panel. */
export type ToResult =
  | { readonly type: 'view'; readonly view: ResultView }
  | { readonly type: 'runs'; readonly runs: readonly RunChoice[] }
  /** The run laid under the one shown; null for none. */
  | { readonly type: 'under'; readonly view: ResultView | null }
  /** Asks for the charts as a picture. */
  | { readonly type: 'picture' };

export type FromResult =
  | { readonly type: 'ready' }
  /** A stretch of time was selected, ms of run time. */
  | { readonly type: 'stretch'; readonly from: number; readonly to: number }
  | { readonly type: 'open'; readonly file: string; readonly line: number }
  /** Asks for an earlier run, by its folder name, to be laid under; null for none. */
  | { readonly type: 'under'; readonly run: string | null }
  | { readonly type: 'export'; readonly as: 'html' | 'csv' }
  | { readonly type: 'picture'; readonly base64: string };

/** What the editor says to the answer panel: what it shows from now on. */
export interface ToAnswer {
  readonly type: 'view';
  readonly view: AnswerView;
}

export type FromAnswer =
  | { readonly type: 'ready' }
  /** A run of the answer is to be shown, by its folder's name. */
  | { readonly type: 'open'; readonly run: string }
  | { readonly type: 'export'; readonly as: 'html' | 'csv' };
