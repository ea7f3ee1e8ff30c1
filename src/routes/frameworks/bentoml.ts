import type { Defined } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { joined } from './joined.ts';

export const bentoml: Framework = {
  join: joined,
  makes: {
    'bentoml.Service': (call, _site, program) => ({ kind: 'routers', routers: [program.router(call, bentoml)] }),
  },
  defined(defined, program) {
    const { of, decorators, site } = defined;
    if (of.kind !== 'function' || of.name === null) return;
    for (const { value, place } of decorators) {
      const call = value.kind === 'call' ? value : null;
      if (!declaresApi(value, defined, program)) continue;
      const stated = call === null ? null : program.argument(call, Infinity, 'route');
      const path = stated === null ? `/${of.name}` : program.path(stated, site);
      declared(program.router(value, bentoml), ['POST'], path, place, site);
    }
  },
};

/** `@bentoml.api` in a service's class, called or not, or `@service.api(…)` of one made by `bentoml.Service`. */
function declaresApi(value: Expression, { site }: Defined, program: Program): boolean {
  const named: Value = program.value(value.kind === 'call' ? value.callee : value, site);
  if (named.kind === 'outside') return named.name === 'bentoml.api';
  return (
    named.kind === 'method' && named.name === 'api' && named.routers.every(({ framework }) => framework === bentoml)
  );
}
