import { OUTCOMES, type RequestTable } from '../../runs/request-table.ts';
import { allSteps, type Plan } from '../plan/plan.ts';
import { Floats } from './floats.ts';
import { IterationTimes } from './iteration-times.ts';
import type { ObjectiveCounts, ObjectiveData } from './judged-objective.ts';
import type { ValueMetric } from './metric.ts';
import type { Selector } from './objective.ts';
import type { Span } from './sliding-window.ts';

const OK = OUTCOMES.indexOf('ok');
const DROPPED = OUTCOMES.indexOf('dropped');
const INTERRUPTED = OUTCOMES.indexOf('interrupted');
const CHECK = OUTCOMES.indexOf('check');

const COLUMNS = ['outcome', 'step', 'intended', 'dispatched', 'acquired', 'firstByte', 'end', 'bytes'] as const;
type Column = (typeof COLUMNS)[number];

/** What a selector means for a plan: which steps, and which stretches of a phase. */
interface Selection {
  /** 1 for a step that is meant. */
  readonly steps: Uint8Array;
  /** Run time, ms; null: any. */
  readonly stages: readonly Span[] | null;
}

/** The requests of one phase by column, to be asked for what objectives are about, as a whole or a stretch at a time. */
export class MeasuredRows {
  readonly #plan: Plan;
  readonly #start: number;
  readonly #columns = Object.fromEntries(COLUMNS.map((name) => [name, new Floats()])) as Record<Column, Floats>;
  readonly #iterations: IterationTimes;
  readonly #selections = new Map<Selector, Selection>();
  readonly #order = new Floats();

  /** @param start of the phase, ms of run time */
  constructor(plan: Plan, start: number) {
    this.#plan = plan;
    this.#start = start;
    this.#iterations = new IterationTimes(plan);
  }

  add(table: RequestTable, row: number): void {
    for (const name of COLUMNS) this.#columns[name].push(table[name][row]!);
    this.#iterations.add(table, row);
  }

  get iterations(): IterationTimes {
    return this.#iterations;
  }

  column(name: Column): Float64Array {
    return this.#columns[name].values;
  }

  /**
   * What ended in [from, to); where `to` is the end of the phase or later, also what ended after. @param span of the phase
   */
  dataOf(from: number, to: number, span: Span): ObjectiveData {
    const last = to >= span.end;
    const rows = from <= span.start && last ? null : this.#between(from, last ? Number.POSITIVE_INFINITY : to);
    const within = { start: from, end: Math.min(to, span.end) };
    return {
      values: (metric, selector) =>
        this.#values(metric, this.#selection(selector), rows, from, last ? Number.POSITIVE_INFINITY : to),
      counts: (selector) =>
        this.#counts(this.#selection(selector), rows, from, last ? Number.POSITIVE_INFINITY : to, within),
    };
  }

  #values(
    metric: ValueMetric,
    selection: Selection,
    rows: Float64Array | null,
    from: number,
    to: number,
  ): Float64Array {
    const found = new Floats();
    if (metric === 'end_to_end') {
      this.#iterations.each((scenario, begun, ended, ms) => {
        if (ended >= from && ended < to && this.#meansScenario(selection, scenario, begun)) found.push(ms);
      });
      return found.values;
    }
    const value = VALUE[metric];
    const { outcome } = this.#columns;
    this.#each(selection, rows, (row) => {
      if (outcome.at(row) !== OK) return;
      const ms = value(this.#columns, row);
      if (!Number.isNaN(ms)) found.push(ms);
    });
    return found.values;
  }

  #counts(selection: Selection, rows: Float64Array | null, from: number, to: number, within: Span): ObjectiveCounts {
    const checks = allSteps(this.#plan).map(({ step }) => step.checks.length > 0);
    const counts = { answered: 0, failed: 0, dropped: 0, interrupted: 0, checked: 0, checksFailed: 0, iterations: 0 };
    const windows = selection.stages === null ? [within] : selection.stages.map((stage) => overlap(stage, within));
    const inside = (time: number): boolean => windows.some(({ start, end }) => time >= start && time < end);
    let answeredWithin = 0;
    let iterationsWithin = 0;
    this.#each(selection, rows, (row) => {
      const outcome = this.#columns.outcome.at(row);
      if (outcome === OK) {
        counts.answered++;
        if (inside(this.#columns.end.at(row))) answeredWithin++;
      } else if (outcome === DROPPED) counts.dropped++;
      else if (outcome === INTERRUPTED) counts.interrupted++;
      else counts.failed++;
      if (checks[this.#columns.step.at(row)] && (outcome === OK || outcome === CHECK)) counts.checked++;
      if (outcome === CHECK) counts.checksFailed++;
    });
    this.#iterations.each((scenario, begun, ended) => {
      if (ended < from || ended >= to || !this.#meansScenario(selection, scenario, begun)) return;
      counts.iterations++;
      if (inside(ended)) iterationsWithin++;
    });
    const seconds = windows.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0) / 1000;
    return { ...counts, within: { answered: answeredWithin, iterations: iterationsWithin, seconds } };
  }

  #each({ steps, stages }: Selection, rows: Float64Array | null, visit: (row: number) => void): void {
    const { step, intended } = this.#columns;
    const length = rows?.length ?? step.length;
    for (let i = 0; i < length; i++) {
      const row = rows === null ? i : rows[i]!;
      if (steps[step.at(row)] !== 1) continue;
      if (stages === null || contains(stages, intended.at(row))) visit(row);
    }
  }

  /** Rows in order of their end; what never ended stands where it was due. */
  #between(from: number, to: number): Float64Array {
    const { end, intended } = this.#columns;
    const time = (row: number): number => (Number.isNaN(end.at(row)) ? intended.at(row) : end.at(row));
    this.#putInOrder(time);
    const order = this.#order.values;
    const first = lowerBound(order, from, time);
    return order.subarray(first, lowerBound(order, to, time));
  }

  /** Only rows that are new: who looks once a second cannot order all of them each time. Most are later than all before. */
  #putInOrder(time: (row: number) => number): void {
    const order = this.#order;
    const known = order.length;
    const added = Float64Array.from({ length: this.#columns.end.length - known }, (_, i) => known + i);
    added.sort((a, b) => time(a) - time(b));
    for (const row of added) order.push(row);
    let [before, next] = [known - 1, added.length - 1];
    while (before >= 0 && next >= 0) {
      const later = time(order.at(before)) > time(added[next]!);
      order.set(before + next + 1, later ? order.at(before--) : added[next--]!);
    }
    for (; next >= 0; next--) order.set(next, added[next]!);
  }

  #selection(selector: Selector): Selection {
    const known = this.#selections.get(selector);
    if (known) return known;
    const made = selectionOf(this.#plan, selector, this.#start);
    this.#selections.set(selector, made);
    return made;
  }

  /** A scenario is meant where its first step is, and its iteration began in a stage that is. */
  #meansScenario({ steps, stages }: Selection, firstStep: number, begun: number): boolean {
    return steps[firstStep] === 1 && (stages === null || contains(stages, begun));
  }
}

const VALUE: Record<Exclude<ValueMetric, 'end_to_end'>, (columns: Record<Column, Floats>, row: number) => number> = {
  latency: ({ end, intended }, row) => end.at(row) - intended.at(row),
  service: ({ end, acquired }, row) => end.at(row) - acquired.at(row),
  first_byte: ({ firstByte, intended }, row) => firstByte.at(row) - intended.at(row),
  pool_wait: ({ acquired, dispatched }, row) => acquired.at(row) - dispatched.at(row),
  lateness: ({ dispatched, intended }, row) => dispatched.at(row) - intended.at(row),
  bytes: ({ bytes }, row) => bytes.at(row),
};

function selectionOf(plan: Plan, selector: Selector, start: number): Selection {
  const { step: wantedStep, scenario: wantedScenario, stage: wantedStage, ...tags } = selector;
  const steps = Uint8Array.from(allSteps(plan), ({ scenario, step }) => {
    const own = { ...plan.tags, ...scenario.tags, ...step.tags };
    const meant =
      (wantedStep === undefined || step.name === wantedStep) &&
      (wantedScenario === undefined || scenario.name === wantedScenario) &&
      Object.entries(tags).every(([name, value]) => own[name] === value);
    return Number(meant);
  });
  if (wantedStage === undefined) return { steps, stages: null };
  return { steps, stages: stageSpans(plan, start).filter(({ name }) => name === wantedStage) };
}

/** When each stage of a plan's load is on, in a phase that begins at `start` (ms of run time). */
export function stageSpans(plan: Plan, start: number): { name: string; start: number; end: number }[] {
  if (plan.load === null || plan.load.model === 'replay') return [];
  let at = start;
  return plan.load.stages.map(({ name, duration }) => {
    const span = { name, start: at, end: at + duration };
    at += duration;
    return span;
  });
}

function contains(spans: readonly Span[], time: number): boolean {
  return spans.some(({ start, end }) => time >= start && time < end);
}

function overlap(a: Span, b: Span): Span {
  return { start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) };
}

function lowerBound(order: Float64Array, value: number, time: (row: number) => number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time(order[middle]!) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
