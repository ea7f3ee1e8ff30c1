import type { ChunkTable } from '../../runs/chunk-table.ts';
import {
  fateOf,
  INTERRUPTED,
  isAnswered,
  MEASURED,
  OK,
  OUTCOMES,
  type RequestTable,
} from '../../runs/request-table.ts';
import type { Plan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { Floats } from './floats.ts';
import { GoodRequests } from './good-requests.ts';
import { IterationTimes } from './iteration-times.ts';
import type { ObjectiveData } from './judged-objective.ts';
import { METRICS, type ValueMetric } from './metric.ts';
import { parseObjective, type Selector } from './objective.ts';
import type { ObjectiveCounts } from './objective-counts.ts';
import { PartialSum } from './partial-sum.ts';
import { isOfRequests, REQUEST_VALUES, type RequestMetric } from './request-values.ts';
import { RowsInTime } from './rows-in-time.ts';
import { isSelected, type Selection, selectionOf } from './selection.ts';
import type { Span } from './sliding-window.ts';

const CHECK = OUTCOMES.indexOf('check');

const COLUMNS = ['outcome', 'step', 'intended', 'acquired', 'end'] as const;
type Column = (typeof COLUMNS)[number];

/** Between two chunks of a stream, when the later came, in which step. */
interface Gaps {
  readonly at: Floats;
  readonly ms: Floats;
  readonly step: Floats;
  readonly inTime: RowsInTime;
}

function emptyGaps(): Gaps {
  const at = new Floats();
  return { at, ms: new Floats(), step: new Floats(), inTime: new RowsInTime((row) => at.at(row)) };
}

/** What rates count of answers. */
interface Answers {
  readonly step: Floats;
  readonly end: Floats;
  /** 0 where it has none to count; NaN unknown. */
  readonly outputTokens: Floats;
  /** As `GoodRequests` tells it; 0 where nothing asks for it. */
  readonly good: Floats;
}

/** The requests of one phase by column, to be asked for what objectives are about, as a whole or a stretch at a time. */
export class MeasuredRows {
  readonly #plan: Plan;
  readonly #start: number;
  readonly #columns = Object.fromEntries(COLUMNS.map((name) => [name, new Floats()])) as Record<Column, Floats>;
  /** What requests of other phases were answered with in this one. */
  readonly #others: Answers = { step: new Floats(), end: new Floats(), outputTokens: new Floats(), good: new Floats() };
  readonly #iterations: IterationTimes;
  /** What the plan's objectives are about. */
  readonly #asked: ReadonlyMap<RequestMetric, Floats>;
  /** Kept where an objective is about streams. */
  readonly #outputTokens: Floats | null;
  readonly #gaps: Gaps | null;
  readonly #good: { readonly judge: GoodRequests; readonly column: Floats } | null;
  /** By step: whether it streams. */
  readonly #isStream: readonly boolean[];
  readonly #selections = new Map<Selector, Selection>();
  readonly #inTime: RowsInTime;

  /** @param start of the phase, ms of run time */
  constructor(plan: Plan, start: number) {
    this.#plan = plan;
    this.#start = start;
    this.#iterations = new IterationTimes(plan);
    const { end, intended } = this.#columns;
    this.#inTime = new RowsInTime((row) => (Number.isNaN(end.at(row)) ? intended.at(row) : end.at(row)));
    this.#isStream = allSteps(plan).map(({ step }) => step.stream !== null);
    const metrics = plan.objectives.map(({ objective }) => parseObjective(objective).metric);
    this.#asked = new Map(metrics.filter(isOfRequests).map((metric) => [metric, new Floats()]));
    this.#outputTokens = metrics.some((metric) => METRICS[metric].ofStreams) ? new Floats() : null;
    this.#gaps = metrics.includes('gap') ? emptyGaps() : null;
    this.#good = metrics.some((metric) => METRICS[metric].ofGood)
      ? { judge: new GoodRequests(plan, start), column: new Floats() }
      : null;
  }

  /** The requests of a table that belong to the measured phase. */
  addMeasured(table: RequestTable): void {
    for (let row = 0; row < table.length; row++) if (table.phase[row] === MEASURED) this.add(table, row);
  }

  add(table: RequestTable, row: number): void {
    for (const name of COLUMNS) this.#columns[name].push(table[name][row]!);
    for (const [metric, values] of this.#asked) values.push(REQUEST_VALUES[metric].at(table, row));
    this.#outputTokens?.push(outputTokensAt(table, row));
    this.#good?.column.push(this.#good.judge.at(table, row));
    this.#iterations.add(table, row);
  }

  /** A request of another phase: where it was answered in this one, it counts in the rates. */
  addOther(table: RequestTable, row: number): void {
    const [step, end] = [table.step[row]!, table.end[row]!];
    const isWithin = end >= this.#start && end < this.#start + this.#plan.duration;
    if (!isAnswered(table.outcome[row]!) || !isWithin) return;
    const hasTokens = this.#hasTokens(table.outcome[row]!, step);
    this.#others.step.push(step);
    this.#others.end.push(end);
    this.#others.outputTokens.push(hasTokens ? outputTokensAt(table, row) : 0);
    this.#others.good.push(this.#good?.judge.at(table, row) ?? 0);
  }

  /** A chunk of a stream; those of other phases and of streams that failed are left out. */
  addChunk(chunks: ChunkTable, row: number): void {
    if (this.#gaps === null || chunks.phase[row] !== MEASURED || !isAnswered(chunks.outcome[row]!)) return;
    if (Number.isNaN(chunks.gap[row]!)) return;
    this.#gaps.at.push(chunks.at[row]!);
    this.#gaps.ms.push(chunks.gap[row]!);
    this.#gaps.step.push(chunks.step[row]!);
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
      waited: (metric, selector) => this.#waited(metric, this.#selection(selector), rows),
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
        const meant = ended >= from && ended < to && this.#meansScenario(selection, scenario, begun);
        if (meant && !Number.isNaN(ms)) found.push(ms);
      });
      return found.values;
    }
    if (metric === 'gap') return this.#gapsOf(selection, rows === null, from, to);
    const values = this.#asked.get(metric);
    if (values === undefined) throw new Error(`The plan has no objective on ${metric}, so its values were not kept.`);
    const { outcome } = this.#columns;
    const { ofWhole } = REQUEST_VALUES[metric];
    this.#each(selection, rows, (row) => {
      if (ofWhole ? outcome.at(row) !== OK : !isAnswered(outcome.at(row))) return;
      const value = values.at(row);
      if (!Number.isNaN(value)) found.push(value);
    });
    return found.values;
  }

  #waited(metric: ValueMetric, selection: Selection, rows: Float64Array | null): Float64Array {
    const found = new Floats();
    const values = isOfRequests(metric) && REQUEST_VALUES[metric].grows ? this.#asked.get(metric) : undefined;
    if (values === undefined) return found.values;
    const { outcome, step, intended, end } = this.#columns;
    this.#each(selection, rows, (row) => {
      if (outcome.at(row) !== INTERRUPTED) return;
      if (METRICS[metric].ofStreams && this.#isStream[step.at(row)] !== true) return;
      const known = values.at(row);
      // What it came to before it was cut off it came to.
      const ms = Number.isNaN(known) ? end.at(row) - intended.at(row) : known;
      if (!Number.isNaN(ms)) found.push(ms);
    });
    return found.values;
  }

  /** A gap belongs to the moment at which it ended, whenever its request was due. @param all whether every one is meant */
  #gapsOf(selection: Selection, all: boolean, from: number, to: number): Float64Array {
    const found = new Floats();
    if (this.#gaps === null) return found.values;
    const { at, ms, step, inTime } = this.#gaps;
    const rows = all ? null : inTime.between(at.length, from, to);
    for (let i = 0; i < (rows?.length ?? at.length); i++) {
      const row = rows === null ? i : rows[i]!;
      if (isSelected(selection, step.at(row), at.at(row))) found.push(ms.at(row));
    }
    return found.values;
  }

  #counts(selection: Selection, rows: Float64Array | null, from: number, to: number, within: Span): ObjectiveCounts {
    const checks = allSteps(this.#plan).map(({ step }) => step.checks.length > 0);
    const counts = { answered: 0, failed: 0, dropped: 0, interrupted: 0, checked: 0, checksFailed: 0, iterations: 0 };
    const windows = selection.stages === null ? [within] : selection.stages.map((stage) => overlap(stage, within));
    const inside = (time: number): boolean => windows.some(({ start, end }) => time >= start && time < end);
    let answeredWithin = 0;
    let iterationsWithin = 0;
    const [tokens, tokensWithin] = [new PartialSum(), new PartialSum()];
    const [good, goodWithin] = [new PartialSum(), new PartialSum()];
    // Whenever it was due: of a stage as well.
    this.#eachAnswer(selection, rows, (end, outputTokens, isGood) => {
      if (!inside(end)) return;
      answeredWithin++;
      tokensWithin.add(outputTokens);
      goodWithin.add(isGood);
    });
    this.#each(selection, rows, (row) => {
      const outcome = this.#columns.outcome.at(row);
      good.add(this.#good?.column.at(row) ?? 0);
      tokens.add(this.#tokensAt(row));
      counts[fateOf(outcome)]++;
      if (checks[this.#columns.step.at(row)] && (isAnswered(outcome) || outcome === CHECK)) counts.checked++;
      if (outcome === CHECK) counts.checksFailed++;
    });
    this.#iterations.each((scenario, begun, ended) => {
      if (ended < from || ended >= to || !this.#meansScenario(selection, scenario, begun)) return;
      counts.iterations++;
      if (inside(ended)) iterationsWithin++;
    });
    const seconds = windows.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0) / 1000;
    const isJudged = this.#good?.judge.known === true;
    return {
      ...counts,
      outputTokens: tokens.sumOrZero,
      good: isJudged ? good.sumOrZero : null,
      within: {
        answered: answeredWithin,
        iterations: iterationsWithin,
        outputTokens: tokensWithin.sumOrZero,
        good: isJudged ? goodWithin.sumOrZero : null,
        seconds,
      },
    };
  }

  /** Those of other phases too, and of every stage. */
  #eachAnswer(
    selection: Selection,
    rows: Float64Array | null,
    visit: (end: number, outputTokens: number, good: number) => void,
  ): void {
    const { outcome, end } = this.#columns;
    this.#each({ ...selection, stages: null }, rows, (row) => {
      if (isAnswered(outcome.at(row))) visit(end.at(row), this.#tokensAt(row), this.#good?.column.at(row) ?? 0);
    });
    const others = this.#others;
    for (let i = 0; i < others.end.length; i++) {
      if (selection.steps[others.step.at(i)] !== 1) continue;
      visit(others.end.at(i), others.outputTokens.at(i), others.good.at(i));
    }
  }

  /** Of an answer in full that streams; 0 of others, NaN unknown. */
  #tokensAt(row: number): number {
    const { outcome, step } = this.#columns;
    return this.#hasTokens(outcome.at(row), step.at(row)) ? this.#outputTokens!.at(row) : 0;
  }

  #hasTokens(outcome: number, step: number): boolean {
    return outcome === OK && this.#outputTokens !== null && this.#isStream[step] === true;
  }

  #each(selection: Selection, rows: Float64Array | null, visit: (row: number) => void): void {
    const { step, intended } = this.#columns;
    const length = rows?.length ?? step.length;
    for (let i = 0; i < length; i++) {
      const row = rows === null ? i : rows[i]!;
      if (isSelected(selection, step.at(row), intended.at(row))) visit(row);
    }
  }

  /** Rows in order of their end; what never ended stands where it was due. */
  #between(from: number, to: number): Float64Array {
    return this.#inTime.between(this.#columns.end.length, from, to);
  }

  #selection(selector: Selector): Selection {
    const known = this.#selections.get(selector);
    if (known) return known;
    const made = selectionOf(this.#plan, selector, this.#start);
    this.#selections.set(selector, made);
    return made;
  }

  /** A scenario is meant where its first step is, and its iteration began in a stage that is. */
  #meansScenario(selection: Selection, firstStep: number, begun: number): boolean {
    return isSelected(selection, firstStep, begun);
  }
}

function overlap(a: Span, b: Span): Span {
  return { start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) };
}

function outputTokensAt({ details }: RequestTable, row: number): number {
  return details?.outputTokens[row] ?? Number.NaN;
}
