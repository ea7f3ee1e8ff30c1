import type { Expression, FunctionSyntax } from '../syntax/syntax.ts';
import type { Site } from './module.ts';
import type { Value } from './value.ts';

/** Where a parameter's value comes from. The same key is the same source. */
export interface Source {
  readonly key: object;
  readonly value: () => Value;
}

/** A list whose items a function is called with, one after the other. */
export interface Loop {
  readonly list: Expression;
  readonly site: Site;
}

/** What the functions of a program are called with, as far as calls have been looked at. */
export class CallArguments {
  readonly #sources = new Map<FunctionSyntax, Map<number, Map<object, Source>>>();
  readonly #loops = new Map<FunctionSyntax, Loop>();
  #learned = false;

  /** Whether something new was told since this was asked before. */
  takeLearned(): boolean {
    const learned = this.#learned;
    this.#learned = false;
    return learned;
  }

  /** Tells where a parameter's value comes from. */
  add(of: FunctionSyntax, index: number, source: Source): void {
    const params = this.#sources.get(of) ?? new Map<number, Map<object, Source>>();
    this.#sources.set(of, params);
    const sources = params.get(index) ?? new Map<object, Source>();
    params.set(index, sources);
    if (sources.has(source.key)) return;
    sources.set(source.key, source);
    this.#learned = true;
  }

  /** Tells that a function is called with each item of a list. */
  addLoop(of: FunctionSyntax, loop: Loop): void {
    if (this.#loops.has(of)) return;
    this.#loops.set(of, loop);
    this.#learned = true;
  }

  loopOf(of: FunctionSyntax): Loop | undefined {
    return this.#loops.get(of);
  }

  /** What a parameter has been seen to be given. */
  valuesOf(of: FunctionSyntax, index: number): Value[] {
    return [...(this.#sources.get(of)?.get(index)?.values() ?? [])].map((source) => source.value());
  }
}
