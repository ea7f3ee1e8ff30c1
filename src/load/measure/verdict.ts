import type { Verdict } from '../runs/run-document.ts';
import type { JudgedObjective } from './objective.ts';
import type { ResolvedPlan } from './plan.ts';
import type { PhaseSummary } from './summary.ts';

/**
 * Void before failed before inconclusive before passed. Void is about the generator alone: a schedule it could not keep, or fewer
 * connections than rate × unloaded service time (Little's law). A pool that fills because the server got slow is the server's.
 */
export function judge(plan: ResolvedPlan, summary: PhaseSummary, objectives: readonly JudgedObjective[]): Verdict {
  const unfit = generatorTrouble(plan, summary);
  if (unfit.length > 0) return { status: 'void', sentence: `Not valid: ${unfit[0]}`, reasons: unfit };
  if (summary.load.completed === 0) {
    const sent = summary.load.failed + summary.load.dropped + summary.load.interrupted;
    const sentence = sent === 0 ? 'Nothing was sent.' : `Failed: none of ${sent} requests was answered.`;
    return { status: 'failed', sentence, reasons: [sentence] };
  }
  const broken = objectives.filter((objective) => objective.ok === false);
  if (broken.length > 0) {
    const reasons = broken.map(({ objective, value }) => `${objective} does not hold: it was ${figure(value)}.`);
    return { status: 'failed', sentence: `Failed: ${reasons[0]}`, reasons };
  }
  const doubts = objectives.flatMap((objective) => (objective.ok === null && objective.doubt ? [objective.doubt] : []));
  if (doubts.length > 0) {
    return {
      status: 'inconclusive',
      sentence: `Can't tell yet: ${doubts[0]} A longer run may decide.`,
      reasons: doubts,
    };
  }
  if (objectives.length > 0) {
    const all = objectives.map(({ objective }) => objective).join(', ');
    return { status: 'passed', sentence: `Passed: ${all}.`, reasons: [] };
  }
  return { status: 'measured', sentence: measured(plan, summary), reasons: [] };
}

function measured(plan: ResolvedPlan, { load }: PhaseSummary): string {
  const { got, asked } = load.rate;
  if (asked !== null && got < 0.95 * asked) {
    return `Measured: the server did not keep up, it answered ${figure(got)} of ${figure(asked)} requests a second.`;
  }
  const failed = load.failed > 0 ? `, ${load.failed} of them failed` : '';
  return `Measured: ${load.completed + load.failed} requests in ${figure(plan.duration / 1000)} s${failed}.`;
}

function generatorTrouble(plan: ResolvedPlan, { health, latency, load, unloaded }: PhaseSummary): string[] {
  const trouble: string[] = [];
  const { lateness, poolWait } = health;
  const lateTypical = (lateness.p50 ?? 0) > Math.max(1, 0.1 * (latency.p50 ?? 0));
  const lateTail = (lateness.p99 ?? 0) > Math.max(10, 0.25 * (latency.p99 ?? latency.p90 ?? latency.p50 ?? 0));
  if (plan.load.model === 'open' && (lateTypical || lateTail)) {
    const worst = lateTail ? `p99 ${figure(lateness.p99)}` : `p50 ${figure(lateness.p50)}`;
    trouble.push(`Tailflame sent late (${worst} ms). Ask for a lower rate, or free this machine's CPU.`);
  }
  if (plan.load.model === 'open' && unloaded !== null) {
    const needed = (plan.load.rate * unloaded) / 1000;
    const waited = (poolWait.p50 ?? 0) > Math.max(1, 0.1 * unloaded) || load.dropped > 0;
    if (plan.connections < needed && waited) {
      trouble.push(`Tailflame ran out of connections (${plan.connections}). Use ${Math.ceil(needed * 1.5) + 1}.`);
    }
  }
  return trouble;
}

function figure(value: number | null): string {
  return value === null ? 'unknown' : Number(value.toPrecision(3)).toString();
}
