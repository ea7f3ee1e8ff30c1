import type { Verdict } from '../../runs/run-document.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { figure } from './figure.ts';
import { type GeneratorFacts, generatorTrouble, type LoadFacts } from './generator-trouble.ts';
import type { JudgedObjective } from './judged-objective.ts';

/** What a run is judged by, all of it of the measured phase. Times in ms, shares 0–1, unknown is null. */
export interface VerdictFacts extends LoadFacts {
  /** Why a generator could not go on, as a sentence; null where all could. */
  readonly broken: string | null;
  readonly health: GeneratorFacts;
  /** One for each of the plan's objectives. */
  readonly objectives: readonly JudgedObjective[];
  /** The sentence of the objective that ended the run early. */
  readonly aborted: string | null;
  /** How long requests were sent. */
  readonly seconds: number;
}

/** Of requests, however many. */
const CUT_OFF = 'had no answer yet when the run ended';

/**
 * Void before failed before inconclusive before passed; measured where there is no objective. Void is about the generator alone, see
 * {@link generatorTrouble}: a server that got slow is its own result.
 */
export function judge(plan: ResolvedPlan, facts: VerdictFacts): Verdict {
  const unfit = [...(facts.broken === null ? [] : [facts.broken]), ...generatorTrouble(plan, facts, facts.health)];
  if (unfit.length > 0) return { status: 'void', sentence: `Not valid: ${unfit[0]}`, reasons: unfit };
  const { load, objectives } = facts;
  if (load.completed === 0) {
    const due = load.failed + load.dropped + load.interrupted;
    const sentence = due === 0 ? 'Nothing was sent.' : `Failed: none of ${figure(due, 9)} requests was answered.`;
    return { status: 'failed', sentence, reasons: [sentence] };
  }
  const broken = failures(facts);
  if (broken.length > 0) return { status: 'failed', sentence: `Failed: ${broken[0]}`, reasons: broken };
  const doubts = objectives.flatMap(({ ok, doubt, advice }) =>
    ok === null && doubt ? [[doubt, advice].filter(Boolean).join(' ')] : [],
  );
  if (doubts.length > 0) {
    return { status: 'inconclusive', sentence: `Can't tell yet: ${doubts[0]}`, reasons: doubts };
  }
  if (objectives.length > 0) {
    const all = objectives.map(({ objective }) => objective).join(', ');
    // A percentile is of what was answered, and would pass in silence where half of the requests failed.
    const failed =
      load.failed > 0 ? ` ${figure(load.failed, 9)} of ${figure(answeredOrFailed(load), 9)} requests failed.` : '';
    const cut = load.interrupted > 0 ? ` ${figure(load.interrupted, 9)} more ${CUT_OFF}.` : '';
    return { status: 'passed', sentence: `Passed: ${all}.${failed}${cut}`, reasons: [] };
  }
  return { status: 'measured', sentence: measured(facts), reasons: [] };
}

function answeredOrFailed({ completed, failed }: VerdictFacts['load']): number {
  return completed + failed;
}

function failures({ objectives, aborted }: VerdictFacts): string[] {
  const broken = objectives.flatMap(({ ok, objective, reason }) =>
    ok === false ? [reason ?? `${objective} does not hold.`] : [],
  );
  return aborted === null ? broken : [`${aborted} The run was stopped then.`, ...broken];
}

/**
 * Whether the server got through less than came due while the load was made: by more than a twentieth, and by more than is always under
 * way at the end (rate × unloaded time, by Little's law). Not held against what was asked: a random load may ask for less.
 */
function fellBehind({ load, seconds, unloaded }: VerdictFacts): boolean {
  if (load.planned === null || seconds <= 0) return false;
  const missing = load.planned - load.rate.got * seconds;
  const underWay = (load.planned / seconds) * ((unloaded ?? 0) / 1000);
  return missing > 0.05 * load.planned && missing > 2 * underWay + 10;
}

function measured(facts: VerdictFacts): string {
  const { load, seconds } = facts;
  const { got, asked } = load.rate;
  const lost = [
    ...(load.failed > 0 ? [`${figure(load.failed, 9)} of them failed`] : []),
    ...(load.dropped > 0 ? [`${figure(load.dropped, 9)} more could not be sent`] : []),
    ...(load.interrupted > 0 ? [`${figure(load.interrupted, 9)} more ${CUT_OFF}`] : []),
  ];
  const also = lost.map((text) => `, ${text}`).join('');
  if (asked !== null && fellBehind(facts)) {
    return `Measured: the server did not keep up, it answered ${figure(got)} of ${figure(asked)} requests a second${also}.`;
  }
  return `Measured: ${figure(answeredOrFailed(load), 9)} requests in ${figure(seconds)} s${also}.`;
}
