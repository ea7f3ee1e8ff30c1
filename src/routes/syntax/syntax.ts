/**
 * What routes can be read from, in one form for every language: bindings, calls, functions, classes, texts. The rest is dropped.
 * Lines are kept relative to a {@link Unit}, so that a unit an edit only moved can be used again.
 */
export interface Unit {
  /** 0-based row where it begins now. */
  row: number;
  readonly nested: Unit[];
}

export interface Place {
  readonly unit: Unit;
  /** Rows below the unit's first. */
  readonly offset: number;
}

export interface NamedValue {
  readonly name: string;
  readonly value: Expression;
}

export interface CallSyntax {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly args: readonly Expression[];
  readonly named: readonly NamedValue[];
  /** Where the called name stands: in a chain, the line of this link. */
  readonly place: Place;
}

export interface Parameter {
  readonly name: string;
  readonly annotation: Expression | null;
  /** The parts a destructured parameter is taken into. */
  readonly parts: readonly NamedValue[];
}

export interface FunctionSyntax {
  readonly kind: 'function';
  readonly name: string | null;
  readonly params: readonly Parameter[];
  readonly body: readonly Statement[];
}

export interface ClassSyntax {
  readonly kind: 'class';
  readonly name: string | null;
  readonly bases: readonly Expression[];
  readonly body: readonly Statement[];
}

export interface CompareSyntax {
  readonly kind: 'compare';
  readonly left: Expression;
  readonly right: Expression;
  readonly place: Place;
}

export type Expression =
  | CallSyntax
  | FunctionSyntax
  | ClassSyntax
  | CompareSyntax
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'text'; readonly value: string }
  /** A regular expression. */
  | { readonly kind: 'pattern'; readonly source: string }
  /** Texts or lists after one another. */
  | { readonly kind: 'sum'; readonly parts: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly NamedValue[] }
  | { readonly kind: 'spread'; readonly of: Expression }
  /** `a or b`, `a ?? b`: the first that is known counts. */
  | { readonly kind: 'choice'; readonly of: readonly Expression[] }
  /** `x if c else y`: one of two, with what decides. */
  | { readonly kind: 'either'; readonly test: Expression; readonly of: readonly Expression[] }
  | { readonly kind: 'all'; readonly of: readonly Expression[] }
  /** `name` of a module; an empty name is the module, `*` everything in it. */
  | { readonly kind: 'import'; readonly module: string; readonly name: string }
  | { readonly kind: 'other'; readonly of: readonly Expression[] };

export interface Decorator {
  readonly value: Expression;
  readonly place: Place;
}

export type Statement =
  | { readonly kind: 'bind'; readonly name: string; readonly value: Expression; readonly annotation: Expression | null }
  /** `this.name = value`, `self.name = value`, or a field of a class. */
  | { readonly kind: 'field'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'export'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'define'; readonly of: FunctionSyntax | ClassSyntax; readonly decorators: readonly Decorator[] }
  | { readonly kind: 'do'; readonly value: Expression }
  | { readonly kind: 'return'; readonly value: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'switch';
      readonly value: Expression;
      readonly cases: readonly {
        readonly value: Expression | null;
        readonly body: readonly Statement[];
        readonly place: Place;
      }[];
    }
  | { readonly kind: 'block'; readonly body: readonly Statement[] };

export const NOTHING: Expression = { kind: 'other', of: [] };
/** Python's, as written down; known by being these. */
export const TRUE: Expression = { kind: 'other', of: [] };
export const FALSE: Expression = { kind: 'other', of: [] };

/** A name that stands for what another module calls `member`. */
export function bindImport(name: string, module: string, member: string): Statement {
  return { kind: 'bind', name, value: { kind: 'import', module, name: member }, annotation: null };
}

/** 1-based. */
export function lineOf(place: Place): number {
  return place.unit.row + place.offset + 1;
}
