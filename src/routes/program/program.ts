import path from 'node:path';
import type { Framework } from '../frameworks/framework.ts';
import type { Route } from '../route.ts';
import type { CallSyntax, Expression, FunctionSyntax } from '../syntax/syntax.ts';
import { type Binding, classAround, type Module, type Scope, type Site } from './module.ts';
import { ModuleFiles } from './module-files.ts';
import { Router, type Testing } from './router.ts';
import { isKnown, UNKNOWN, type Value } from './value.ts';

/** Where a parameter's value comes from. The same key is the same source. */
interface Source {
  readonly key: object;
  readonly value: () => Value;
}

/** Plugins that register plugins, handlers that hand on: what one round tells of parameters, the next one uses. */
const MAX_ROUNDS = 12;
const MAX_DEPTH = 400;
/** Longer lists are data. */
const MAX_ITEMS = 200;

/** A set of files as one program: what its expressions are, as far as it can be told without running them. */
export class Program {
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #frameworks: readonly Framework[];
  readonly #files: ModuleFiles;
  readonly #makes = new Map<string, Framework>();
  readonly #types = new Map<string, Framework>();
  readonly #pluginTypes = new Map<string, Framework>();
  readonly #sources = new Map<FunctionSyntax, Map<number, Map<object, Source>>>();
  #values = new Map<object, Value>();
  readonly #open = new Set<object>();
  #routers = new Map<object, Router>();
  #learned = false;
  readonly #testing: Testing = { module: null };
  /** Functions that a list calls with each of its items. */
  readonly #loops = new Map<FunctionSyntax, { readonly list: Expression; readonly site: Site }>();
  /** The item each is called with at the moment, and what holds only with it. */
  readonly #items = new Map<FunctionSyntax, Binding>();
  #looped = new Map<object, Value>();
  /** Whether what is evaluated depends on such an item. */
  #varies = false;

  constructor(modules: ReadonlyMap<string, Module>, frameworks: readonly Framework[]) {
    this.#modules = modules;
    this.#frameworks = frameworks;
    this.#files = new ModuleFiles((file) => modules.has(file));
    for (const framework of frameworks) {
      for (const name of Object.keys(framework.makes ?? {})) this.#makes.set(name, framework);
      for (const name of framework.types ?? []) this.#types.set(name, framework);
      for (const name of framework.pluginTypes ?? []) this.#pluginTypes.set(name, framework);
    }
  }

  get modules(): ReadonlyMap<string, Module> {
    return this.#modules;
  }

  /** Every route with its full path, in no order. */
  routes(): Route[] {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.#values = new Map();
      this.#routers = new Map();
      this.#learned = false;
      const modules = [...this.#modules.values()];
      // Tests come last: what they import has been looked at by then.
      for (const module of modules) if (!TESTS.test(module.file)) this.#visit(module);
      for (const module of modules) {
        if (!TESTS.test(module.file)) continue;
        this.#testing.module = module;
        this.#visit(module);
      }
      this.#testing.module = null;
      if (!this.#learned) break;
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
    const params = this.#sources.get(of) ?? new Map<number, Map<object, Source>>();
    this.#sources.set(of, params);
    const sources = params.get(index) ?? new Map<object, Source>();
    params.set(index, sources);
    if (sources.has(source.key)) return;
    sources.set(source.key, source);
    this.#learned = true;
  }

  value(of: Expression, site: Site): Value {
    // What a name is bound to is kept; looking the name up again is quicker than keeping it too.
    return this.#kept(of, of.kind !== 'name' && of.kind !== 'text', () => this.#evaluate(of, site));
  }

  #kept(of: object, keep: boolean, evaluate: () => Value): Value {
    const held = this.#values.get(of);
    if (held !== undefined) return held;
    const looped = this.#looped.get(of);
    if (looped !== undefined) {
      this.#varies = true;
      return looped;
    }
    // Defined by itself, or so far from what it is that only a generated file says so.
    if (this.#open.has(of) || this.#open.size > MAX_DEPTH) return UNKNOWN;
    this.#open.add(of);
    const varied = this.#varies;
    this.#varies = false;
    const value = evaluate();
    this.#open.delete(of);
    if (keep) (this.#varies ? this.#looped : this.#values).set(of, value);
    this.#varies ||= varied;
    return value;
  }

  valueOf({ value, site }: Binding): Value {
    return this.value(value, site);
  }

  /** The routers an expression stands for, of whatever framework. */
  routersOf(of: Expression, site: Site): readonly Router[] {
    const value = this.value(of, site);
    if (value.kind === 'routers') return value.routers;
    const whole = value.kind === 'module' ? this.#whole(value.module) : UNKNOWN;
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
    const whole = this.#whole(value.module);
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
    while (scope !== null && !(scope.owner?.kind === 'function' && this.#loops.has(scope.owner))) scope = scope.outer;
    if (scope?.owner?.kind !== 'function') {
      this.#visitCall(call, site);
      return;
    }
    const { owner, outer } = scope;
    const loop = this.#loops.get(owner)!;
    const items = this.items(loop.list, loop.site).slice(0, MAX_ITEMS);
    if (items.length === 0) this.#visitLooped(call, site, outer);
    for (const item of items) {
      this.#looped = new Map();
      this.#items.set(owner, item);
      this.#visitLooped(call, site, outer);
    }
    this.#looped = new Map();
    this.#items.delete(owner);
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
        const made = this.#field(callee.scope, python ? '__init__' : 'constructor');
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
    if ((name !== 'forEach' && name !== 'map') || given?.kind !== 'function' || this.#loops.has(given)) return;
    if (this.value(list, site).kind !== 'list') return;
    this.#loops.set(given, { list, site });
    this.#learned = true;
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

  #evaluate(of: Expression, site: Site): Value {
    switch (of.kind) {
      case 'name':
        return this.#name(of.name, site);
      case 'text':
      case 'pattern':
        return of;
      case 'member':
        return this.#member(this.value(of.object, site), of.name);
      case 'call':
        return this.#call(of, site);
      case 'function':
        return { kind: 'function', of, scope: site.scope.module.scopes.get(of)!, bound: false };
      case 'class':
        return { kind: 'class', of, scope: site.scope.module.scopes.get(of)! };
      case 'sum':
        return this.#sum(of.parts, site);
      case 'list':
        return { kind: 'list', items: of.items.flatMap((item) => this.#item(item, site)) };
      case 'object':
        return { kind: 'object', entries: of.entries, site };
      case 'choice':
        return firstOf(of.of.map((part) => this.value(part, site)));
      case 'either':
        return oneOf(of.of.map((part) => this.value(part, site)));
      case 'all':
        return of.of.length === 0 ? UNKNOWN : this.value(of.of.at(-1)!, site);
      case 'import':
        return this.#import(of.module, of.name, site.scope.module);
      case 'other': {
        // `url.split('?')[0]` is still what was asked.
        const first = of.of[0] === undefined ? UNKNOWN : this.value(of.of[0], site);
        return first.kind === 'asked' && first.what === 'url' ? first : UNKNOWN;
      }
      case 'compare':
      case 'spread':
        return UNKNOWN;
    }
  }

  #item(item: Expression, site: Site): Binding[] {
    if (item.kind !== 'spread') return [{ value: item, site }];
    return [...this.items(item.of, site)];
  }

  #sum(parts: readonly Expression[], site: Site): Value {
    const values = parts.map((part) => this.value(part, site));
    if (values.every((value) => value.kind === 'text'))
      return { kind: 'text', value: values.map(({ value }) => value).join('') };
    if (!values.some(({ kind }) => kind === 'list')) return UNKNOWN;
    return { kind: 'list', items: values.flatMap((value) => (value.kind === 'list' ? value.items : [])) };
  }

  #name(name: string, site: Site): Value {
    if (name === 'this') {
      const around = classAround(site.scope);
      return around?.owner?.kind === 'class' ? { kind: 'instance', of: around.owner, scope: around } : UNKNOWN;
    }
    for (let scope: Scope | null = site.scope; scope !== null; scope = scope.outer) {
      const here = scope === site.scope;
      if (scope.owner?.kind === 'class' && !here) continue;
      const bindings = scope.names.get(name);
      const before = here ? bindings?.findLast(({ site: at }) => at.order < site.order) : undefined;
      if (before !== undefined) return this.valueOf(before);
      const param = scope.params.get(name);
      if (param !== undefined) return this.#kept(param.param, true, () => this.#parameter(scope, param.index));
      // From another scope it is whatever was bound at last that says something.
      if (bindings !== undefined) {
        for (const binding of bindings.toReversed()) {
          const value = this.valueOf(binding);
          if (isKnown(value)) return value;
        }
        return UNKNOWN;
      }
    }
    for (const star of site.scope.module.stars) {
      const found = this.#starred(star, name);
      if (isKnown(found)) return found;
    }
    return { kind: 'outside', name: `global.${name}` };
  }

  #parameter(scope: Scope, index: number): Value {
    const { owner, module } = scope;
    if (owner?.kind !== 'function') return UNKNOWN;
    const around = scope.outer?.owner;
    if (index === 0 && module.language === 'python' && around?.kind === 'class')
      return { kind: 'instance', of: around, scope: scope.outer! };
    if (this.#loops.has(owner)) this.#varies = true;
    const item = index === 0 ? this.#items.get(owner) : undefined;
    if (item !== undefined) return this.valueOf(item);
    const values = [...(this.#sources.get(owner)?.get(index)?.values() ?? [])].map((source) => source.value());
    const routers = values.flatMap((value) => (value.kind === 'routers' ? value.routers : []));
    if (routers.length > 0) return { kind: 'routers', routers: [...new Set(routers)] };
    const known = values.find(isKnown);
    if (known !== undefined) return known;
    return this.#typed(scope, owner, index);
  }

  /** A parameter nobody is seen to give a value, but whose type says what it is. */
  #typed(scope: Scope, owner: FunctionSyntax, index: number): Value {
    const param = owner.params[index]!;
    const outer: Site = { scope: scope.outer ?? scope, order: Number.POSITIVE_INFINITY };
    const named = (type: Value): string => (type.kind === 'outside' ? type.name : '');
    const own = param.annotation === null ? undefined : this.#types.get(named(this.value(param.annotation, outer)));
    const typed = index === 0 ? scope.module.typed.get(owner) : undefined;
    const framework = own ?? (typed && this.#pluginTypes.get(named(this.valueOf(typed))));
    return framework === undefined ? UNKNOWN : { kind: 'routers', routers: [this.router(param, framework)] };
  }

  #member(object: Value, name: string): Value {
    switch (object.kind) {
      case 'outside':
        return { kind: 'outside', name: name === 'default' ? object.name : `${object.name}.${name}` };
      case 'called':
        return { kind: 'outside', name: `${object.name}().${name}` };
      case 'module':
        return this.#exported(object.module, name);
      case 'instance':
      case 'class': {
        const found = this.#field(object.scope, name);
        if (found?.kind !== 'function') return found ?? UNKNOWN;
        return { ...found, bound: object.kind === 'instance' && object.scope.module.language === 'python' };
      }
      case 'function':
        return name === 'bind' ? object : UNKNOWN;
      case 'object': {
        const held = object.entries.findLast((entry) => entry.name === name);
        return held === undefined ? UNKNOWN : this.value(held.value, object.site);
      }
      case 'list': {
        const item = /^\d+$/.test(name) ? object.items[Number(name)] : undefined;
        return item === undefined ? UNKNOWN : this.valueOf(item);
      }
      case 'routers': {
        const [first] = object.routers;
        return first?.framework.member?.(first, name) ?? { kind: 'method', routers: object.routers, name };
      }
      case 'asked':
        if (object.what === 'request' && name === 'method') return { kind: 'asked', what: 'method' };
        if (object.what === 'request') return name === 'url' ? { kind: 'asked', what: 'url' } : UNKNOWN;
        return object.what === 'url' && PARTS_OF_URL.has(name) ? object : UNKNOWN;
      default:
        return UNKNOWN;
    }
  }

  #field(scope: Scope, name: string): Value | null {
    for (const binding of (scope.fields.get(name) ?? []).toReversed()) {
      const value = this.valueOf(binding);
      if (isKnown(value)) return value;
    }
    const { owner } = scope;
    if (owner?.kind !== 'class' || scope.outer === null) return null;
    for (const base of owner.bases) {
      const value = this.value(base, { scope: scope.outer, order: Number.POSITIVE_INFINITY });
      const found = value.kind === 'class' && value.scope !== scope ? this.#field(value.scope, name) : null;
      if (found !== null) return found;
    }
    return null;
  }

  #call(call: CallSyntax, site: Site): Value {
    const callee = this.value(call.callee, site);
    switch (callee.kind) {
      case 'outside':
        return this.#callOutside(callee.name, call, site);
      case 'method': {
        const [first] = callee.routers;
        const results = callee.routers.map((each) => each.framework.result?.(each, callee.name, call, site, this));
        const known = results.filter((each) => each !== null && each !== undefined);
        const routers = known.flatMap((each) => (each.kind === 'routers' ? each.routers : []));
        return first !== undefined && routers.length > 0 ? { kind: 'routers', routers } : (known[0] ?? UNKNOWN);
      }
      case 'function': {
        if (call.callee.kind === 'member' && call.callee.name === 'bind') return callee;
        const scope = callee.scope;
        return oneOf(scope.returns.map((binding) => this.valueOf(binding)));
      }
      case 'class':
        return this.#construct(callee, call, site);
      case 'asked':
        return callee.what === 'url' ? callee : UNKNOWN;
      default: {
        if (call.callee.kind !== 'member') return UNKNOWN;
        // What is declared at a path can be followed by more at the same path.
        const at = this.value(call.callee.object, site);
        if (at.kind === 'object' && call.callee.name === 'items') return pairsOf(at);
        return at.kind === 'at' ? at : UNKNOWN;
      }
    }
  }

  #construct(of: Value & { kind: 'class' }, call: CallSyntax, site: Site): Value {
    for (const base of of.of.bases) {
      const value = of.scope.outer && this.value(base, { scope: of.scope.outer, order: Number.POSITIVE_INFINITY });
      if (value?.kind !== 'outside') continue;
      const made = this.#makes.get(value.name)?.makes?.[value.name]?.(call, site, this);
      if (made) return made;
    }
    return { kind: 'instance', of: of.of, scope: of.scope };
  }

  #callOutside(name: string, call: CallSyntax, site: Site): Value {
    const [first] = call.args;
    switch (name) {
      case 'global.require':
      case 'global.import': {
        const module = first === undefined ? null : this.text(first, site);
        const value = module === null ? UNKNOWN : this.#import(module, '', site.scope.module);
        return value.kind === 'module' && name === 'global.require' ? this.#required(value) : value;
      }
      case 'os.environ.get':
      case 'os.getenv':
        return call.args[1] === undefined ? UNKNOWN : this.value(call.args[1], site);
      case 'global.str':
      case 'global.String':
        return first === undefined ? UNKNOWN : this.value(first, site);
      case 'global.Object.entries': {
        const value = first === undefined ? UNKNOWN : this.value(first, site);
        return value.kind === 'object' ? pairsOf(value) : UNKNOWN;
      }
      case 'global.tuple':
      case 'global.list':
        return first === undefined ? UNKNOWN : this.value(first, site);
    }
    const made = this.#makes.get(name)?.makes?.[name]?.(call, site, this);
    if (made) return made;
    const asked = first === undefined ? UNKNOWN : this.value(first, site);
    if (asked.kind === 'asked' && asked.what === 'url' && READS_URL.has(name)) return asked;
    return { kind: 'called', name, call, site };
  }

  #import(name: string, member: string, from: Module): Value {
    const python = from.language === 'python';
    const file = python ? this.#files.python(from.file, name) : this.#files.javascript(from.file, name);
    const module = file === null ? undefined : this.#modules.get(file);
    if (module !== undefined) return member === '' ? { kind: 'module', module } : this.#exported(module, member);
    if (python) {
      // `import app.routers` binds `app`, which may be a folder without a file of its own.
      const inside =
        member === '' ? null : this.#files.python(from.file, `${name}${name.endsWith('.') ? '' : '.'}${member}`);
      const found = inside === null ? undefined : this.#modules.get(inside);
      if (found !== undefined) return { kind: 'module', module: found };
      return { kind: 'outside', name: member === '' ? name : `${name}.${member}` };
    }
    const library = name.replace(/^node:/, '');
    return { kind: 'outside', name: member === '' || member === 'default' ? library : `${library}.${member}` };
  }

  #exported(module: Module, name: string): Value {
    if (module.language === 'python') {
      const bindings = module.scope.names.get(name)?.toReversed() ?? [];
      const found = bindings.map((binding) => this.valueOf(binding)).find(isKnown);
      if (found !== undefined) return found;
      const inside = this.#modules.get(this.#files.python(module.file, `.${name}`) ?? '');
      if (inside !== undefined && path.basename(module.file) === '__init__.py')
        return { kind: 'module', module: inside };
    } else {
      const own = module.exports.get(name);
      if (own !== undefined) return this.valueOf(own);
      const assigned = module.exports.get('=');
      if (assigned !== undefined) {
        const value = this.valueOf(assigned);
        return name === 'default' ? value : this.#member(value, name);
      }
    }
    for (const star of module.stars) {
      const found = this.#starred(star, name);
      if (isKnown(found)) return found;
    }
    return UNKNOWN;
  }

  #starred(star: Binding, name: string): Value {
    if (star.value.kind !== 'import') return UNKNOWN;
    const from = this.#import(star.value.module, '', star.site.scope.module);
    // Two modules may import everything of each other.
    if (from.kind !== 'module' || this.#open.has(star.value)) return UNKNOWN;
    this.#open.add(star.value);
    const found = this.#exported(from.module, name);
    this.#open.delete(star.value);
    return found;
  }

  #required(value: Value & { kind: 'module' }): Value {
    const assigned = value.module.exports.get('=');
    const whole = assigned === undefined ? UNKNOWN : this.valueOf(assigned);
    return isKnown(whole) && whole.kind !== 'object' ? whole : value;
  }

  /** What a module is where it stands for its one value. */
  #whole(module: Module): Value {
    const binding = module.exports.get('default') ?? module.exports.get('=');
    return binding === undefined ? UNKNOWN : this.valueOf(binding);
  }
}

const TESTS =
  /[\\/](tests?|__tests__|specs?)[\\/]|[\\/](test_[^\\/]*|[^\\/]*_test|conftest)\.py$|\.(test|spec)\.[cm]?[jt]sx?$/;
const MEANINGLESS: ReadonlySet<Expression['kind']> = new Set(['other', 'compare']);
const PARTS_OF_URL = new Set([
  '0',
  'pathname',
  'path',
  'href',
  'split',
  'replace',
  'toLowerCase',
  'slice',
  'at',
  'shift',
  'trim',
]);
const READS_URL = new Set(['global.URL', 'url.URL', 'url.parse', 'global.decodeURI', 'global.decodeURIComponent']);

/** Something that says more than a setting read from outside. */
function isMeant(value: Value): boolean {
  return value.kind !== 'unknown' && value.kind !== 'outside' && value.kind !== 'called';
}

/** The first that counts. Settings from outside are passed over for their default, but a default does not stand for what is not followed. */
function firstOf(values: readonly Value[]): Value {
  const found = values.find((value) => isMeant(value) && !(value.kind === 'text' && value.value === ''));
  if (found?.kind !== 'text') return found ?? UNKNOWN;
  return values.slice(0, values.indexOf(found)).some(({ kind }) => kind === 'unknown') ? UNKNOWN : found;
}

/** One of several, nobody knows which: a text only where all are the same. */
function oneOf(values: readonly Value[]): Value {
  const [first] = values;
  if (first?.kind === 'text' && values.every((value) => value.kind === 'text' && value.value === first.value))
    return first;
  return (
    values.find((value) => isMeant(value) && value.kind !== 'text') ??
    values.find(({ kind }) => kind === 'called') ??
    UNKNOWN
  );
}

/** An object's names and values, as a list of pairs. */
function pairsOf({ entries, site }: Value & { kind: 'object' }): Value {
  const items = entries.map(({ name, value }): Binding => {
    const pair: Expression = { kind: 'list', items: [{ kind: 'text', value: name }, value] };
    return { value: pair, site };
  });
  return { kind: 'list', items };
}

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
