import type { Load } from '../model/load-model.ts';
import type { MetricsPlan } from './metrics-plan.ts';

/**
 * A load test written down, ready to be run: every default filled in, times in ms, files named by absolute paths. `plan-file.ts` reads
 * one from YAML; the command line and the editor make one from a few answers.
 */
export interface Plan {
  readonly name: string | null;
  readonly target: Target;
  /** Values by name, as `${env.NAME}`: from the environment, else the plan's own defaults. */
  readonly environment: Readonly<Record<string, string>>;
  /** Environment variables by name, as `${secrets.NAME}`. Their values are never written down. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Rows by name, as `${NAME.column}`. */
  readonly data: Readonly<Record<string, Data>>;
  /** Run once, before the load; what it extracts is known to every iteration. */
  readonly setup: Setup | null;
  /** At least one, each with at least one step. */
  readonly scenarios: readonly Scenario[];
  /** null: a gentle rate is derived from the preflight. */
  readonly load: Load | null;
  /** Measured time, warm-up not included; the length of a load's stages where it has some. */
  readonly duration: number;
  readonly warmup: number;
  /** A request not answered this long after its intended start has failed. */
  readonly timeout: number;
  /** What is in flight when the load ends gets this long; null: the timeout, at most 30 s. */
  readonly gracefulStop: number | null;
  /** At most this many to each origin; null: 256 for an open load, of streams twice what it needs where that is more, one a user for a closed one. */
  readonly connections: number | null;
  /** Iterations due beyond this many under way are dropped, and counted. */
  readonly maxInFlight: number;
  /** Processes that send. */
  readonly generators: number;
  readonly seed: number;
  readonly objectives: readonly ObjectivePlan[];
  /** The header of answers, in lower case, by whose value their latency is told apart; null: it is not. */
  readonly split: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A plan whose load is decided. */
export interface ResolvedPlan extends Plan {
  readonly load: Load;
  readonly connections: number;
}

/** Where requests go, and how. */
export interface Target {
  /** What steps' addresses are relative to. */
  readonly url: string;
  /** `auto`: HTTP/2 where TLS offers it (ALPN), else 1.1. */
  readonly http: '1.1' | '2' | 'auto';
  readonly tls: Tls;
  /** A Unix socket to connect to instead of the address's host and port. */
  readonly socket: string | null;
  /** false: a new connection for every request. */
  readonly keepAlive: boolean;
  /** Whether compressed answers are asked for. */
  readonly compression: boolean;
  /** At most this many redirects are followed, on the same origin only; 0: a redirect is an answer like any other. */
  readonly redirects: number;
  /** Concurrent requests on one HTTP/2 connection. */
  readonly streams: number;
  /** Sent with every step that does not set them itself. Templates. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metrics: MetricsPlan;
  /** Files that servers write their logs to, absolute; followed while the load goes on. */
  readonly logs: readonly string[];
  /** Whether requests of the profiled phase carry a `traceparent`, by which a service with our lines in it tells whom it works for. */
  readonly attribution: boolean;
}

/** Files are absolute paths of PEM. */
export interface Tls {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly serverName: string | null;
  /** false: any certificate is believed. */
  readonly verify: boolean;
}

/** A file of rows, one to an iteration. */
export interface Feed {
  /** Absolute; CSV with a header line, or one JSON object a line (`.jsonl`, `.ndjson`). */
  readonly file: string;
  /** In the file's order; in an order drawn anew for each pass; or any row at any time. */
  readonly order: 'sequence' | 'shuffle' | 'random';
  /** After the last row: begin again, or end the load. Not for `random`. */
  readonly end: 'repeat' | 'stop';
}

/** Where the rows of iterations come from. */
export type Data = Feed | PromptFile | MadePrompts;

/** A file of prompts, one to an iteration; their columns are `prompt`, `messages`, `output_tokens`, `turn1` and so on. */
export interface PromptFile extends Feed {
  /** Only conversations that have as many questions. */
  readonly turns: number;
  /** How long answers are to be; null: as the file says, or as its own answers were. */
  readonly output: Length | null;
}

/** Prompts of common words, made anew for each iteration. */
export interface MadePrompts {
  /** Of each question, the shared beginning not included. */
  readonly tokens: Length;
  readonly output: Length | null;
  /** Questions of a conversation. */
  readonly turns: number;
  /** So many tokens come before the first question, the same for all iterations of a group; null: nothing is shared. */
  readonly shared: { readonly tokens: number; readonly groups: number } | null;
  /** The model's own `tokenizer.json`, absolute, by which the numbers of tokens are exact; null: words are about a token each. */
  readonly tokenizer: string | null;
  /** Whether each run has prompts of its own, so that a server's cache knows none of them. */
  readonly fresh: boolean;
  /** What tells this run's prompts from another's; 0 where they are the same. */
  readonly nonce: number;
}

/** Numbers of tokens, drawn. Beyond `least` and `most` they are taken for these. */
export type Length =
  | { readonly shape: 'fixed'; readonly tokens: number }
  /** Both ends included. */
  | { readonly shape: 'uniform'; readonly least: number; readonly most: number }
  /** Of the tokens, also where it is their logarithm that is normal. */
  | {
      readonly shape: 'normal' | 'lognormal';
      readonly mean: number;
      readonly deviation: number;
      readonly least: number;
      readonly most: number;
    };

export interface Setup {
  readonly steps: readonly Step[];
  /** Run again after this time, such as `10m` or `${expires_in}s` (a template over what it extracted); null: never. */
  readonly refresh: string | null;
}

export interface Scenario {
  readonly name: string;
  /** Its share of the iterations is weight / sum of weights. */
  readonly weight: number;
  readonly steps: readonly Step[];
  readonly tags: Readonly<Record<string, string>>;
}

/** One request. Strings of address, query, headers and body are templates. */
export interface Step {
  /** Unique within the plan. */
  readonly name: string;
  readonly method: Method;
  /** Absolute, or relative to the target's. */
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | null;
  /** Values by name, as `${NAME}` in later steps of the iteration. */
  readonly extract: Readonly<Record<string, Extraction>>;
  readonly checks: readonly Check[];
  /** Waited before the step: [least, most], drawn evenly; null: none. */
  readonly think: readonly [number, number] | null;
  /** How its answers stream; null: each is taken as a whole. */
  readonly stream: StreamPlan | null;
  /** How many rows the body is to have, whatever is written in it: a template that becomes a whole number; null: as written. */
  readonly batch: string | null;
  /** Where answers tell what the server itself took; null: in the headers that are known for it. */
  readonly timings: TimingsPlan | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** Ms of one of each. */
export const TIMING_UNITS = { ms: 1, us: 1e-3, ns: 1e-6, s: 1000 } as const;
export type TimingUnit = keyof typeof TIMING_UNITS;

export interface TimingsPlan {
  /** Waited before the work began; null: not told. */
  readonly queue: Extraction | null;
  readonly compute: Extraction | null;
  readonly unit: TimingUnit;
}

/** What a stream's events are: whose API, or just server-sent events or JSON lines, in which every one with data is content. */
export const STREAM_APIS = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'ollama-chat',
  'ollama-generate',
  'tgi',
  'sse',
  'json-lines',
] as const;
export type StreamApi = (typeof STREAM_APIS)[number];

export interface StreamPlan {
  readonly api: StreamApi;
  /** Some streams are cut off as users do who have read enough; null: none. */
  readonly cancel: {
    /** Once it has this many tokens, or chunks where tokens are not told. */
    readonly after: number;
    /** Of the iterations, 0–1. */
    readonly share: number;
  } | null;
  /** The model's own `tokenizer.json`, absolute, that counts tokens where the server does not; null: then they are unknown. */
  readonly tokenizer: string | null;
}

export type Body =
  | { readonly kind: 'text'; readonly text: string }
  /** A value whose strings are templates; one that is a single placeholder becomes the placeholder's value, with its type. */
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'multipart'; readonly parts: readonly Part[] }
  /** Sent as it is: an image, a tensor. Absolute. */
  | { readonly kind: 'file'; readonly file: string };

export type Part =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly file: string; readonly filename: string; readonly type: string };

/** Where in an answer a value is found. `otherwise` stands in where it is not; null: then the step has failed. */
export type Extraction = { readonly otherwise: string | null } & (
  | { readonly from: 'json' /** RFC 9535 */; readonly path: string }
  | { readonly from: 'header'; readonly name: string }
  | { readonly from: 'regex'; readonly pattern: string; readonly group: number }
);

/** What an answer has to be. Without a check on the status it has to be below 400. */
export type Check =
  | { readonly on: 'status' /** Codes, or classes such as `2xx`. */; readonly accept: readonly (number | string)[] }
  | { readonly on: 'latency' /** Ms. */; readonly below: number }
  | ({ readonly on: 'json'; readonly path: string } & Test)
  | ({ readonly on: 'header'; readonly name: string } & Test)
  | ({ readonly on: 'body' } & Test);

/** `equals`, `contains` and `matches` hold templates. */
export type Test =
  | { readonly test: 'exists' | 'absent' | 'nonempty' }
  | { readonly test: 'equals'; readonly value: unknown }
  | { readonly test: 'contains' | 'matches'; readonly value: string }
  | { readonly test: 'above' | 'below'; readonly value: number };

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
/** GRPC: a call, whose address names its method. */
export type Method = (typeof METHODS)[number] | 'GRPC';

export interface ObjectivePlan {
  /** In k6's grammar, read by `measure/objective.ts`. */
  readonly objective: string;
  /** It must hold in every window of this length, ms; null: over all that was measured. */
  readonly window: number | null;
  /** Whether the run ends when it is broken, and how long after the measured time began at the earliest, ms. */
  readonly abort: boolean;
  readonly after: number;
}

export const PLAN_DEFAULTS = {
  duration: 10_000,
  warmup: 2_000,
  timeout: 30_000,
  maxInFlight: 100_000,
  generators: 1,
  seed: 1,
  openConnections: 256,
  streams: 100,
} as const;
