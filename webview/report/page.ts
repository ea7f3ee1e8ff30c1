import type { TemplateResult } from 'lit';
import type { View } from '../../src/correlate/views/view.ts';
import type { ResultView } from '../../src/report/result-view.ts';
import type { RunChoice } from '../messages.ts';
import type { DistributionChart } from './chart/distribution-chart.ts';
import type { TimeSection } from './time-section.ts';

/** What a section of the page is made from. */
export interface Page {
  readonly view: ResultView;
  /** An earlier run laid under this one. */
  readonly under: ResultView | null;
  /** Runs that may be. */
  readonly runs: readonly RunChoice[];
  /** Ms of run time that people count from. */
  readonly origin: number;
  readonly inEditor: boolean;
  readonly time: TimeSection;
  readonly distribution: DistributionChart;
  readonly allSlowest: boolean;
  /** Whether the table beside the charts is open: only then it is made. */
  readonly tableOpen: boolean;
  readonly actions: PageActions;
}

export interface PageActions {
  readonly layUnder: (run: string | null) => void;
  readonly open: (file: string, line: number) => void;
  /** Looks for the slow lines under the load at which they may be told. */
  readonly findAgain: () => void;
  /** Shows a flame graph of the run beside. */
  readonly showView: (view: View) => void;
  readonly save: (as: 'html' | 'png' | 'csv') => void;
  readonly showAllSlowest: (all: boolean) => void;
  readonly showTable: (open: boolean) => void;
}

/** One part of the page; null where the run has nothing for it. */
export type Section = (page: Page) => TemplateResult | null;
