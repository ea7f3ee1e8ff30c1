import type { Plan } from './plan.ts';

const REMOVED = '<removed>';
const SECRET_NAME = /auth|cookie|token|secret|passw|api[-_]?key|credential|session|signature|^key$|^sig$/i;

/** The plan as it may be written down: values of headers, query and body fields whose name tells of a secret are removed. */
export function withoutSecrets<T extends Plan>(plan: T): T {
  const headers = Object.entries(plan.target.headers).map(([name, value]) => [
    name,
    SECRET_NAME.test(name) ? REMOVED : value,
  ]);
  return {
    ...plan,
    target: {
      ...plan.target,
      url: urlWithoutSecrets(plan.target.url),
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: plan.target.body === null ? null : bodyWithoutSecrets(plan.target.body),
    },
  };
}

export function urlWithoutSecrets(text: string): string {
  const url = new URL(text);
  if (url.username !== '') url.username = 'removed';
  if (url.password !== '') url.password = 'removed';
  for (const name of [...url.searchParams.keys()]) {
    if (SECRET_NAME.test(name)) url.searchParams.set(name, 'removed');
  }
  return url.href;
}

function bodyWithoutSecrets(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), (key, value: unknown) => (SECRET_NAME.test(key) ? REMOVED : value));
  } catch {
    return body;
  }
}
