import type { CallSyntax, ClassSyntax, FunctionSyntax, NamedValue } from '../syntax/syntax.ts';
import type { Binding, Module, Scope, Site } from './module.ts';
import type { Router } from './router.ts';

/** What an expression is known to be, without running anything. */
export type Value =
  | { readonly kind: 'unknown' }
  /** Something of a library or the language, by its name: `fastapi.FastAPI`. */
  | { readonly kind: 'outside'; readonly name: string }
  /** What a library's function gave. */
  | { readonly kind: 'called'; readonly name: string; readonly call: CallSyntax; readonly site: Site }
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'function'; readonly of: FunctionSyntax; readonly scope: Scope; readonly bound: boolean }
  | { readonly kind: 'class'; readonly of: ClassSyntax; readonly scope: Scope }
  | { readonly kind: 'instance'; readonly of: ClassSyntax; readonly scope: Scope }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'list'; readonly items: readonly Binding[] }
  | { readonly kind: 'object'; readonly entries: readonly NamedValue[]; readonly site: Site }
  | { readonly kind: 'routers'; readonly routers: readonly Router[] }
  /** A method of a router, not called yet. */
  | { readonly kind: 'method'; readonly routers: readonly Router[]; readonly name: string }
  /** A path of a router that methods are declared on next: `router.route('/x')`. */
  | { readonly kind: 'at'; readonly routers: readonly Router[]; readonly path: string }
  /** What a plain Node server's request asks. */
  | { readonly kind: 'asked'; readonly what: 'request' | 'url' | 'method' };

export const UNKNOWN: Value = { kind: 'unknown' };

export function isKnown(value: Value): boolean {
  return value.kind !== 'unknown';
}
