import path from 'node:path';
import { Language, Parser } from '@vscode/tree-sitter-wasm';
import { lowerJavaScript } from './javascript.ts';
import { lowerPython } from './python.ts';
import type { Grammar } from './source-file.ts';

const GRAMMARS: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.jsx': 'javascript',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
  '.tsx': 'tsx',
};

/** tree-sitter's grammars, each loaded from the folder where its `.wasm` file lies when a file first needs it. */
export class Grammars {
  readonly #folder: string;
  #ready: Promise<void> | null = null;
  readonly #held = new Map<string, Promise<Grammar>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The grammar for a file, by its ending; null where there is none. Throws where its `.wasm` file is missing. */
  of(file: string): Promise<Grammar> | null {
    const name = GRAMMARS[path.extname(file).toLowerCase()];
    if (name === undefined) return null;
    const held = this.#held.get(name) ?? this.#load(name);
    this.#held.set(name, held);
    return held;
  }

  async #load(name: string): Promise<Grammar> {
    this.#ready ??= Parser.init({ locateFile: (file) => path.join(this.#folder, file) });
    await this.#ready;
    const parser = new Parser();
    parser.setLanguage(await Language.load(path.join(this.#folder, `tree-sitter-${name}.wasm`)));
    return name === 'python'
      ? { language: 'python', parser, lower: lowerPython }
      : { language: 'javascript', parser, lower: lowerJavaScript };
  }
}
