import type { View } from '../src/correlate/views/view.ts';
import type { AnswerView } from '../src/report/answer-view.ts';
import type { ResultView } from '../src/report/result-view.ts';

/** A view as the flame graph panel lists it. */
export interface ViewChoice {
  readonly id: string;
  readonly name: string;
  /** Those of one group stand together. */
  readonly group: string;
}

/** A function of a difference, as it is read. */
export interface FunctionChange {
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
  /** `▲ 4.2 ms more`, `12.1 → 16.3 ms`; of its own time. */
  readonly change: string;
  readonly figures: string;
}

/** What is done with views besides choosing one. */
export type ViewAction = 'new' | 'save' | 'rename' | 'remove';

/** What the flame graph panel keeps, to be shown again after the window was loaded again. */
export interface FlamegraphState {
  /** The run's folder name. */
  readonly run: string;
  readonly view: string;
}

/** What the editor says to the flame graph panel: one view, and which others there are. */
export type ToFlamegraph = {
  readonly type: 'show';
  /** A speedscope file with one profile. */
  readonly profile: string;
  readonly name: string;
  readonly views: readonly ViewChoice[];
  /** Of the views, the id of the one shown. */
  readonly shown: string;
  /** What one sees, and what it rests on. */
  readonly sentence: string;
  /** Of a difference, its functions. */
  readonly changes: readonly FunctionChange[] | null;
  /** What can be done with the view shown. */
  readonly actions: readonly ViewAction[];
  /** Null where it cannot be shown again. */
  readonly state: FlamegraphState | null;
};

export type FromFlamegraph =
  | { readonly type: 'ready' }
  /** A frame's location was clicked. Line and column are 1-based; column 0 is unknown. */
  | { readonly type: 'open'; readonly file: string; readonly line: number; readonly column: number }
  /** Another view was chosen. */
  | { readonly type: 'view'; readonly id: string }
  | { readonly type: 'act'; readonly action: ViewAction };

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
  /** A flame graph of the run is to be shown beside. */
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'open'; readonly file: string; readonly line: number }
  /** Look for the slow lines under the load at which they may be told. */
  | { readonly type: 'again' }
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
