import type { Defined, Scope, Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Router } from '../program/router.ts';
import type { Value } from '../program/value.ts';
import { type CallSyntax, type Expression, FALSE, TRUE } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { methodsFrom } from './http-methods.ts';
import { appended } from './joined.ts';
import { pathOfPattern } from './url-pattern.ts';

type ViewSet = Value & { readonly kind: 'class' };

/** What a method of a viewset answers, of the whole list and of one in it. */
const OF_LIST: Readonly<Record<string, string>> = { list: 'GET', create: 'POST' };
const OF_ONE: Readonly<Record<string, string>> = {
  retrieve: 'GET',
  update: 'PUT',
  partial_update: 'PATCH',
  destroy: 'DELETE',
};
const MIXINS: Readonly<Record<string, readonly string[]>> = {
  'mixins.ListModelMixin': ['list'],
  'mixins.CreateModelMixin': ['create'],
  'mixins.RetrieveModelMixin': ['retrieve'],
  'mixins.UpdateModelMixin': ['update', 'partial_update'],
  'mixins.DestroyModelMixin': ['destroy'],
  'viewsets.ReadOnlyModelViewSet': ['list', 'retrieve'],
  'viewsets.ModelViewSet': [...Object.keys(OF_LIST), ...Object.keys(OF_ONE)],
};
const ACTION = 'rest_framework.decorators.action';
const SLASHES = new WeakMap<Router, string>();
/** Bases of bases without end. */
const MOST_BASES = 50;

/** Django REST framework's routers: what a viewset can do makes the routes. Only what its classes say counts. */
export const restFramework: Framework = {
  join: appended,
  makes: { 'rest_framework.routers.DefaultRouter': router, 'rest_framework.routers.SimpleRouter': router },
  member: (made, name) => (name === 'urls' ? { kind: 'routers', routers: [made] } : null),
  declare(made, name, call, site, program) {
    if (name !== 'register') return;
    const prefix = program.text(program.argument(call, 0, 'prefix'), site);
    const given = program.argument(call, 1, 'viewset');
    const viewSet = given === null ? null : program.value(given, site);
    if (prefix === null || viewSet?.kind !== 'class') return;
    new Registration(made, prefix, viewSet, program).declare(call, site);
  },
};

/** The methods that `@api_view` lets through to a function. @returns null where it is none of those */
export function methodsOfView(view: Expression, site: Site, program: Program): readonly (string | null)[] | null {
  const value = program.value(view, site);
  if (value.kind !== 'function' || value.scope.outer === null) return null;
  const found = value.scope.module.defined.find(({ of }) => of === value.of);
  for (const { value: decorator } of found?.decorators ?? []) {
    if (decorator.kind !== 'call' || found === undefined) continue;
    if (nameOf(decorator.callee, found.site, program) !== 'rest_framework.decorators.api_view') continue;
    return methodsFrom(program.texts(program.argument(decorator, 0, 'http_method_names'), found.site), ['GET']);
  }
  return null;
}

function router(call: CallSyntax, site: Site, program: Program): Value {
  const made = program.router(call, restFramework);
  const slash = program.argument(call, Infinity, 'trailing_slash');
  SLASHES.set(made, slash === FALSE || (slash !== null && program.text(slash, site) === '') ? '' : '/');
  return { kind: 'routers', routers: [made] };
}

class Registration {
  readonly #router: Router;
  readonly #prefix: string;
  readonly #program: Program;
  readonly #slash: string;
  /** The viewset and what it inherits from: scopes of classes of the program, names of those of the framework. */
  readonly #classes: readonly (Scope | string)[];

  constructor(router: Router, prefix: string, viewSet: ViewSet, program: Program) {
    this.#router = router;
    this.#prefix = pathOfPattern(prefix);
    this.#program = program;
    this.#slash = SLASHES.get(router) ?? '/';
    this.#classes = classesOf(viewSet, program);
  }

  declare(call: CallSyntax, site: Site): void {
    const able = new Set(
      this.#classes.flatMap((each) => (typeof each === 'string' ? (MIXINS[each] ?? []) : [...each.fields.keys()])),
    );
    const one = this.#one();
    for (const [methods, path] of [
      [OF_LIST, this.#path()],
      [OF_ONE, this.#path(one)],
    ] as const) {
      const here = Object.keys(methods).filter((name) => able.has(name) && this.#lets(methods[name]!));
      if (here.length === 0) continue;
      // A URL for several: which of them is meant the request says, as with Django's own.
      declared(this.#router, [here.length === 1 ? methods[here[0]!]! : null], path, call.place, site);
    }
    for (const scope of this.#classes) {
      if (typeof scope === 'string') continue;
      for (const defined of scope.module.defined) if (defined.site.scope === scope) this.#action(defined, one);
    }
  }

  #action({ of, decorators, site }: Defined, one: string): void {
    const program = this.#program;
    for (const decorator of decorators) {
      const { value } = decorator;
      if (value.kind !== 'call' || nameOf(value.callee, site, program) !== ACTION) continue;
      const detail = program.argument(value, 1, 'detail');
      const written = program.argument(value, Infinity, 'url_path');
      const name = written === null ? of.name : program.text(written, site);
      if (name === null || (detail !== TRUE && detail !== FALSE)) continue;
      const path = detail === TRUE ? this.#path(one, pathOfPattern(name)) : this.#path(pathOfPattern(name));
      const methods = methodsFrom(program.texts(program.argument(value, 0, 'methods'), site), ['GET']);
      declared(this.#router, methods, path, decorator.place, site);
    }
  }

  #path(...parts: readonly string[]): string {
    const path = [this.#prefix, ...parts].filter((part) => part !== '').join('/');
    return path === '' ? '' : path + this.#slash;
  }

  /** The parameter that says which one of the list. */
  #one(): string {
    const [name] = [...this.#texts('lookup_url_kwarg'), ...this.#texts('lookup_field'), 'pk'];
    return `<${name}>`;
  }

  #lets(method: string): boolean {
    const names = this.#texts('http_method_names');
    return names.length === 0 || names.includes(method.toLowerCase());
  }

  /** What the viewset or the first of its bases says under a name. */
  #texts(name: string): string[] {
    for (const scope of this.#classes) {
      const binding = typeof scope === 'string' ? undefined : scope.fields.get(name)?.at(-1);
      if (binding !== undefined) return this.#program.texts(binding.value, binding.site);
    }
    return [];
  }
}

function classesOf(viewSet: ViewSet, program: Program): (Scope | string)[] {
  const found: (Scope | string)[] = [];
  const walk = (value: Value): void => {
    if (found.length > MOST_BASES) return;
    if (value.kind === 'outside') found.push(value.name.replace(/^rest_framework\./, ''));
    if (value.kind !== 'class' || found.includes(value.scope)) return;
    found.push(value.scope);
    const { outer } = value.scope;
    if (outer === null) return;
    for (const base of value.of.bases) walk(program.value(base, { scope: outer, order: Number.POSITIVE_INFINITY }));
  };
  walk(viewSet);
  return found;
}

function nameOf(of: Expression, site: Site, program: Program): string | null {
  const value = program.value(of, site);
  return value.kind === 'outside' ? value.name : null;
}
