import type { Framework } from '../frameworks/framework.ts';
import type { CallSyntax, Expression, FunctionSyntax } from '../syntax/syntax.ts';
import type { CallArguments } from './call-arguments.ts';
import { type Binding, classAround, type Module, type Scope, type Site } from './module.ts';
import { ModuleValues } from './module-values.ts';
import type { Program } from './program.ts';
import { isKnown, UNKNOWN, type Value } from './value.ts';

const MAX_DEPTH = 400;
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

/** What expressions are, as far as it can be told without running them. */
export class Evaluator {
  readonly #program: Program;
  readonly #given: CallArguments;
  readonly #imports: ModuleValues;
  readonly #makes = new Map<string, Framework>();
  readonly #types = new Map<string, Framework>();
  readonly #pluginTypes = new Map<string, Framework>();
  #values = new Map<object, Value>();
  readonly #open = new Set<object>();
  /** The item that a function is called with at the moment, and what holds only with it. */
  readonly #items = new Map<FunctionSyntax, Binding>();
  #looped = new Map<object, Value>();
  /** Whether what is evaluated depends on such an item. */
  #varies = false;

  /** @param program what frameworks are handed, to ask it in turn */
  constructor(program: Program, frameworks: readonly Framework[], given: CallArguments) {
    this.#program = program;
    this.#given = given;
    this.#imports = new ModuleValues(program.modules, this);
    for (const framework of frameworks) {
      for (const name of Object.keys(framework.makes ?? {})) this.#makes.set(name, framework);
      for (const name of framework.types ?? []) this.#types.set(name, framework);
      for (const name of framework.pluginTypes ?? []) this.#pluginTypes.set(name, framework);
    }
  }

  /** Evaluates everything anew from here on: more is known of what functions are called with. */
  forget(): void {
    this.#values = new Map();
  }

  /** Evaluates what `act` asks for as where a loop has come to an item. */
  atItem(of: FunctionSyntax, item: Binding, act: () => void): void {
    this.#looped = new Map();
    this.#items.set(of, item);
    act();
    this.#looped = new Map();
    this.#items.delete(of);
  }

  /** What a module is where it stands for its one value. */
  whole(module: Module): Value {
    return this.#imports.whole(module);
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

  #evaluate(of: Expression, site: Site): Value {
    switch (of.kind) {
      case 'name':
        return this.#name(of.name, site);
      case 'text':
      case 'pattern':
        return of;
      case 'member':
        return this.member(this.value(of.object, site), of.name);
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
        return this.#imports.imported(of.module, of.name, site.scope.module);
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
    return [...this.#program.items(item.of, site)];
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
      const found = this.#imports.starred(star, name);
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
    if (this.#given.loopOf(owner) !== undefined) this.#varies = true;
    const item = index === 0 ? this.#items.get(owner) : undefined;
    if (item !== undefined) return this.valueOf(item);
    const values = this.#given.valuesOf(owner, index);
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
    return framework === undefined ? UNKNOWN : { kind: 'routers', routers: [this.#program.router(param, framework)] };
  }

  member(object: Value, name: string): Value {
    switch (object.kind) {
      case 'outside':
        return { kind: 'outside', name: name === 'default' ? object.name : `${object.name}.${name}` };
      case 'called':
        return { kind: 'outside', name: `${object.name}().${name}` };
      case 'module':
        return this.#imports.exported(object.module, name);
      case 'instance':
      case 'class': {
        const found = this.field(object.scope, name);
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

  field(scope: Scope, name: string): Value | null {
    for (const binding of (scope.fields.get(name) ?? []).toReversed()) {
      const value = this.valueOf(binding);
      if (isKnown(value)) return value;
    }
    const { owner } = scope;
    if (owner?.kind !== 'class' || scope.outer === null) return null;
    for (const base of owner.bases) {
      const value = this.value(base, { scope: scope.outer, order: Number.POSITIVE_INFINITY });
      const found = value.kind === 'class' && value.scope !== scope ? this.field(value.scope, name) : null;
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
        const results = callee.routers.map((each) =>
          each.framework.result?.(each, callee.name, call, site, this.#program),
        );
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
      const made = this.#makes.get(value.name)?.makes?.[value.name]?.(call, site, this.#program);
      if (made) return made;
    }
    return { kind: 'instance', of: of.of, scope: of.scope };
  }

  #callOutside(name: string, call: CallSyntax, site: Site): Value {
    const [first] = call.args;
    switch (name) {
      case 'global.require':
      case 'global.import': {
        const module = first === undefined ? null : this.#program.text(first, site);
        const value = module === null ? UNKNOWN : this.#imports.imported(module, '', site.scope.module);
        return value.kind === 'module' && name === 'global.require' ? this.#imports.required(value) : value;
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
    const made = this.#makes.get(name)?.makes?.[name]?.(call, site, this.#program);
    if (made) return made;
    const asked = first === undefined ? UNKNOWN : this.value(first, site);
    if (asked.kind === 'asked' && asked.what === 'url' && READS_URL.has(name)) return asked;
    return { kind: 'called', name, call, site };
  }
}

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
