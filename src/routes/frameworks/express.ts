import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS } from './http-methods.ts';
import { joined } from './joined.ts';
import { pathOfExpression } from './url-pattern.ts';

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
      for (const path of pathsOf(first, site, program)) declared(app, [method], path, call.place, site);
    else if (name === 'use') {
      const children = call.args.flatMap((each) => [
        ...program.routersOf(each, site),
        ...program.items(each, site).flatMap((item) => program.routersOf(item.value, item.site)),
      ]);
      for (const prefix of prefixesOf(first, site, program)) for (const child of children) app.mount(child, prefix);
    }
  },
  result(app, name, call, site, program) {
    if (name === 'route') {
      const [path] = call.args[0] === undefined ? [] : pathsOf(call.args[0], site, program);
      return path === undefined || path === null ? null : { kind: 'at', routers: [app], path };
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

/** Of one path or a list of them; null where one is not known. */
function pathsOf(of: Expression, site: Site, program: Program): (string | null)[] {
  const items = program.items(of, site);
  return (items.length > 0 ? items : [{ value: of, site }]).map((item) => {
    const value = program.valueOf(item);
    return value.kind === 'pattern' ? pathOfExpression(value.source) : program.path(item.value, item.site);
  });
}

/** What a router is mounted under: an expression that says no path still stands for one. */
function prefixesOf(of: Expression, site: Site, program: Program): string[] {
  const value = program.value(of, site);
  if (value.kind === 'pattern') return [pathOfExpression(`${value.source.replace(/\$$/, '')}$`) ?? '/*'];
  const paths = program.texts(of, site);
  return paths.length > 0 ? paths : [isPrefix(of) ? program.prefix(of, site) : ''];
}

/** Where neither a path nor a handler is known, only the words tell them apart. */
function isPrefix(of: Expression): boolean {
  if (of.kind === 'sum') return true;
  return (of.kind === 'name' || of.kind === 'member') && /prefix|path|base|root|url/i.test(of.name);
}
