import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS } from './http-methods.ts';
import { joined } from './joined.ts';

export const express: Framework = {
  join: joined,
  makes: { express: router, 'express.Router': router, 'express.express': router },
  types: ['express.Express', 'express.Application', 'express.Router', 'express.IRouter', 'express.core.Express'],
  declare(app, name, call, site, program) {
    const method = name === 'all' ? null : HTTP_METHODS.get(name);
    const [first, ...rest] = call.args;
    if (first === undefined) return;
    // `app.get('view engine')` reads a setting.
    if (method !== undefined && rest.length > 0)
      for (const path of program.texts(first, site).length > 0
        ? program.texts(first, site)
        : [program.path(first, site)])
        declared(app, [method], path, call.place, site);
    else if (name === 'use') {
      const children = call.args.flatMap((each) => [
        ...program.routersOf(each, site),
        ...program.items(each, site).flatMap((item) => program.routersOf(item.value, item.site)),
      ]);
      const paths = program.texts(first, site);
      for (const prefix of paths.length > 0 ? paths : [isPrefix(first) ? program.prefix(first, site) : ''])
        for (const child of children) app.mount(child, prefix);
    }
  },
  result(app, name, call, site, program) {
    if (name === 'route') {
      const path = program.path(call.args[0] ?? null, site);
      return path === null ? null : { kind: 'at', routers: [app], path };
    }
    return CHAINED.has(name) || (HTTP_METHODS.has(name) && call.args.length > 1)
      ? { kind: 'routers', routers: [app] }
      : null;
  },
  declareAt(app, path, name, call, site) {
    const method = name === 'all' ? null : HTTP_METHODS.get(name);
    if (method !== undefined) declared(app, [method], path, call.place, site);
  },
};

const CHAINED = new Set(['use', 'all', 'param', 'set', 'enable', 'disable']);

function router(call: CallSyntax, _site: Site, program: Program): Value {
  return { kind: 'routers', routers: [program.router(call, express)] };
}

/** Where neither a path nor a handler is known, only the words tell them apart. */
function isPrefix(of: Expression): boolean {
  if (of.kind === 'sum') return true;
  return (of.kind === 'name' || of.kind === 'member') && /prefix|path|base|root|url/i.test(of.name);
}
