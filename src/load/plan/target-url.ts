import { compileTemplate } from '../scenario/template.ts';
import { literal } from './plain-plan.ts';
import { PlanError } from './plan-error.ts';

const EXAMPLE = 'http://127.0.0.1:8000';

/** gRPC goes over HTTP/2: its address as one of HTTP; any other is left. */
export function withoutGrpc(url: string): string {
  return url.replace(/^grpc(s?):\/\//i, 'http$1://');
}

/** A template with the values of its `${env.…}` in their places, as far as there are some. */
export function withEnvironment(template: string, environment: Readonly<Record<string, string>>): string {
  return template.replace(/(?<!\$)\$\{\s*env\.([^}]*?)\s*\}/g, (whole, name: string) =>
    Object.hasOwn(environment, name) ? literal(environment[name]!) : whole,
  );
}

/** Whether a text begins as an address does: `http://…`. */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** Throws a {@link PlanError} for what load cannot be sent to. */
export function checkTargetUrl(text: string): void {
  if (!URL.canParse(text)) throw new PlanError(`"${text}" is not a URL. Give one such as ${EXAMPLE}/predict.`);
  const { protocol } = new URL(text);
  if (protocol === 'http:' || protocol === 'https:') return;
  // What is read as `localhost://…` was meant as a host with a port.
  const meant = /^[\w.-]+:\d/.test(text) ? `Write http://${text}.` : 'Use http:// or https://.';
  throw new PlanError(`${protocol}// cannot be load-tested. ${meant}`);
}

/**
 * A target's address with its `${env.…}` filled in, because where load goes is known before it begins. Throws a {@link PlanError} for
 * any other placeholder, and for what is no address then.
 */
export function targetUrl(written: string, environment: Readonly<Record<string, string>>): string {
  const template = compileTemplate(written);
  const parts = template.static ? [template.text] : template.parts;
  const url = parts.map((part) => {
    if (typeof part === 'string') return part;
    const variable = /^env\.(.+)$/.exec(part.name)?.[1];
    if (variable !== undefined && Object.hasOwn(environment, variable)) return environment[variable]!;
    throw new PlanError(
      `"\${${part.name}}" cannot be in a target's address, only values of "environment" such as \${env.HOST}.`,
    );
  });
  const address = withoutGrpc(url.join(''));
  checkTargetUrl(address);
  return address;
}
