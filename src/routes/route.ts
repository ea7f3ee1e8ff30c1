import { BEFORE_COLON } from './route-path.ts';

/** Where the source declares an endpoint. */
export interface Route {
  /** Upper case; null where any method is taken. */
  readonly method: string | null;
  /**
   * From the server's root, with every prefix it is mounted under, and with parameters as the framework writes them: `/items/{id}`,
   * `/items/:id`. A prefix that only a running program knows stands as a parameter named after it: `/{API_PREFIX:path}/items`.
   */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Whether a request goes to a route. Parameters of every framework are understood: `{id}`, `<int:id>`, `:id`, `*`. */
export function matches(route: Pick<Route, 'method' | 'path'>, method: string, pathname: string): boolean {
  if (route.method !== null && route.method !== method.toUpperCase()) return false;
  return patternOf(route.path).test(pathname);
}

/** One piece of a path, most particular first: what stands for many parts, for one, and plain text, as the verb in `/models/{id}:predict`. */
const PIECE = new RegExp(
  [
    // FastAPI's and Starlette's `{rest:path}`, Flask's and Django's `<path:rest>`, Express 5's `{*rest}`, aiohttp's `{rest:.*}`
    String.raw`(?<many>\{\w+:path\}|<path:\w+>|\{\*\w*\}|\{\w+:\.[*+]\}|\/?\*\w*|${BEFORE_COLON}:\w+(?:\(\.\*\)|\*|\{\.[*+]\}))`,
    String.raw`(?<optional>\/:\w+(?:\([^)]*\)|\{[^}]*\})?\?)`,
    String.raw`(?<one>\{\w+(?::(?:[^{}]|\{[^{}]*\})*)?\}|<(?:[^<>]*:)?\w+>|${BEFORE_COLON}:\w+(?:\([^)]*\)|\{[^}]*\})?)`,
    String.raw`(?<plain>[\s\S])`,
  ].join('|'),
  'g',
);

function patternOf(path: string): RegExp {
  const parts = [...path.matchAll(PIECE)].map(({ groups }) => {
    if (groups?.['many'] !== undefined) return groups['many'].startsWith('/') ? '(?:/.*)?' : '.*';
    if (groups?.['optional'] !== undefined) return '(?:/[^/]+)?';
    if (groups?.['one'] !== undefined) return '[^/]+?';
    return (groups?.['plain'] ?? '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('').replace(/\\\/$/, '')}\\/?$`);
}
