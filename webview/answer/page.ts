import type { TemplateResult } from 'lit';
import type { AnswerView } from '../../src/report/answer-view.ts';

/** What a section of the page is made from. */
export interface Page {
  readonly view: AnswerView;
  readonly inEditor: boolean;
  readonly actions: PageActions;
}

export interface PageActions {
  /** Shows a run of the answer, by its folder's name. */
  readonly open: (run: string) => void;
  readonly save: (as: 'html' | 'csv') => void;
}

/** One part of the page; null where the answer has nothing for it. */
export type Section = (page: Page) => TemplateResult | null;
