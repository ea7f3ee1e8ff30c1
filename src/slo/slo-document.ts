import type { NoLevel } from './service-level.ts';
import type { SpentBudget } from './spent-budget.ts';

/** `slo --json`, of a run. Shares 0–1, times in ms, unknown is null. */
export interface SloDocument {
  schema: 'tailflame.slo/1';
  run: string;
  /** The period that a budget is for. */
  days: number;
  levels: LevelDocument[];
  /** Why the run says nothing of the service, as a sentence; null where it does. */
  unfit: string | null;
  /** Objectives that are no service levels. */
  others: NoLevel[];
}

export interface LevelDocument extends SpentBudget {
  objective: string;
  budget: number;
  /** What a day of this load would be, going by the whole run: its bad requests, and the share of the period's budget that it spends. */
  day: { bad: number; spent: number } | null;
}
