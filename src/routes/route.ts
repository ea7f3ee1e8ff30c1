/** Where the source declares an endpoint. */
export interface Route {
  /** Upper case; null where any method is taken. */
  readonly method: string | null;
  /** As declared: `/items/{id}`, `/items/:id`. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

const METHODS = 'get|post|put|patch|delete|head|options|route|api_route|all';
/** `app.post("/predict"`, `@router.get('/x'`, `server.route("/y"`: Flask, FastAPI, Express, Fastify, Hono and their like. */
const CALL = new RegExp(`[\\w\\])]\\.(${METHODS})\\(\\s*(['"\`])(/[^'"\`]*)\\2`, 'i');
const FLASK_METHODS = /methods\s*=\s*[[(]([^\])]*)[\])]/;
/** `request.url === '/predict'`, `url.pathname == "/x"`: a plain Node server. */
const COMPARISON = /\b(?:url|pathname|path)\s*={2,3}\s*(['"`])(\/[^'"`]*)\1/;
const COMPARED_METHOD = /\bmethod\s*={2,3}\s*(['"`])([A-Z]+)\1/;

/** The routes a file declares, line by line, for the frameworks people serve models with. */
export function routesIn(source: string): Route[] {
  return source.split(/\r?\n/).flatMap((text, index) => {
    const line = index + 1;
    const call = CALL.exec(text);
    if (call !== null) {
      const name = call[1]!.toUpperCase();
      const path = call[3]!;
      const listed = FLASK_METHODS.exec(text)?.[1]?.match(/[A-Z]+/gi);
      if (listed) return listed.map((method) => ({ method: method.toUpperCase(), path, line }));
      return [{ method: /ROUTE|ALL/.test(name) ? null : name, path, line }];
    }
    const compared = COMPARISON.exec(text);
    return compared === null ? [] : [{ method: COMPARED_METHOD.exec(text)?.[2] ?? null, path: compared[2]!, line }];
  });
}

/** Whether a request goes to a route; `{id}`, `<int:id>` and `:id` stand for one part, `*` for the rest. */
export function matches(route: Route, method: string, pathname: string): boolean {
  if (route.method !== null && route.method !== method.toUpperCase()) return false;
  const parts = route.path.split('/').map((part) => {
    if (/^(\{[^}]*\}|<[^>]*>|:.+)$/.test(part)) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}/?$`).test(pathname);
}
