import type { Framework } from '../frameworks/framework.ts';
import type { Route } from '../route.ts';
import type { CallSyntax, Expression, FunctionSyntax } from '../syntax/syntax.ts';
import { CallArguments, type Loop, type Source } from './call-arguments.ts';
import { Evaluator } from './evaluator.ts';
import type { Binding, Module, Scope, Site } from './module.ts';
import { Router, type Testing } from './router.ts';
import { UNKNOWN, type Value } from './value.ts';

/** Plugins that register plugins, handlers that hand on: what one round tells of parameters, the next one uses. */
const MAX_ROUNDS = 12;
/** Longer lists are data. */
const MAX_ITEMS = 200;

/** A set of files as one program: what its expressions are, as far as it can be told without running them. */
export class Program {
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #frameworks: readonly Framework[];
  readonly #given = new CallArguments();
  readonly #evaluator: Evaluator;
  #routers = new Map<object, Router>();
  readonly #testing: Testing = { module: null };

  constructor(modules: ReadonlyMap<string, Module>, frameworks: readonly Framework[]) {
    this.#modules = modules;
    this.#frameworks = frameworks;
    this.#evaluator = new Evaluator(this, frameworks, this.#given);
  }

  get modules(): ReadonlyMap<string, Module> {
    return this.#modules;
  }

  /** Every route with its full path, in no order. */
  routes(): Route[] {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.#evaluator.forget();
      this.#routers = new Map();
      const modules = [...this.#modules.values()];
      // Tests come last: what they import has been looked at by then.
      for (const module of modules) if (!TESTS.test(module.file)) this.#visit(module);
      for (const module of modules) {
        if (!TESTS.test(module.file)) continue;
        this.#testing.module = module;
        this.#visit(module);
      }
      this.#testing.module = null;
      if (!this.#given.takeLearned()) break;
    }
    const found = new Map<string, Route>();
    for (const router of this.#routers.values()) {
      if (router.routes.length === 0) continue;
      for (const prefix of router.prefixes()) {
        for (const route of router.routes) {
          const path = rooted(router.framework.join(prefix, route.path));
          found.set(`${route.method} ${path} ${route.file}:${route.line}`, { ...route, path });
        }
      }
    }
    return [...found.values()];
  }

  /** The router that `key` stands for; made when it is first asked for. */
  router(key: object, framework: Framework, prefix = '', origin: Router | null = null): Router {
    const held = this.#routers.get(key);
    if (held !== undefined) return held;
    const router = new Router(framework, this.#testing, prefix, origin);
    this.#routers.set(key, router);
    return router;
  }

  /** Tells where a parameter's value comes from. */
  bind(of: FunctionSyntax, index: number, source: Source): void {
    // What a test tries a function with says nothing of how the program calls it.
    if (this.#testing.module?.scopes.has(of) === false) return;
    this.#given.add(of, index, source);
  }

  value(of: Expression, site: Site): Value {
    return this.#evaluator.value(of, site);
  }

  valueOf({ value, site }: Binding): Value {
    return this.value(value, site);
  }

  /** The routers an expression stands for, of whatever framework. */
  routersOf(of: Expression, site: Site): readonly Router[] {
    const value = this.value(of, site);
    if (value.kind === 'routers') return value.routers;
    const whole = value.kind === 'module' ? this.#evaluator.whole(value.module) : UNKNOWN;
    return whole.kind === 'routers' ? whole.routers : [];
  }

  /** An argument by its place or its name. */
  argument(call: CallSyntax, index: number, name: string | null = null): Expression | null {
    return call.named.find((each) => each.name === name)?.value ?? call.args[index] ?? null;
  }

  /** A member of an object that is written down: an option. */
  entry(of: Expression | null, site: Site, name: string): Binding | null {
    const value = of === null ? UNKNOWN : this.value(of, site);
    if (value.kind !== 'object') return null;
    for (const each of value.entries.toReversed()) {
      if (each.name === name) return { value: each.value, site: value.site };
      const spread = each.name === '...' ? this.entry(each.value, value.site, name) : null;
      if (spread !== null) return spread;
    }
    return null;
  }

  text(of: Expression | null, site: Site): string | null {
    const value = of === null ? UNKNOWN : this.value(of, site);
    return value.kind === 'text' ? value.value : null;
  }

  /** A text, or the texts of a list. */
  texts(of: Expression | null, site: Site): string[] {
    if (of === null) return [];
    const text = this.text(of, site);
    return text === null ? this.items(of, site).flatMap((item) => this.text(item.value, item.site) ?? []) : [text];
  }

  /** The items of a list that is written down, those of lists in it that are spread or added too. */
  items(of: Expression | null, site: Site): readonly Binding[] {
    const value = of === null ? UNKNOWN : this.value(of, site);
    return value.kind === 'list' ? value.items : [];
  }

  /** A path whose parts may be unknown: those become parameters named after what they are. @returns null where nothing is known */
  path(of: Expression | null, site: Site): string | null {
    if (of === null) return null;
    const text = this.text(of, site);
    if (text !== null) return text;
    if (of.kind !== 'sum') return null;
    const parts = of.parts.map((part) => this.path(part, site));
    if (parts.every((part) => part === null)) return null;
    return parts.map((part, index) => part ?? placeholder(of.parts[index]!, index === 0)).join('');
  }

  /** A prefix, which an unknown one still is: it becomes a parameter named after it. No prefix is empty. */
  prefix(of: Expression | null, site: Site): string {
    if (of === null) return '';
    return this.path(of, site) ?? placeholder(of, true);
  }

  /** The names of a class's methods, `get` and `post` among them. */
  methodsOf(of: Expression, site: Site): string[] | null {
    const value = this.value(of, site);
    return value.kind === 'class' ? [...value.scope.fields.keys()] : null;
  }

  /** A function that is called with what a framework gives: itself, or what a library's wrapper wraps. */
  functionOf(of: Expression, site: Site): FunctionSyntax | null {
    const value = this.value(of, site);
    if (value.kind === 'function') return value.of;
    if (value.kind !== 'module') return null;
    const whole = this.#evaluator.whole(value.module);
    return whole.kind === 'function' ? whole.of : null;
  }

  #visit(module: Module): void {
    for (const { call, site } of module.calls) this.#visitLooped(call, site, site.scope);
    for (const framework of this.#frameworks) {
      if (framework.defined) for (const defined of module.defined) framework.defined(defined, this);
      if (framework.test) for (const test of module.tests) framework.test(test, this);
      framework.module?.(module, this);
    }
  }

  /** Visits a call once, or in a loop over a list that is written down, once for each item. */
  #visitLooped(call: CallSyntax, site: Site, within: Scope | null): void {
    let scope = within;
    let loop: Loop | undefined;
    for (; scope !== null; scope = scope.outer) {
      loop = scope.owner?.kind === 'function' ? this.#given.loopOf(scope.owner) : undefined;
      if (loop !== undefined) break;
    }
    if (scope?.owner?.kind !== 'function' || loop === undefined) {
      this.#visitCall(call, site);
      return;
    }
    const { owner, outer } = scope;
    const items = this.items(loop.list, loop.site).slice(0, MAX_ITEMS);
    if (items.length === 0) this.#visitLooped(call, site, outer);
    for (const item of items) this.#evaluator.atItem(owner, item, () => this.#visitLooped(call, site, outer));
  }

  #visitCall(call: CallSyntax, site: Site): void {
    const callee = this.value(call.callee, site);
    if (callee.kind === 'unknown' && call.callee.kind !== 'member') return;
    this.value(call, site);
    switch (callee.kind) {
      case 'method':
        for (const router of callee.routers) router.framework.declare?.(router, callee.name, call, site, this);
        return;
      case 'function':
        this.#bindArguments(callee.of, callee.bound ? 1 : 0, call, site);
        return;
      case 'class': {
        const python = site.scope.module.language === 'python';
        const made = this.#evaluator.field(callee.scope, python ? '__init__' : 'constructor');
        if (made?.kind === 'function') this.#bindArguments(made.of, python ? 1 : 0, call, site);
        return;
      }
      case 'outside':
        for (const framework of this.#frameworks) framework.called?.(callee.name, call, site, this);
        return;
      default:
        if (call.callee.kind !== 'member') return;
        this.#visitAt(call.callee.object, call.callee.name, call, site);
        this.#visitLoop(call.callee.object, call.callee.name, call, site);
    }
  }

  #visitAt(object: Expression, name: string, call: CallSyntax, site: Site): void {
    const at = this.value(object, site);
    if (at.kind !== 'at') return;
    for (const router of at.routers) router.framework.declareAt?.(router, at.path, name, call, site, this);
  }

  #visitLoop(list: Expression, name: string, call: CallSyntax, site: Site): void {
    const [given] = call.args;
    if ((name !== 'forEach' && name !== 'map') || given?.kind !== 'function') return;
    if (this.value(list, site).kind !== 'list') return;
    this.#given.addLoop(given, { list, site });
  }

  #bindArguments(of: FunctionSyntax, offset: number, call: CallSyntax, site: Site): void {
    for (const [index, argument] of call.args.entries()) {
      if (argument.kind === 'spread') break;
      if (MEANINGLESS.has(argument.kind)) continue;
      this.bind(of, index + offset, { key: argument, value: () => this.value(argument, site) });
    }
    for (const { name, value } of call.named) {
      const index = of.params.findIndex((param) => param.name === name);
      if (index >= 0 && !MEANINGLESS.has(value.kind))
        this.bind(of, index, { key: value, value: () => this.value(value, site) });
    }
  }
}

const TESTS =
  /[\\/](tests?|__tests__|specs?)[\\/]|[\\/](test_[^\\/]*|[^\\/]*_test|conftest)\.py$|\.(test|spec)\.[cm]?[jt]sx?$/;
const MEANINGLESS: ReadonlySet<Expression['kind']> = new Set(['other', 'compare']);
function placeholder(of: Expression, first: boolean): string {
  const name = nameOf(of);
  return first ? `/{${name}:path}` : `{${name}}`;
}

function nameOf(of: Expression): string {
  if (of.kind === 'name' || of.kind === 'member') return of.name;
  if (of.kind === 'call') return nameOf(of.callee);
  return 'prefix';
}

/** One slash in front, and no two behind one another. */
function rooted(path: string): string {
  return `/${path}`.replace(/\/{2,}/g, '/');
}
