import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { appended } from './joined.ts';

const DEFAULT_PATH = '/predict';

export const litserve: Framework = {
  join: appended,
  makes: { 'litserve.LitServer': server, 'litserve.server.LitServer': server },
};

/** Each of its APIs answers at the path of its own, or at the server's. */
function server(call: CallSyntax, site: Site, program: Program): Value {
  const router = program.router(call, litserve);
  const given = program.argument(call, 0, 'lit_api');
  const own = program.argument(call, Infinity, 'api_path');
  const listed = program.items(given, site);
  const apis = listed.length > 0 ? listed : given === null ? [] : [{ value: given, site }];
  for (const api of apis) {
    const stated = statedPath(api.value, api.site, program);
    const path = stated ?? (own === null ? DEFAULT_PATH : program.path(own, site));
    declared(router, ['POST'], path, call.place, site);
  }
  return { kind: 'routers', routers: [router] };
}

function statedPath(api: Expression, site: Site, program: Program): string | null {
  if (api.kind === 'name') {
    const binding = site.scope.names.get(api.name)?.at(-1);
    return binding === undefined ? null : statedPath(binding.value, binding.site, program);
  }
  return api.kind === 'call' ? program.text(program.argument(api, Infinity, 'api_path'), site) : null;
}
