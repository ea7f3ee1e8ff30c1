import type { ClockOrigin } from './clock.ts';
import type { Phase } from './request-table.ts';

/** `run.json` and `run --json`: the names here are relied on by other programs. Times in ms, shares 0–1, unknown is null. */
export interface RunDocument {
  schema: 'tailflame.run/1';
  /** The run's folder, relative to the working directory where that is shorter. */
  run: string;
  verdict: Verdict;
  load: LoadCounts;
  /** Of the requests answered in the measured, unprofiled phase. */
  latency: Latency;
  /** The same for the profiled stretch; null when nothing was profiled. */
  profiled: Latency | null;
  errors: ErrorCount[];
  objectives: ObjectiveResult[];
  health: Health;
  /** Of the streams that were answered in the measured phase; null where the plan has none. */
  streaming: StreamingFigures | null;
  findings: Finding[];
  /** Why the samples gave no findings where some were asked for; null otherwise. Resources that were short may stand among them all the same. */
  findingsNote: string | null;
  /** A load that would leave enough to compare with, where this one was too high to tell; absent otherwise. */
  findingsLoad?: FindingsLoad;
  /** What else the reader should know, such as telemetry that was not to be had. */
  notes: string[];
  /** 'running' until figures and tables are written; findings may be added after that. 'interrupted' where the load did not get to its end. */
  state: 'running' | 'finished' | 'interrupted';
  startedAt: string;
  clock: ClockOrigin;
  phases: PhaseSpan[];
  target: TargetFacts;
  profile: ProfileFacts | null;
  /** The plan as it was run, secrets removed. Read with `parsePlan`. */
  plan: unknown;
  environment: Environment;
  tailflame: string;
  /** By step, in the plan's order; absent in runs of one step, and in those of older versions, as all below. */
  steps?: StepFigures[];
  scenarios?: ScenarioFigures[];
  /** By stage of the load, where it has more than one. */
  stages?: StageFigures[];
  /** Which step went wrong first and which followed, as a sentence; null where none did. */
  cascade?: string | null;
  /** Latency by the value of a header of the answers; absent where the plan does not split by one. */
  split?: SplitFigures;
  /** Latency by the size of requests, ascending; absent where they have no sizes, or but one. */
  sizes?: SizeFigures[];
  /** What the server said of its own times in its answers; absent where it said nothing. */
  server?: { queue: Latency; compute: Latency };
  /** What the server told of itself in its metrics; absent where it was not asked, or told nothing. */
  serverMetrics?: ServerFigures[];
  /** How the endpoints of metrics fared that were asked; absent where none was. */
  metricsHealth?: MetricsHealth[];
  /** What stood in the logs that were followed; absent where none was. */
  logs?: LogFacts[];
  /** Where errors in the logs rose while requests were slow or failed, as a sentence; absent where they did not. */
  logBurst?: string;
  /** Which search or sweep it was made for; absent where it stands for itself. */
  search?: SearchFacts;
  /** What the target had to work with, the shortest first; absent where nothing was watched. */
  resources?: ResourceFacts[];
  /** Little's law as a check of the whole; absent where a side of it is unknown. */
  littlesLaw?: LittlesLaw;
}

/** One resource over the measured time, by the USE method: utilisation, saturation, errors. */
export interface ResourceFacts {
  resource:
    | 'queue'
    | 'cpu'
    | 'gil'
    | 'event loop'
    | 'threads'
    | 'connections'
    | 'file descriptors'
    | 'memory'
    | 'gpu'
    | 'model server';
  /** `short`: at its limit, and something waited for it; `near`: at its limit, or something waited; `free`; `unknown`: it was not told. */
  state: 'short' | 'near' | 'free' | 'unknown';
  /** Of its limit, 0–1; null unknown. */
  utilisation: number | null;
  /** One sentence with its figures. */
  sentence: string;
}

export interface LittlesLaw {
  /** Requests in flight in the mean, as counted. */
  inFlight: number;
  /** Answered a second × mean time in flight. */
  expected: number;
  /** Whether they agree within what the ends of the measured time allow. */
  agrees: boolean;
}

/** What a run is to the search or sweep that made it. */
export interface SearchFacts {
  kind: 'find-rate' | 'sweep' | 'gate';
  /** The same in all of its runs. */
  id: string;
  /** What was asked for in this one: `120/s`, `16 users`, `batch 8`. */
  label: string;
}

/** Definitions: docs/metrics.md. Times in ms; `ttft`, `firstVisible` and `tpot` count requests, `gap` counts gaps. */
export interface StreamingFigures {
  /** Intended start to the first chunk with content, reasoning or tool-call text. */
  ttft: Latency;
  /** Intended start to the first chunk with content. */
  firstVisible: Latency;
  /** Between chunks with any of them, as they were read. */
  gap: Latency;
  /** (last − first content) / (output tokens − 1), of answers with at least two. */
  tpot: Latency;
  /** Totals; null unknown, if of a single answer. */
  outputTokens: number | null;
  inputTokens: number | null;
  /** Of the input, from the server's cache. */
  cachedTokens: number | null;
  /** Output tokens a second. */
  tokensPerSecond: number | null;
  /** Answered requests a second that met every limit the objectives set to a single request; null where they set none. */
  goodput: number | null;
  /** The same of all that were due: those that failed or were dropped missed. */
  goodputShare?: number | null;
  /** Where the counts of tokens come from, `both`: the server's where it tells them, else the tokenizer's; null where there are none. */
  tokensFrom?: 'server' | 'both' | null;
  /** Of those answered, how many the plan cut off: their latency, tokens and time per token are not counted. */
  cancelled?: number;
}

/** What a server told of itself over the measured time. */
export interface ServerFigures {
  server: string;
  /** null: it named none. */
  model: string | null;
  /** `mean` of what it counted, or of what stood at each scrape, of which `max` is the highest; null unknown. */
  figures: { name: string; unit: string; mean: number | null; max: number | null }[];
  /** The batches it made, by their size in rows; `compute`: ms for one. */
  batches: { size: number; executions: number; compute: number | null }[];
}

/** `asked` is `answered` and what was dropped. */
export interface MetricsHealth {
  /** Its address, secrets removed. */
  endpoint: string;
  /** Ms from one scrape to the next, in the end. */
  every: number;
  asked: number;
  /** In full and in time. */
  answered: number;
  /** Of these, those that took longer than the time between two was meant to be. */
  late: number;
  /** Why scrapes brought nothing: `reason` stands after the endpoint's name. */
  dropped: { reason: string; count: number }[];
  /** Kept under their own names. */
  series: number;
  /** Whether it told what is known of model servers, which is in `serverMetrics`. */
  known: boolean;
  /** Chosen, and not kept since there were too many. */
  left: number;
  /** All that it told, at most in one scrape. */
  told: number;
}

/** What stood in one log while it was followed. */
export interface LogFacts {
  /** Its file as it was named, or `the target's stdout` or `stderr`. */
  log: string;
  lines: number;
  errors: number;
  warnings: number;
  /** Bytes that came too fast to be read. */
  skipped: number;
  /** The most frequent messages, and the first ones. */
  messages: LogMessage[];
  /** Errors and warnings of still other messages. */
  others: number;
  /** What was wrong with it, as a sentence; null where nothing was. */
  trouble: string | null;
}

export interface LogMessage {
  level: 'error' | 'warning';
  /** Numbers, ids and secrets are `#`, so that equal messages are one. */
  message: string;
  count: number;
  /** Run time of its first, ms. */
  first: number;
}

export interface SizeFigures {
  /** Sizes of the requests that are together here, least and most. */
  from: number;
  to: number;
  /** `rows`: of a batch; `input tokens`: of a prompt. */
  unit: 'rows' | 'input tokens';
  answered: number;
  failed: number;
  latency: Latency;
  /** Null where nothing streams. */
  ttft: Latency | null;
}

export interface StepFigures {
  scenario: string;
  step: string;
  load: LoadCounts;
  latency: Latency;
  /** How often a failed step before it kept it from being sent. */
  prevented: number;
  errors: ErrorCount[];
  /** Time to first token; absent where its answers do not stream. */
  ttft?: Latency;
}

export interface ScenarioFigures {
  scenario: string;
  iterations: { started: number; completed: number; failed: number; unfinished: number };
  /** Of completed iterations, the sum of their steps' latencies: think time is left out. */
  endToEnd: Latency;
}

export interface SplitFigures {
  header: string;
  /** Every value that was met in any phase, the most frequent first; rare ones together as `other`, answers without the header as `none`. */
  groups: GroupFigures[];
}

export interface GroupFigures {
  value: string;
  /** Of the measured phase. */
  answered: number;
  failed: number;
  latency: Latency;
}

export interface StageFigures {
  stage: string;
  /** Run time, ms. */
  start: number;
  end: number;
  load: LoadCounts;
  latency: Latency;
}

export interface Verdict {
  status: 'passed' | 'failed' | 'void' | 'inconclusive' | 'measured';
  sentence: string;
  reasons: string[];
}

export interface LoadCounts {
  /** completed + failed + dropped + interrupted; null in a closed loop, which plans nothing. */
  planned: number | null;
  dispatched: number;
  completed: number;
  failed: number;
  dropped: number;
  interrupted: number;
  /** Requests per second; `asked` is null in a closed loop. */
  rate: { asked: number | null; got: number };
}

export interface Latency {
  count: number;
  min: number | null;
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  p999: number | null;
  max: number | null;
}

export interface ErrorCount {
  kind: string;
  count: number;
  example: string;
}

export interface ObjectiveResult {
  objective: string;
  value: number | null;
  /** null: too few requests to tell. */
  ok: boolean | null;
  /** Why it does not hold or cannot be told, as a sentence. */
  reason?: string | null;
}

/**
 * What all requests waited for in Tailflame itself, ms; null where there are too few of them for a percentile. In runs of older versions
 * p90 and p95 are absent, and p99 is of however few.
 */
export interface Waits {
  p50: number | null;
  p90?: number | null;
  p95?: number | null;
  p99: number | null;
}

export interface Health {
  lateness: Waits;
  poolWait: Waits;
  /** Cores used by the processes that send, 1 = one core busy. */
  cpu: number | null;
  /** The share of the time in which a sending thread was ready to run and had no core. */
  starved?: number | null;
  /** Garbage collection of the processes that send: longest pause (ms), share of the time. */
  gc?: { max: number | null; share: number | null };
  fds?: { used: number; limit: number } | null;
  /** Local TCP ports of this machine. */
  ports?: { used: number; available: number } | null;
  /** Requests a second against a server that does nothing, on this machine. */
  capacity?: number | null;
  /** Connections made. */
  connections?: number | null;
  generators?: number;
}

export interface Finding {
  kind: 'line' | 'waited' | 'resource';
  function: string | null;
  file: string | null;
  line: number | null;
  cpuShare: number | null;
  tailShare: number | null;
  restShare: number | null;
  /** tailShare / restShare; null where the rest has too few samples to divide by. */
  lift: number | null;
  /** 95 % interval of tailShare − restShare. */
  interval: [number, number] | null;
  pValue: number | null;
  sentence: string;
  /** What else speaks for it or narrows it, a sentence each; absent in runs of older versions. */
  evidence?: string[];
}

/** A load to ask again with; one of `rate` (requests a second) and `users` is null. */
export interface FindingsLoad {
  rate: number | null;
  users: number | null;
  /** Measured time that gives enough slow requests. */
  seconds: number;
}

export interface PhaseSpan {
  phase: Phase;
  /** Run time, ms. */
  start: number;
  end: number;
}

/** When the measured phase was, run time in ms; no time at all where it did not begin. */
export function measuredSpan({ phases }: Pick<RunDocument, 'phases'>): Omit<PhaseSpan, 'phase'> {
  return phases.find(({ phase }) => phase === 'measured') ?? { start: 0, end: 0 };
}

export interface TargetFacts {
  url: string;
  pid: number | null;
  runtime: 'node' | 'python' | null;
  /** How the preflight went: status and ms. */
  preflight: { status: number; ms: number } | null;
  /** What the host's name led to, looked up once. */
  address?: string | null;
  /** What carries the load to another machine, such as a tunnel on the port. */
  carrier?: string | null;
  protocol?: 'http/1.1' | 'h2' | null;
  /** When the program that it runs was started, ISO 8601: a file that was written later may not be what ran; null unknown. */
  startedAt?: string | null;
}

export interface ProfileFacts {
  kind: 'v8' | 'py-spy';
  /** File of the raw capture inside the run's folder. */
  raw: string;
  samples: number;
  /** Estimated error of the alignment between profile and requests, ms. */
  clockError: number;
  /** How much later than by the profiler's clock, ms, the samples fit the requests, by themselves; null or absent where that is unknown. */
  requestOffset?: { ms: number; error: number } | null;
}

export interface Environment {
  os: string;
  arch: string;
  cpus: number;
  cpuModel: string;
  memoryBytes: number;
  node: string;
}
