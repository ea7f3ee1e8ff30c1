import type { ChunkTable } from '../../runs/chunk-table.ts';
import {
  CANCELLED,
  fateOf,
  INTERRUPTED,
  isAnswered,
  MEASURED,
  OK,
  OUTCOMES,
  type Outcome,
  type RequestTable,
} from '../../runs/request-table.ts';
import type {
  ErrorCount,
  RunDocument,
  ScenarioFigures,
  SizeFigures,
  SplitFigures,
  StageFigures,
  StepFigures,
  StreamingFigures,
} from '../../runs/run-document.ts';
import { modelOf } from '../model/load-model.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { allSteps, hasStreams } from '../plan/plan-steps.ts';
import { keepsDetails } from '../scenario/kept-details.ts';
import { AskedLoad } from './asked-load.ts';
import { findCascade } from './cascade.ts';
import { Floats } from './floats.ts';
import type { JudgedObjective } from './judged-objective.ts';
import { ManyTimes } from './many-times.ts';
import { MeasuredRows } from './measured-rows.ts';
import { parseObjective } from './objective.ts';
import { stageSpans } from './selection.ts';
import { SizeGroups } from './size-groups.ts';
import { judgeWindows, type Span } from './sliding-window.ts';
import { ttftAt } from './stream-marks.ts';
import { StreamPace } from './stream-pace.ts';
import { StreamTally } from './stream-tally.ts';
import { latencyOf, Tally } from './tally.ts';

/** What one example of a kind of failure said, at one step. */
export type ExampleOf = (kind: Outcome, step: string | null) => string;

/** Everything that is said of the measured phase, from its requests and chunks as they come out of the log. */
export class RunFigures {
  readonly total = new Tally();
  readonly #plan: ResolvedPlan;
  readonly #asked: AskedLoad;
  readonly #closed: boolean;
  readonly #span: Span;
  readonly #steps: readonly Tally[];
  readonly #stages: readonly { readonly name: string; readonly span: Span; readonly tally: Tally; within: number }[];
  /** Kept only where something is asked of single requests: it takes ten times the memory of the figures. */
  readonly #rows: MeasuredRows | null;
  readonly #groups = new Map<number, Tally>();
  /** Null where nothing streams. */
  readonly #streams: StreamTally | null;
  /** By step; null where it does not stream. */
  readonly #paces: readonly (StreamPace | null)[];
  /** The same; kept where there are several steps. */
  readonly #ttfts: readonly (ManyTimes | null)[];
  readonly #sizes: SizeGroups | null;
  readonly #server = { queue: new ManyTimes(), compute: new ManyTimes() };
  #answeredWithin = 0;
  /** By step. */
  readonly #stepWithin: number[];

  /** @param span of the phase, ms of run time */
  constructor(plan: ResolvedPlan, span: Span) {
    const steps = allSteps(plan);
    const stages = stageSpans(plan, span.start).filter(({ start }) => start < span.end);
    this.#plan = plan;
    this.#asked = new AskedLoad(plan);
    this.#closed = modelOf(plan.load).closed;
    this.#span = span;
    this.#steps = steps.length > 1 ? steps.map(() => new Tally()) : [this.total];
    this.#stepWithin = steps.map(() => 0);
    this.#stages =
      stages.length > 1
        ? stages.map(({ name, start, end }) => ({
            name,
            span: { start, end: Math.min(end, span.end) },
            tally: new Tally(),
            within: 0,
          }))
        : [];
    this.#rows = steps.length > 1 || plan.objectives.length > 0 ? new MeasuredRows(plan, span.start) : null;
    this.#streams = hasStreams(plan) ? new StreamTally(plan, span.start) : null;
    this.#paces = steps.map(({ step }) => (step.stream === null ? null : new StreamPace()));
    this.#ttfts = steps.map(({ step }) => (steps.length > 1 && step.stream !== null ? new ManyTimes() : null));
    this.#sizes = keepsDetails(plan) ? new SizeGroups(this.#streams !== null) : null;
  }

  /** A request of the phase. */
  add(table: RequestTable, row: number): void {
    this.total.add(table, row);
    if (table.details !== null) this.#addDetails(table, row);
    if (this.#steps.length > 1) this.#steps[table.step[row]!]?.add(table, row);
    const intended = table.intended[row]!;
    // A later step of an iteration may be due after the last stage, which it belongs to.
    (this.#stages.find(({ span }) => intended < span.end) ?? this.#stages.at(-1))?.tally.add(table, row);
    this.#rows?.add(table, row);
    if (this.#plan.split !== null) this.#addToGroup(table, row);
  }

  #addDetails(table: RequestTable, row: number): void {
    const outcome = table.outcome[row]!;
    this.#streams?.add(table, row);
    if (isAnswered(outcome)) {
      this.#paces[table.step[row]!]?.add(table, row);
      this.#ttfts[table.step[row]!]?.add(ttftAt(table, row));
    }
    this.#sizes?.add(table, row);
    if (outcome !== OK) return;
    this.#server.queue.add(table.details!.serverQueue[row]!);
    this.#server.compute.add(table.details!.serverCompute[row]!);
  }

  /** A chunk of a stream, of any phase. */
  addChunk(chunks: ChunkTable, row: number): void {
    this.#streams?.addChunk(chunks, row);
    this.#rows?.addChunk(chunks, row);
  }

  #addToGroup(table: RequestTable, row: number): void {
    const group = table.group[row]!;
    if (Number.isNaN(group)) return;
    const tally = this.#groups.get(group) ?? new Tally();
    this.#groups.set(group, tally);
    tally.add(table, row);
  }

  /** A request of any phase: what the server got through in this one, whenever it was asked. */
  ended(table: RequestTable, row: number): void {
    const outcome = table.outcome[row]!;
    const end = table.end[row]!;
    if (!isAnswered(outcome) || !(end >= this.#span.start) || end >= this.#span.end) return;
    this.#answeredWithin++;
    this.#stepWithin[table.step[row]!]!++;
    const stage = this.#stages.find(({ span }) => end < span.end);
    if (stage) stage.within++;
    this.#streams?.answeredWithin(table, row);
    if (table.phase[row] !== MEASURED) this.#rows?.addOther(table, row);
  }

  /** Requests a second. */
  get rate(): { asked: number | null; got: number } {
    const { start, end } = this.#span;
    return {
      asked: this.#asked.between(0, end - start),
      got: perSecond(this.#answeredWithin, this.#span),
    };
  }

  /** By kind, the most frequent first. */
  errors(exampleOf: ExampleOf): ErrorCount[] {
    return errorsOf(this.total, null, exampleOf);
  }

  /** Undefined where the plan has one step. */
  steps(exampleOf: ExampleOf): StepFigures[] | undefined {
    const steps = allSteps(this.#plan);
    if (steps.length < 2) return undefined;
    return steps.map(({ scenario, step }, index) => {
      const tally = this.#steps[index]!;
      const ttft = this.#ttfts[index] ?? null;
      const got = perSecond(this.#stepWithin[index]!, this.#span);
      return {
        scenario: scenario.name,
        step: step.name,
        load: tally.load(this.#closed ? null : tally.total, { asked: null, got }),
        latency: tally.latency(),
        prevented: this.#rows?.iterations.prevented[index] ?? 0,
        errors: errorsOf(tally, step.name, exampleOf),
        ...(ttft === null ? {} : { ttft: ttft.latency() }),
      };
    });
  }

  scenarios(): ScenarioFigures[] | undefined {
    const rows = this.#rows;
    if (rows === null || allSteps(this.#plan).length < 2) return undefined;
    const times = new Map<number, Floats>();
    rows.iterations.each((first, _begun, _ended, ms) => {
      if (Number.isNaN(ms)) return;
      const known = times.get(first) ?? new Floats();
      times.set(first, known);
      known.push(ms);
    });
    let first = 0;
    return this.#plan.scenarios.map(({ name, steps }) => {
      const iterations = rows.iterations.counts(first);
      const endToEnd = latencyOf(times.get(first)?.values.sort() ?? new Float64Array(0));
      first += steps.length;
      return { scenario: name, iterations, endToEnd };
    });
  }

  stages(): StageFigures[] | undefined {
    if (this.#stages.length === 0) return undefined;
    return this.#stages.map(({ name, span, tally, within }) => {
      const asked = this.#asked.between(span.start - this.#span.start, span.end - this.#span.start);
      const got = perSecond(within, span);
      const planned = this.#closed ? null : tally.total;
      return { stage: name, ...span, load: tally.load(planned, { asked, got }), latency: tally.latency() };
    });
  }

  /** The objectives of the plan, each over its windows where it has some. */
  objectives(): JudgedObjective[] {
    const rows = this.#rows;
    if (rows === null) return [];
    return this.#plan.objectives.map((plan) =>
      judgeWindows(parseObjective(plan.objective), plan, (from, to) => rows.dataOf(from, to, this.#span), this.#span),
    );
  }

  /** By the header that the plan splits by; undefined where it does not. @param names by number, as they stand in the rows */
  split(names: readonly string[]): SplitFigures | undefined {
    if (this.#plan.split === null) return undefined;
    const groups = names.map((value, index) => {
      const tally = this.#groups.get(index) ?? new Tally();
      const { completed, failed } = tally.load(null, { asked: null, got: 0 });
      return { value, answered: completed, failed, latency: tally.latency() };
    });
    return { header: this.#plan.split, groups: groups.sort((a, b) => b.answered - a.answered) };
  }

  /** Null where the plan has no streams. */
  streaming(): StreamingFigures | null {
    return this.#streams?.figures((this.#span.end - this.#span.start) / 1000) ?? null;
  }

  /** Undefined where requests have not two sizes. */
  sizes(): SizeFigures[] | undefined {
    return this.#sizes?.figures();
  }

  /** Undefined where the server said nothing of its times. */
  server(): RunDocument['server'] {
    const { queue, compute } = this.#server;
    if (queue.count + compute.count === 0) return undefined;
    return { queue: queue.latency(), compute: compute.latency() };
  }

  cascade(): string | null | undefined {
    const rows = this.#rows;
    const steps = allSteps(this.#plan);
    if (rows === null || steps.length < 2) return undefined;
    const found = findCascade(
      stepRows(rows, this.#span.end),
      steps.map(({ step }) => step.name),
      this.#span,
      modelOf(this.#plan.load).asked?.rateAt,
    );
    return found?.sentence ?? null;
  }

  /**
   * Ms a request takes when nothing is in its way: at each step the lesser of the preflight's time and the fast decile, of streams see
   * {@link StreamPace}, weighted by how often it was sent. Null where nothing was answered.
   * @param preflight by step, ms; NaN where a step was not tried
   */
  unloaded(preflight: readonly number[]): number | null {
    let [sum, weight] = [0, 0];
    this.#steps.forEach((tally, index) => {
      const fast = tally.fastService;
      if (fast === null) return;
      const first = preflight[index] ?? NaN;
      const plain = Number.isNaN(first) ? fast : Math.min(first, fast);
      sum += tally.total * (this.#paces[index]?.unloaded(first) ?? plain);
      weight += tally.total;
    });
    return weight > 0 ? sum / weight : null;
  }
}

/** What was sent, for the cascade; what the end of the run cut off had waited until then. */
function stepRows(rows: MeasuredRows, runEnd: number): Parameters<typeof findCascade>[0] {
  const [outcome, step, intended, end, acquired] = (['outcome', 'step', 'intended', 'end', 'acquired'] as const).map(
    (name) => rows.column(name),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  // A stream that was cut off is neither slow nor quick.
  const sent = [...outcome.keys()].filter((row) => !Number.isNaN(acquired[row]!) && outcome[row] !== CANCELLED);
  return {
    step: sent.map((row) => step[row]!),
    intended: Float64Array.from(sent, (row) => intended[row]!),
    latency: Float64Array.from(sent, (row) => (Number.isNaN(end[row]!) ? runEnd : end[row]!) - intended[row]!),
    ok: Uint8Array.from(sent, (row) => Number(outcome[row] === OK || outcome[row] === INTERRUPTED)),
  };
}

function errorsOf(tally: Tally, step: string | null, exampleOf: ExampleOf): ErrorCount[] {
  const counted = [...tally.outcomes].flatMap(([kind, count]) => {
    const fate = fateOf(OUTCOMES.indexOf(kind));
    return fate === 'answered' || fate === 'interrupted' ? [] : [{ kind, count, example: exampleOf(kind, step) }];
  });
  return counted.sort((a, b) => b.count - a.count);
}

/** 0 of no time. */
function perSecond(count: number, { start, end }: Span): number {
  return end > start ? count / ((end - start) / 1000) : 0;
}
