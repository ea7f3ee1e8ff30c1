import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS, methodsFrom } from './http-methods.ts';
import { joined } from './joined.ts';

export const hono: Framework = {
  join: joined,
  makes: { 'hono.Hono': app, 'hono/quick.Hono': app, 'hono/tiny.Hono': app, '@hono/zod-openapi.OpenAPIHono': app },
  types: ['hono.Hono', '@hono/zod-openapi.OpenAPIHono'],
  declare(router, name, call, site, program) {
    const method = name === 'all' ? null : HTTP_METHODS.get(name);
    const [first, second] = call.args;
    if (first === undefined || second === undefined) return;
    if (method !== undefined)
      for (const path of program.texts(first, site)) declared(router, [method], path, call.place, site);
    else if (name === 'on') {
      const methods = methodsFrom(program.texts(first, site), []);
      for (const path of program.texts(second, site)) declared(router, methods, path, call.place, site);
    } else if (name === 'openapi') {
      const made = program.value(first, site);
      if (made.kind !== 'called' || made.name !== '@hono/zod-openapi.createRoute') return;
      const described = made.call.args[0] ?? null;
      const path = program.entry(described, made.site, 'path');
      const methods = program.entry(described, made.site, 'method');
      if (path === null || methods === null) return;
      const names = methodsFrom(program.texts(methods.value, methods.site), []);
      declared(router, names, program.text(path.value, path.site), call.place, site);
    } else if (name === 'route')
      for (const child of program.routersOf(second, site)) router.mount(child, program.prefix(first, site));
  },
  result(router, name, call, site, program) {
    if (name !== 'basePath') {
      const same = CHAINED.has(name) || HTTP_METHODS.has(name);
      return same ? { kind: 'routers', routers: [router] } : null;
    }
    // The two share their routes: mounting either mounts both.
    const inner = program.router(call, hono, '', router.origin);
    const prefix = program.prefix(call.args[0] ?? null, site);
    inner.prefix = joined(router.origin === router ? '' : router.prefix, prefix);
    return { kind: 'routers', routers: [inner] };
  },
};

const CHAINED = new Set(['route', 'use', 'all', 'on', 'openapi', 'onError', 'notFound', 'mount']);

function app(call: CallSyntax, _site: Site, program: Program): Value {
  return { kind: 'routers', routers: [program.router(call, hono)] };
}
