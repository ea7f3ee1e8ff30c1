import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../load/plan/plan.ts';
import { hasStreams } from '../load/plan/plan-steps.ts';
import { REMOVED, withoutSecrets } from '../load/plan/redaction.ts';
import { storedPlan } from '../runner/opened/stored-plan.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { changePoints } from './change-points.ts';
import { changeScale } from './change-scale.ts';
import { allFigures, type ComparedFigure } from './compared-figure.ts';
import { type Conditions, fingerprint, machineOf } from './conditions.ts';
import { median } from './median.ts';

/** `history --json`. Times in ms, shares 0–1, unknown is null. The oldest run comes first. */
export interface HistoryDocument {
  schema: 'tailflame.history/1';
  target: string;
  runs: { run: string; startedAt: string }[];
  figures: HistoryFigure[];
  /** Runs of the same target that were sent something else, or otherwise, or on another machine, such as tell nothing, and damaged ones. */
  leftOut: number;
}

export interface HistoryFigure {
  figure: string;
  unit: ComparedFigure['unit'];
  /** One a run. */
  values: (number | null)[];
  /** Where the level changed: from the run with this index on, from this median to that. `change` as in a comparison. */
  changes: { at: number; before: number; now: number; change: number | null }[];
}

const SHOWN = /^(latency|TTFT) p(50|95|99)$|^failures$/;

/**
 * Runs as alike as can be, in the order of time.
 * @param runs in any order; of those of one target the newest decides which are alike @param damaged runs beside them that cannot be read
 */
export function historyOf(runs: readonly RunDocument[], target: string, damaged = 0): HistoryDocument {
  // What a search or a gate made tells of what it tried.
  const own = runs.filter(({ search }) => search === undefined);
  const told = own
    .filter(({ state, verdict }) => state === 'finished' && verdict.status !== 'void')
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  const newest = told.at(-1);
  const alike = newest === undefined ? [] : told.filter((run) => isAlike(run, newest));
  const figures = allFigures(alike).filter(({ name }) => SHOWN.test(name));
  return {
    schema: 'tailflame.history/1',
    target,
    runs: alike.map(({ run, startedAt }) => ({ run, startedAt })),
    figures: figures.map((figure) => historyFigure(figure, alike)),
    leftOut: own.length - alike.length + damaged,
  };
}

function isAlike(run: RunDocument, other: RunDocument): boolean {
  const [one, two] = [run, other].map(conditionsOf);
  return isDeepStrictEqual(one, two);
}

/** What stood in the plan's files when it ran is not known any more. */
function conditionsOf(run: RunDocument): Conditions {
  const plan = comparable({ ...withoutSecrets(storedPlan(run.plan)), load: null });
  // How many connections streams get hangs on the preflight's answer.
  const asked = hasStreams(plan) ? { ...plan, connections: null } : plan;
  return { plan: fingerprint(asked, new Map()), load: loadOf(run), machine: machineOf(run.environment) };
}

/** How much of a value is removed with its secret, and how the rest is written then, differs between versions. */
function comparable(plan: Plan): Plan {
  const whole = (_: string, value: unknown): unknown =>
    typeof value === 'string' && value.includes(REMOVED) ? REMOVED : value;
  return JSON.parse(JSON.stringify(plan), whole) as Plan;
}

/** What a plan in a `run.json` has of its load. */
interface StoredLoad {
  readonly load?: { readonly stages?: readonly Record<string, unknown>[]; readonly times?: readonly number[] };
  readonly duration?: number;
}

/** Longer runs of a load are runs of it, too. What a replay did not come to, some versions wrote down and others did not. */
function loadOf({ plan }: RunDocument): unknown {
  const { load, duration: end = Number.POSITIVE_INFINITY } = plan as StoredLoad;
  if (load?.times !== undefined) return { ...load, times: load.times.filter((time) => time < end) };
  if (load?.stages === undefined) return load ?? null;
  const isOne = load.stages.length === 1;
  return { ...load, stages: load.stages.map(({ duration, ...stage }) => (isOne ? stage : { ...stage, duration })) };
}

function historyFigure({ name, unit, of }: ComparedFigure, runs: readonly RunDocument[]): HistoryFigure {
  const values = runs.map(of);
  const places = [...values.keys()].filter((at) => values[at] !== null);
  const known = places.map((at) => values[at]!);
  const at = changePoints(known);
  const edges = [0, ...at, known.length];
  const level = (part: number): number => median(known.slice(edges[part], edges[part + 1]))!;
  const changes = at.map((first, part) => {
    const [before, now] = [level(part), level(part + 1)];
    const { values: scaled, change } = changeScale(unit);
    const both = scaled([before, now]);
    return { at: places[first]!, before, now, change: both === null ? null : change(both[1]! - both[0]!) };
  });
  return { figure: name, unit, values, changes };
}
