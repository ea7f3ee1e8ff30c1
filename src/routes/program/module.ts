import type {
  CallSyntax,
  ClassSyntax,
  CompareSyntax,
  Decorator,
  Expression,
  FunctionSyntax,
  Parameter,
  Place,
  Statement,
} from '../syntax/syntax.ts';

export type Language = 'python' | 'javascript';

/** Where an expression stands: whose names it sees, and which of them are bound before it. */
export interface Site {
  readonly scope: Scope;
  readonly order: number;
}

export interface Binding {
  readonly value: Expression;
  readonly site: Site;
}

export interface Scope {
  readonly module: Module;
  readonly outer: Scope | null;
  readonly owner: FunctionSyntax | ClassSyntax | null;
  readonly names: Map<string, Binding[]>;
  readonly params: ReadonlyMap<string, { readonly index: number; readonly param: Parameter }>;
  /** Of a class: what its instances hold. */
  readonly fields: Map<string, Binding[]>;
  readonly returns: Binding[];
}

/** A test of what a request asks, with the tests that hold too, and what happens then. */
export interface Test {
  readonly left: Expression;
  readonly right: Expression;
  readonly place: Place;
  readonly site: Site;
  readonly given: readonly Expression[];
  readonly body: readonly Statement[];
}

export interface Defined {
  readonly of: FunctionSyntax | ClassSyntax;
  readonly decorators: readonly Decorator[];
  readonly site: Site;
}

/** What one statement of a file adds to its module. */
interface Part {
  /** Where in the file it stands now: bindings before and behind it are told by that. */
  index: number;
  readonly names: [name: string, binding: Binding][];
  readonly exports: [name: string, binding: Binding][];
  readonly stars: Binding[];
  readonly calls: { readonly call: CallSyntax; readonly site: Site }[];
  readonly tests: Test[];
  readonly defined: Defined[];
  readonly scopes: [of: FunctionSyntax | ClassSyntax, scope: Scope][];
  readonly typed: [of: FunctionSyntax, binding: Binding][];
}

/** A file's names, and what of it may declare a route. */
export class Module {
  readonly file: string;
  readonly language: Language;
  readonly scope: Scope;
  readonly exports = new Map<string, Binding>();
  stars: readonly Binding[] = [];
  calls: readonly { readonly call: CallSyntax; readonly site: Site }[] = [];
  tests: readonly Test[] = [];
  defined: readonly Defined[] = [];
  readonly scopes = new Map<FunctionSyntax | ClassSyntax, Scope>();
  /** Types written at the name a function is bound to. */
  readonly typed = new Map<FunctionSyntax, Binding>();
  #parts = new Map<readonly Statement[], Part>();

  constructor(file: string, language: Language) {
    this.file = file;
    this.language = language;
    this.scope = newScope(this, null, null);
  }

  /** Takes a version of the file, statement by statement. What is the same list as before is not read again. */
  update(statements: readonly (readonly Statement[])[]): void {
    const before = this.#parts;
    this.#parts = new Map();
    for (const names of [this.scope.names, this.exports, this.scopes, this.typed]) names.clear();
    for (const [index, statement] of statements.entries()) {
      const part = before.get(statement) ?? new PartReader(this).part(statement);
      part.index = index;
      this.#parts.set(statement, part);
      for (const [name, binding] of part.names) add(this.scope.names, name, binding);
      for (const [name, binding] of part.exports) this.exports.set(name, binding);
      for (const [of, scope] of part.scopes) this.scopes.set(of, scope);
      for (const [of, binding] of part.typed) this.typed.set(of, binding);
    }
    const parts = [...this.#parts.values()];
    this.stars = parts.flatMap(({ stars }) => stars);
    this.calls = parts.flatMap(({ calls }) => calls);
    this.tests = parts.flatMap(({ tests }) => tests);
    this.defined = parts.flatMap(({ defined }) => defined);
  }
}

/** More than any one statement holds. */
const ORDERS = 2 ** 24;

class PlacedSite implements Site {
  readonly scope: Scope;
  readonly #part: Part;
  readonly #offset: number;

  constructor(scope: Scope, part: Part, offset: number) {
    this.scope = scope;
    this.#part = part;
    this.#offset = offset;
  }

  get order(): number {
    return this.#part.index * ORDERS + this.#offset;
  }
}

function newScope(module: Module, outer: Scope | null, owner: FunctionSyntax | ClassSyntax | null): Scope {
  return {
    module,
    outer,
    owner,
    names: new Map(),
    params: owner?.kind === 'function' ? paramsOf(owner) : NO_PARAMS,
    fields: new Map(),
    returns: [],
  };
}

const NO_PARAMS: Scope['params'] = new Map();

function paramsOf({ params }: FunctionSyntax): Scope['params'] {
  return params.length === 0 ? NO_PARAMS : new Map(params.map((param, index) => [param.name, { index, param }]));
}

class PartReader {
  readonly #module: Module;
  readonly #part: Part = {
    index: 0,
    names: [],
    exports: [],
    stars: [],
    calls: [],
    tests: [],
    defined: [],
    scopes: [],
    typed: [],
  };
  readonly #seen = new Set<Expression>();
  #order = 0;

  constructor(module: Module) {
    this.#module = module;
  }

  part(statements: readonly Statement[]): Part {
    this.#read(statements, this.#module.scope, []);
    return this.#part;
  }

  /** `given` are the tests that hold where the statements run. */
  #read(statements: readonly Statement[], scope: Scope, given: readonly Expression[]): void {
    for (const statement of statements) this.#statement(statement, scope, given);
  }

  #statement(statement: Statement, scope: Scope, given: readonly Expression[]): void {
    const site = new PlacedSite(scope, this.#part, this.#order++);
    switch (statement.kind) {
      case 'bind': {
        const binding: Binding = { value: statement.value, site };
        if (statement.name === '*') this.#part.stars.push(binding);
        else if (scope === this.#module.scope) this.#part.names.push([statement.name, binding]);
        else add(scope.names, statement.name, binding);
        if (scope.owner?.kind === 'class') add(scope.fields, statement.name, binding);
        if (statement.annotation !== null && statement.value.kind === 'function')
          this.#part.typed.push([statement.value, { value: statement.annotation, site }]);
        this.#expression(statement.value, site, given, []);
        return;
      }
      case 'field': {
        const holder = classAround(scope);
        if (holder !== null) add(holder.fields, statement.name, { value: statement.value, site });
        this.#expression(statement.value, site, given, []);
        return;
      }
      case 'export':
        if (statement.name === '*') this.#part.stars.push({ value: statement.value, site });
        else this.#part.exports.push([statement.name, { value: statement.value, site }]);
        this.#expression(statement.value, site, given, []);
        return;
      case 'define':
        this.#part.defined.push({ of: statement.of, decorators: statement.decorators, site });
        for (const { value } of statement.decorators) this.#expression(value, site, given, []);
        this.#expression(statement.of, site, given, []);
        return;
      case 'do':
        this.#expression(statement.value, site, given, []);
        return;
      case 'return':
        functionAround(scope)?.returns.push({ value: statement.value, site });
        this.#expression(statement.value, site, given, []);
        return;
      case 'if':
        this.#expression(statement.test, site, given, statement.body);
        this.#read(statement.body, scope, [...given, statement.test]);
        this.#read(statement.otherwise, scope, given);
        return;
      case 'switch':
        this.#expression(statement.value, site, given, []);
        for (const { value, body, place } of statement.cases) {
          if (value === null) this.#read(body, scope, given);
          else {
            const test: CompareSyntax = { kind: 'compare', left: statement.value, right: value, place };
            this.#part.tests.push({ left: statement.value, right: value, place, site, given, body });
            this.#read(body, scope, [...given, test]);
          }
        }
        return;
      case 'block':
        this.#read(statement.body, scope, given);
    }
  }

  #expression(of: Expression, site: Site, given: readonly Expression[], then: readonly Statement[]): void {
    // A value that is assigned and used in one expression stands in two statements.
    if (this.#seen.has(of)) return;
    switch (of.kind) {
      case 'call':
        this.#seen.add(of);
        this.#part.calls.push({ call: of, site });
        this.#expression(of.callee, site, given, []);
        for (const argument of of.args) this.#expression(argument, site, given, []);
        for (const { value } of of.named) this.#expression(value, site, given, []);
        return;
      case 'function':
      case 'class': {
        this.#seen.add(of);
        const inner = newScope(this.#module, site.scope, of);
        this.#part.scopes.push([of, inner]);
        const from = new PlacedSite(inner, this.#part, this.#order++);
        if (of.kind === 'function')
          for (const { parts } of of.params)
            for (const { name, value } of parts) add(inner.names, name, { value, site: from });
        // What held around a function may no longer hold when it is called.
        this.#read(of.body, inner, []);
        return;
      }
      case 'compare':
        this.#seen.add(of);
        this.#part.tests.push({ left: of.left, right: of.right, place: of.place, site, given, body: then });
        this.#each([of.left, of.right], site, given);
        return;
      case 'all':
        for (const part of of.of) this.#expression(part, site, [...given, ...of.of], then);
        return;
      case 'choice':
        for (const part of of.of) this.#expression(part, site, given, then);
        return;
      case 'either':
        this.#each([of.test, ...of.of], site, given);
        return;
      case 'other':
        this.#each(of.of, site, given);
        return;
      case 'member':
        this.#expression(of.object, site, given, []);
        return;
      case 'sum':
        this.#each(of.parts, site, given);
        return;
      case 'list':
        this.#each(of.items, site, given);
        return;
      case 'object':
        for (const { value } of of.entries) this.#expression(value, site, given, []);
        return;
      case 'spread':
        this.#expression(of.of, site, given, []);
        return;
      case 'name':
      case 'text':
      case 'pattern':
      case 'import':
    }
  }

  #each(parts: readonly Expression[], site: Site, given: readonly Expression[]): void {
    for (const part of parts) this.#expression(part, site, given, []);
  }
}

/** The scope of the class whose method this is. */
export function classAround(scope: Scope): Scope | null {
  for (let each: Scope | null = scope; each !== null; each = each.outer) if (each.owner?.kind === 'class') return each;
  return null;
}

function functionAround(scope: Scope): Scope | null {
  for (let each: Scope | null = scope; each !== null; each = each.outer)
    if (each.owner?.kind === 'function') return each;
  return null;
}

function add(names: Map<string, Binding[]>, name: string, binding: Binding): void {
  const before = names.get(name);
  if (before === undefined) names.set(name, [binding]);
  else before.push(binding);
}
