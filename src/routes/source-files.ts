import { performance } from 'node:perf_hooks';
import { findRoutes } from './find-routes.ts';
import type { Module } from './program/module.ts';
import type { Route } from './route.ts';
import { Grammars } from './syntax/grammars.ts';
import { SourceFile } from './syntax/source-file.ts';

/** The sources of a workspace, parsed when their routes are asked for. */
export class SourceFiles {
  readonly #grammars: Grammars;
  readonly #files = new Map<string, SourceFile>();
  /** Versions not parsed yet: of many, only the last is. */
  readonly #waiting = new Map<string, string>();
  #routes: Route[] | null = null;
  /** ms that parsing took for the last answer that needed any. */
  #parseTime = 0;

  /** `grammars` is the folder of the `.wasm` files. */
  constructor(grammars: string) {
    this.#grammars = new Grammars(grammars);
  }

  update(file: string, source: string): void {
    this.#waiting.set(file, source);
    this.#routes = null;
  }

  remove(file: string): void {
    this.#waiting.delete(file);
    this.#files.get(file)?.dispose();
    this.#files.delete(file);
    this.#routes = null;
  }

  /** The routes of all files together, as their sources are now, by file and line. */
  async routes(): Promise<Route[]> {
    while (this.#routes === null) {
      await this.#parse();
      // A version may have come while a grammar was loaded.
      if (this.#waiting.size > 0) continue;
      const modules = new Map<string, Module>([...this.#files].map(([file, held]) => [file, held.module]));
      this.#routes = findRoutes(modules);
    }
    return this.#routes;
  }

  get parseTime(): number {
    return this.#parseTime;
  }

  async #parse(): Promise<void> {
    this.#parseTime = 0;
    for (const [file] of [...this.#waiting]) {
      const grammar = await this.#grammars.of(file);
      const source = this.#waiting.get(file);
      if (source === undefined) continue;
      this.#waiting.delete(file);
      if (grammar === null) continue;
      const held = this.#files.get(file) ?? new SourceFile(file, grammar);
      this.#files.set(file, held);
      const start = performance.now();
      held.update(source);
      this.#parseTime += performance.now() - start;
    }
  }
}
