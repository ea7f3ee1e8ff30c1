import type { Defined, Module, Site, Test } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Router } from '../program/router.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax } from '../syntax/syntax.ts';

/** What of a program declares routes, for one framework. Everything is optional but how it joins paths. */
export interface Framework {
  /** A prefix and what comes behind it, as this framework puts them together. */
  join(prefix: string, path: string): string;
  /** What calling something of a library makes, by its name: `fastapi.FastAPI`. Called once for each call. */
  readonly makes?: Readonly<Record<string, (call: CallSyntax, site: Site, program: Program) => Value | null>>;
  /** Types a parameter may have that make it a router of this framework. */
  readonly types?: readonly string[];
  /** Types of functions whose first parameter is such a router. */
  readonly pluginTypes?: readonly string[];
  /** What a property of a router is; without it a method. */
  member?(router: Router, name: string): Value | null;
  /** Declares what a call of a router's method declares. */
  declare?(router: Router, name: string, call: CallSyntax, site: Site, program: Program): void;
  /** What the call of a router's method gives. */
  result?(router: Router, name: string, call: CallSyntax, site: Site, program: Program): Value | null;
  /** Declares what is declared at a path: `router.route('/x').get(…)`. */
  declareAt?(router: Router, path: string, name: string, call: CallSyntax, site: Site, program: Program): void;
  /** A function of a library was called, by its name: `http.createServer`. */
  called?(name: string, call: CallSyntax, site: Site, program: Program): void;
  defined?(defined: Defined, program: Program): void;
  module?(module: Module, program: Program): void;
  test?(test: Test, program: Program): void;
}
