import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Router } from '../program/router.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS } from './http-methods.ts';
import { joined } from './joined.ts';

export const koa: Framework = {
  join: joined,
  makes: {
    koa: (call, _site, program) => ({ kind: 'routers', routers: [program.router(call, koa)] }),
    '@koa/router': router,
    '@koa/router.Router': router,
    'koa-router': router,
    'koa-mount': (call, site, program) => {
      const made = program.router(call, koa);
      const [first, second] = call.args;
      if (second !== undefined && first !== undefined)
        mountAll(made, program.prefix(first, site), [second], site, program);
      else if (first !== undefined) mountAll(made, '', [first], site, program);
      return { kind: 'routers', routers: [made] };
    },
  },
  types: ['@koa/router', 'koa-router', '@koa/router.Router'],
  declare(app, name, call, site, program) {
    const method = name === 'all' ? null : name === 'del' ? 'DELETE' : HTTP_METHODS.get(name);
    const [first, ...rest] = call.args;
    if (first === undefined) return;
    if (method !== undefined && rest.length > 0) {
      // A route may have a name before its path.
      const named = rest.length > 1 && program.text(rest[0]!, site) !== null ? rest[0]! : first;
      const paths = program.texts(named, site);
      for (const path of paths.length > 0 ? paths : [program.path(named, site)])
        declared(app, [method], path, call.place, site);
    } else if (name === 'use') {
      const paths = program.texts(first, site);
      for (const prefix of paths.length > 0 ? paths : ['']) mountAll(app, prefix, call.args, site, program);
    } else if (name === 'prefix') app.prefix = joined(program.prefix(first, site), app.prefix);
  },
  result(app, name) {
    const same = SAME.has(name) || HTTP_METHODS.has(name);
    return same ? { kind: 'routers', routers: [app] } : null;
  },
};

/** `router.routes()` is the router as middleware. */
const SAME = new Set(['routes', 'middleware', 'use', 'all', 'del', 'param', 'prefix']);

function router(call: CallSyntax, site: Site, program: Program): Value {
  const prefix = program.entry(call.args[0] ?? null, site, 'prefix');
  const under = prefix === null ? '' : program.prefix(prefix.value, prefix.site);
  return { kind: 'routers', routers: [program.router(call, koa, under)] };
}

function mountAll(app: Router, prefix: string, children: readonly Expression[], site: Site, program: Program): void {
  for (const each of children) for (const child of program.routersOf(each, site)) app.mount(child, prefix);
}
