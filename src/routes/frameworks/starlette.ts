import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Router } from '../program/router.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS, methodsFrom } from './http-methods.ts';
import { appended } from './joined.ts';

export const starlette: Framework = {
  join: appended,
  makes: {
    'starlette.applications.Starlette': (call, site, program) =>
      app(call, site, program, program.argument(call, 1, 'routes')),
    'starlette.routing.Router': (call, site, program) => app(call, site, program, program.argument(call, 0, 'routes')),
    'starlette.routing.Route': (call, site, program) => {
      const router = program.router(call, starlette);
      declareRoute(router, call, site, program);
      return { kind: 'routers', routers: [router] };
    },
    'starlette.routing.Mount': (call, site, program) => {
      const router = program.router(
        call,
        starlette,
        mountPath(program.prefix(program.argument(call, 0, 'path'), site)),
      );
      mountItems(router, program.argument(call, 2, 'routes'), site, program);
      mountApp(router, '', program.argument(call, 1, 'app'), site, program);
      return { kind: 'routers', routers: [router] };
    },
    'starlette.routing.Host': (call, site, program) => {
      const router = program.router(call, starlette);
      mountApp(router, '', program.argument(call, 1, 'app'), site, program);
      return { kind: 'routers', routers: [router] };
    },
  },
  types: ['starlette.applications.Starlette', 'starlette.routing.Router'],
  member: (router, name) => (name === 'router' ? { kind: 'routers', routers: [router] } : null),
  declare: declareStarlette,
};

/** What apps of Starlette, and FastAPI's, declare by their methods. */
export function declareStarlette(router: Router, name: string, call: CallSyntax, site: Site, program: Program): void {
  if (name === 'add_route') declareRoute(router, call, site, program);
  else if (name === 'route') declareRoute(router, call, site, program);
  else if (name === 'mount' || name === 'host') {
    const prefix = name === 'host' ? '' : mountPath(program.prefix(program.argument(call, 0, 'path'), site));
    mountApp(router, prefix, program.argument(call, 1, 'app'), site, program);
  }
}

/** Mounts every route, mount or router of a list. */
export function mountItems(router: Router, list: Expression | null, site: Site, program: Program): void {
  for (const item of program.items(list, site))
    for (const child of program.routersOf(item.value, item.site)) router.mount(child, '');
}

function app(call: CallSyntax, site: Site, program: Program, routes: Expression | null): Value {
  const router = program.router(call, starlette);
  mountItems(router, routes, site, program);
  return { kind: 'routers', routers: [router] };
}

function mountApp(router: Router, prefix: string, of: Expression | null, site: Site, program: Program): void {
  if (of !== null) for (const child of program.routersOf(of, site)) router.mount(child, prefix);
}

function declareRoute(router: Router, call: CallSyntax, site: Site, program: Program): void {
  const endpoint = program.argument(call, 1, 'endpoint') ?? program.argument(call, 1, 'route');
  const own = endpoint === null ? null : program.methodsOf(endpoint, site);
  const names = program.texts(program.argument(call, 2, 'methods'), site);
  // An endpoint that is a class answers what it has methods for.
  const otherwise = own === null ? ['GET'] : own.flatMap((name) => HTTP_METHODS.get(name) ?? []);
  declared(
    router,
    methodsFrom(names, otherwise),
    program.path(program.argument(call, 0, 'path'), site),
    call.place,
    site,
  );
}

function mountPath(path: string): string {
  return path.replace(/\/+$/, '');
}
