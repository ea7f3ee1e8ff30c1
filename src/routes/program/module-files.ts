import path from 'node:path';

/** Finds the file a module's name means, among the files that are known. */
export class ModuleFiles {
  readonly #has: (file: string) => boolean;

  constructor(has: (file: string) => boolean) {
    this.#has = has;
  }

  /** `./users`, `../app.js`, and the aliases `@/users`, `~/users`, `src/users`. @returns null where it is not ours */
  javascript(from: string, name: string): string | null {
    const folder = path.dirname(from);
    if (/^\.{1,2}(\/|$)/.test(name)) return this.#source(path.resolve(folder, name));
    const inside = name.replace(/^(@|~|#)\//, '');
    // A package's own name never begins so, and one with a scope never ends after it.
    if (inside === name && !/^(src|app|lib|server)\//.test(name)) return null;
    for (const root of ancestors(folder)) {
      const found = this.#source(path.join(root, 'src', inside)) ?? this.#source(path.join(root, inside));
      if (found !== null) return found;
    }
    return null;
  }

  /** `app.routers.items`, `.items`, `..`. @returns null where it is not ours */
  python(from: string, name: string): string | null {
    const dots = /^\.*/.exec(name)![0].length;
    const parts = name.slice(dots).split('.').filter(Boolean);
    const folder = path.dirname(from);
    if (dots > 0) return this.#package(path.join(folder, ...Array<string>(dots - 1).fill('..'), ...parts));
    for (const root of ancestors(folder)) {
      const found = this.#package(path.join(root, ...parts)) ?? this.#package(path.join(root, 'src', ...parts));
      if (found !== null) return found;
    }
    return null;
  }

  #source(stem: string): string | null {
    // TypeScript's imports name the file it is compiled to.
    const written = stem.replace(/\.(?:([cm])?js|jsx)$/, (_, kind: string | undefined) => `.${kind ?? ''}ts`);
    const names = [
      stem,
      written,
      `${written}x`,
      ...ENDINGS.map((ending) => stem + ending),
      ...ENDINGS.map((ending) => path.join(stem, `index${ending}`)),
    ];
    return names.find((name) => this.#has(name)) ?? null;
  }

  #package(stem: string): string | null {
    return [`${stem}.py`, path.join(stem, '__init__.py')].find((name) => this.#has(name)) ?? null;
  }
}

const ENDINGS = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.mts', '.cts', '.jsx'];

function ancestors(folder: string): string[] {
  const up = path.dirname(folder);
  return up === folder ? [folder] : [folder, ...ancestors(up)];
}
