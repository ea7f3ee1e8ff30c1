import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS, methodsFrom } from './http-methods.ts';
import { appended } from './joined.ts';
import { declareStarlette, mountItems } from './starlette.ts';

export const fastapi: Framework = {
  join: appended,
  makes: {
    'fastapi.FastAPI': made,
    'fastapi.applications.FastAPI': made,
    'fastapi.APIRouter': made,
    'fastapi.routing.APIRouter': made,
  },
  types: ['fastapi.FastAPI', 'fastapi.applications.FastAPI', 'fastapi.APIRouter', 'fastapi.routing.APIRouter'],
  member: (router, name) => (name === 'router' ? { kind: 'routers', routers: [router] } : null),
  declare(router, name, call, site, program) {
    const path = program.argument(call, 0, 'path');
    const method = HTTP_METHODS.get(name);
    if (method !== undefined) declared(router, [method], program.path(path, site), call.place, site);
    else if (name === 'api_route' || name === 'add_api_route') {
      const methods = methodsFrom(program.texts(program.argument(call, Infinity, 'methods'), site), ['GET']);
      declared(router, methods, program.path(path, site), call.place, site);
    } else if (name === 'include_router') {
      const child = program.argument(call, 0, 'router');
      const prefix = program.prefix(program.argument(call, Infinity, 'prefix'), site);
      if (child !== null) for (const each of program.routersOf(child, site)) router.mount(each, prefix);
    } else declareStarlette(router, name, call, site, program);
  },
};

function made(call: CallSyntax, site: Site, program: Program): Value {
  const prefix = program.prefix(program.argument(call, Infinity, 'prefix'), site);
  const router = program.router(call, fastapi, prefix);
  mountItems(router, program.argument(call, Infinity, 'routes'), site, program);
  return { kind: 'routers', routers: [router] };
}
