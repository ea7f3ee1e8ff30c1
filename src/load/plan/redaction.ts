import type { MetricsPlan } from './metrics-plan.ts';
import type { Body, Plan, Step } from './plan.ts';

const REMOVED = '<removed>';
const SECRET_NAME = /auth|cookie|token|secret|passw|api[-_]?key|credential|session|signature|^key$|^sig$/i;
/** A shorter value could stand anywhere by chance, and removing it would garble what is kept. */
const LEAST_SECRET = 6;
/** A text that is nothing but a reference tells no secret. */
const REFERENCE = /^[^$]*\$\{[^}]*\}$/;

/** The plan as it may be written down: values of headers, query and body fields whose name tells of a secret are removed. */
export function withoutSecrets<T extends Plan>(plan: T): T {
  const setup = plan.setup && { ...plan.setup, steps: plan.setup.steps.map(stepWithoutSecrets) };
  return {
    ...plan,
    target: {
      ...plan.target,
      url: urlWithoutSecrets(plan.target.url),
      metrics: metricsWithoutSecrets(plan.target.metrics),
      headers: namedWithoutSecrets(plan.target.headers),
    },
    environment: namedWithoutSecrets(plan.environment),
    setup,
    scenarios: plan.scenarios.map((scenario) => ({ ...scenario, steps: scenario.steps.map(stepWithoutSecrets) })),
  };
}

/** Whether secrets were removed from a plan, so that what is sent by it would lack them. */
export function lacksSecrets(plan: Plan): boolean {
  return /<removed>|\/\/removed:removed@|[?&][^=&#"]+=removed(?![^&#"])/.test(JSON.stringify(plan));
}

function metricsWithoutSecrets(metrics: MetricsPlan): MetricsPlan {
  if (typeof metrics === 'string') return urlWithoutSecrets(metrics);
  return metrics.map((entry) =>
    typeof entry === 'string'
      ? urlWithoutSecrets(entry)
      : { ...entry, url: urlWithoutSecrets(entry.url), headers: namedWithoutSecrets(entry.headers) },
  );
}

function stepWithoutSecrets(step: Step): Step {
  return {
    ...step,
    url: urlWithoutSecrets(step.url),
    query: namedWithoutSecrets(step.query),
    headers: namedWithoutSecrets(step.headers),
    body: step.body && planBodyWithoutSecrets(step.body),
  };
}

function planBodyWithoutSecrets(body: Body): Body {
  switch (body.kind) {
    case 'text':
      return { ...body, text: bodyWithoutSecrets(body.text) };
    case 'json':
      return { ...body, value: JSON.parse(bodyWithoutSecrets(JSON.stringify(body.value))) };
    case 'form':
      return { ...body, fields: namedWithoutSecrets(body.fields) };
    case 'multipart':
      return {
        ...body,
        parts: body.parts.map((part) =>
          'value' in part && isSecret(part.name, part.value) ? { ...part, value: REMOVED } : part,
        ),
      };
    case 'file':
      return body;
  }
}

/** A URL, or the part of one, with credentials and secret query values removed; what cannot be read as one is left. */
export function urlWithoutSecrets(text: string): string {
  const credentials = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1removed:removed@');
  return credentials.replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, start: string, name: string, value: string) =>
    isSecret(decoded(name), value) ? `${start}${name}=removed` : whole,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function namedWithoutSecrets(named: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, isSecret(name, value) ? REMOVED : value]),
  );
}

function isSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && !REFERENCE.test(value);
}

function bodyWithoutSecrets(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), (key, value: unknown) =>
      typeof value === 'string' && isSecret(key, value) ? REMOVED : value,
    );
  } catch {
    return body;
  }
}

/** Removes secrets from what went over the wire: by the names of fields, and wherever a known value stands. */
export class Redactor {
  readonly #values: string[];

  /** @param values secrets by value, such as the plan's and what its set-up extracted */
  constructor(values: readonly string[]) {
    // The longest first, so that one secret inside another does not leave the rest of it.
    this.#values = values.filter((value) => value.length >= LEAST_SECRET).sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#values.reduce((rest, value) => rest.replaceAll(value, REMOVED), text);
  }

  url(url: string): string {
    return this.text(urlWithoutSecrets(url));
  }

  headers(pairs: readonly (readonly [string, string])[]): Record<string, string> {
    return Object.fromEntries(
      pairs.map(([name, value]) => [name, SECRET_NAME.test(name) ? REMOVED : this.text(value)]),
    );
  }

  body(body: string): string {
    return this.text(bodyWithoutSecrets(body));
  }
}
