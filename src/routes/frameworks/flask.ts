import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS, methodsFrom } from './http-methods.ts';

/** Quart is Flask with coroutines: the same names mean the same. */
export const flask: Framework = {
  // A rule of `/` under a prefix keeps its slash.
  join: (prefix, path) =>
    path === '' ? prefix : prefix === '' ? path : `${prefix.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`,
  makes: {
    'flask.Flask': (call, _site, program) => ({ kind: 'routers', routers: [program.router(call, flask)] }),
    'flask.app.Flask': (call, _site, program) => ({ kind: 'routers', routers: [program.router(call, flask)] }),
    'quart.Quart': (call, _site, program) => ({ kind: 'routers', routers: [program.router(call, flask)] }),
    'flask.Blueprint': blueprint,
    'flask.blueprints.Blueprint': blueprint,
    'quart.Blueprint': blueprint,
  },
  types: [
    'flask.Flask',
    'flask.app.Flask',
    'flask.Blueprint',
    'flask.blueprints.Blueprint',
    'quart.Quart',
    'quart.Blueprint',
  ],
  declare(router, name, call, site, program) {
    const rule = program.path(program.argument(call, 0, 'rule'), site);
    const method = HTTP_METHODS.get(name);
    const listed = program.texts(program.argument(call, Infinity, 'methods'), site);
    if (method !== undefined && name !== 'head' && name !== 'options' && name !== 'trace')
      declared(router, [method], rule, call.place, site);
    else if (name === 'route') declared(router, methodsFrom(listed, ['GET']), rule, call.place, site);
    else if (name === 'add_url_rule') {
      const view = program.argument(call, 2, 'view_func');
      declared(router, methodsFrom(listed, viewMethods(view, site, program)), rule, call.place, site);
    } else if (name === 'register_blueprint') {
      const child = program.argument(call, 0, 'blueprint');
      const given = program.argument(call, Infinity, 'url_prefix');
      const prefix = program.prefix(given, site);
      if (child === null) return;
      // The prefix given here counts instead of the blueprint's own.
      for (const each of program.routersOf(child, site)) router.mount(each, prefix, prefix !== '');
    }
  },
};

function blueprint(call: CallSyntax, site: Site, program: Program): Value {
  const prefix = program.prefix(program.argument(call, Infinity, 'url_prefix'), site);
  return { kind: 'routers', routers: [program.router(call, flask, prefix)] };
}

/** The methods of `Class.as_view('name')`; of a function, GET. */
function viewMethods(view: Expression | null, site: Site, program: Program): readonly (string | null)[] {
  if (view?.kind !== 'call' || view.callee.kind !== 'member' || view.callee.name !== 'as_view') return ['GET'];
  const methods = program.methodsOf(view.callee.object, site)?.flatMap((name) => HTTP_METHODS.get(name) ?? []) ?? [];
  return methods.length === 0 ? [null] : methods;
}
