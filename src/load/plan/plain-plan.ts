import { type Body, type Method, PLAN_DEFAULTS, type Plan, type Step, type Target, type Tls } from './plan.ts';
import { recognizedStream } from './stream-api.ts';

export const NO_TLS: Tls = { ca: null, cert: null, key: null, serverName: null, verify: true };

/** A target with everything left at its default. */
export function plainTarget(url: string): Target {
  return {
    url,
    http: '1.1',
    tls: NO_TLS,
    socket: null,
    keepAlive: true,
    compression: false,
    redirects: 0,
    streams: PLAN_DEFAULTS.streams,
    headers: {},
    metrics: 'auto',
    logs: [],
    attribution: false,
  };
}

/** What a step has that asks for nothing but its URL. */
export const PLAIN_STEP: Omit<Step, 'name' | 'method' | 'url'> = {
  query: {},
  headers: {},
  body: null,
  extract: {},
  checks: [],
  think: null,
  stream: null,
  batch: null,
  timings: null,
  tags: {},
};

/** One request as people give it on a command line. */
export interface PlainRequest {
  readonly url: string;
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The plan that sends one request again and again. Nothing in it is taken for a template. */
export function plainPlan({ url, method, headers, body }: PlainRequest): Plan {
  const sent: Body | null = body === null ? null : { kind: 'text', text: literal(body) };
  const step: Step = {
    name: 'request',
    method,
    url: literal(url),
    ...PLAIN_STEP,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, literal(value)])),
    body: sent,
    stream: recognizedStream({ method, url, body: sent }, url),
  };
  return {
    name: null,
    target: plainTarget(url),
    environment: {},
    secrets: {},
    data: {},
    setup: null,
    scenarios: [{ name: 'request', weight: 1, steps: [step], tags: {} }],
    load: null,
    duration: PLAN_DEFAULTS.duration,
    warmup: PLAN_DEFAULTS.warmup,
    timeout: PLAN_DEFAULTS.timeout,
    gracefulStop: null,
    connections: null,
    maxInFlight: PLAN_DEFAULTS.maxInFlight,
    generators: PLAN_DEFAULTS.generators,
    seed: PLAN_DEFAULTS.seed,
    objectives: [],
    split: null,
    tags: {},
  };
}

/** A text as a template that means just it. */
export function literal(text: string): string {
  return text.replaceAll('${', () => '$${');
}
