import { MeasuredRows } from '../load/measure/measured-rows.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import type { RequestTable } from '../runs/request-table.ts';
import { measuredSpan, type RunDocument } from '../runs/run-document.ts';
import { isLevel, serviceLevelOf } from './service-level.ts';
import type { LevelDocument, SloDocument } from './slo-document.ts';
import { spentBudget } from './spent-budget.ts';

const DAY_S = 86_400;

/** What a run's requests come to by the service levels of its plan. @param days that a budget is for */
export async function readSlo(
  { run, phases, state, verdict }: Pick<RunDocument, 'run' | 'phases' | 'state' | 'verdict'>,
  plan: ResolvedPlan,
  tables: AsyncIterable<RequestTable>,
  days: number,
): Promise<SloDocument> {
  const span = measuredSpan({ phases });
  const rows = new MeasuredRows(plan, span.start);
  for await (const table of tables) rows.addMeasured(table);
  const told = plan.objectives.map(({ objective }) => serviceLevelOf(objective));
  const levels = told.filter(isLevel).map((level): LevelDocument => {
    const { objective, budget } = level;
    const spent = spentBudget(level, rows, span);
    const seconds = (span.end - span.start) / 1000;
    const day = spent.burn === null ? null : { bad: (spent.bad / seconds) * DAY_S, spent: spent.burn / days };
    return { objective, budget, ...spent, day };
  });
  const unfit =
    state === 'interrupted'
      ? 'The run was stopped before its end.'
      : verdict.status === 'void'
        ? verdict.sentence
        : null;
  return {
    schema: 'tailflame.slo/1',
    run,
    days,
    levels,
    unfit,
    others: told.flatMap((one) => (isLevel(one) ? [] : [one])),
  };
}
