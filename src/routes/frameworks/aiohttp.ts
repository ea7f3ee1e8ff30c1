import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Router } from '../program/router.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS, methodsFrom } from './http-methods.ts';
import { appended } from './joined.ts';

export const aiohttp: Framework = {
  join: (prefix, path) => appended(prefix.replace(/\/+$/, ''), path),
  makes: {
    'aiohttp.web.Application': router,
    'aiohttp.web.RouteTableDef': router,
    'aiohttp.web.route': (call, site, program) => {
      const made = program.router(call, aiohttp);
      declareRoute(made, call, site, program);
      return { kind: 'routers', routers: [made] };
    },
    'aiohttp.web.view': (call, site, program) => single([null], call, site, program),
    ...Object.fromEntries(
      [...HTTP_METHODS].map(([name, method]) => [
        `aiohttp.web.${name}`,
        (call: CallSyntax, site: Site, program: Program) => single([method], call, site, program),
      ]),
    ),
  },
  types: ['aiohttp.web.Application', 'aiohttp.web.RouteTableDef', 'aiohttp.web.UrlDispatcher'],
  member: (app, name) => (name === 'router' ? { kind: 'routers', routers: [app] } : null),
  declare(app, name, call, site, program) {
    const path = program.path(program.argument(call, 0, 'path'), site);
    const method = HTTP_METHODS.get(name.replace(/^add_/, ''));
    if (method !== undefined) declared(app, [method], path, call.place, site);
    else if (name === 'route' || name === 'add_route') declareRoute(app, call, site, program);
    else if (name === 'view' || name === 'add_view') declared(app, [null], path, call.place, site);
    else if (name === 'add_routes') {
      const given = call.args[0];
      if (given === undefined) return;
      for (const child of program.routersOf(given, site)) app.mount(child, '');
      for (const item of program.items(given, site))
        for (const child of program.routersOf(item.value, item.site)) app.mount(child, '');
    } else if (name === 'add_subapp') {
      const prefix = program.prefix(program.argument(call, 0, 'prefix'), site);
      const child = program.argument(call, 1, 'subapp');
      if (child !== null) for (const each of program.routersOf(child, site)) app.mount(each, prefix);
    }
  },
};

function router(call: CallSyntax, _site: Site, program: Program): Value {
  return { kind: 'routers', routers: [program.router(call, aiohttp)] };
}

function single(methods: readonly (string | null)[], call: CallSyntax, site: Site, program: Program): Value {
  const made = program.router(call, aiohttp);
  declared(made, methods, program.path(program.argument(call, 0, 'path'), site), call.place, site);
  return { kind: 'routers', routers: [made] };
}

function declareRoute(app: Router, call: CallSyntax, site: Site, program: Program): void {
  const methods = methodsFrom(program.texts(program.argument(call, 0, 'method'), site), []);
  declared(app, methods, program.path(program.argument(call, 1, 'path'), site), call.place, site);
}
