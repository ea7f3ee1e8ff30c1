import { cutShort } from '../../scenario/value-text.ts';
import { literal } from '../plain-plan.ts';
import { PlanError } from '../plan-error.ts';
import { type ImportedRequest, withScheme } from './imported-request.ts';
import { plainText, withPlaceholders } from './template-text.ts';

/** Where requests go of which nobody said it: where `uvicorn` and `fastapi dev` listen. */
export const UNKNOWN_ORIGIN = 'http://127.0.0.1:8000';

/** A request with its address taken apart. */
export interface Placed {
  readonly request: ImportedRequest;
  /** null: it is not known before a step was answered, and `path` is the whole address. */
  readonly origin: string | null;
  /** What follows the origin, with the query; a template that begins with `/`. */
  readonly path: string;
  readonly notes: readonly string[];
}

/** Scheme and host, and what follows. */
const PARTS = /^((?:[a-z][a-z0-9+.-]*:\/\/)?(?:\$\{[^}]*\}|[^/?#])*)(.*)$/is;
/** A host that is open as a whole. */
const OPEN_HOST = /^(?:https?:\/\/)?\$\{env\.([^}]*)\}(?::(?:\d+|\$\{env\.[^}]*\}))?$/i;

/**
 * The origin is resolved here and now: a plan's target is no template. Throws a {@link PlanError} for an address that cannot be called.
 */
export function place(request: ImportedRequest): Placed {
  const [, host = '', rest = ''] = PARTS.exec(request.url) ?? [];
  const known = withScheme(withPlaceholders(host, (inside) => knownValue(inside, request) ?? `\${${inside}}`));
  const plain = plainText(known);
  if (plain !== null) {
    const url = URL.canParse(plain) && !/\s/.test(plain) ? new URL(plain) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new PlanError(
        `"${cutShort(plain)}" is not an address of HTTP. Write one such as ${UNKNOWN_ORIGIN}/predict.`,
      );
    }
    // A value may hold more than a host, such as http://127.0.0.1:8000/v1.
    const before = literal(url.pathname.replace(/\/$/, ''));
    return { request, origin: url.origin, path: pathOf(before + rest), notes: request.notes };
  }
  const open = OPEN_HOST.exec(host);
  if (open === null) return { request, origin: null, path: request.url, notes: request.notes };
  const note = `${open[1]} has no value here: the target is taken to be ${UNKNOWN_ORIGIN}. Write the right one into the plan.`;
  return { request, origin: UNKNOWN_ORIGIN, path: pathOf(rest), notes: [...request.notes, note] };
}

function knownValue(inside: string, { variables }: ImportedRequest): string | null {
  const value = variables[inside.replace(/^env\./, '')] ?? null;
  return value === null || !inside.startsWith('env.') ? null : literal(value);
}

function pathOf(rest: string): string {
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The origin most of the requests have; of several the one that comes first. */
export function commonOrigin(placed: readonly Placed[]): string {
  const counts = new Map<string, number>();
  for (const { origin } of placed) if (origin !== null) counts.set(origin, (counts.get(origin) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? UNKNOWN_ORIGIN;
}
