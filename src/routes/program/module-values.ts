import path from 'node:path';
import type { Evaluator } from './evaluator.ts';
import type { Binding, Module } from './module.ts';
import { ModuleFiles } from './module-files.ts';
import { isKnown, UNKNOWN, type Value } from './value.ts';

/** What modules import of each other, and of libraries. */
export class ModuleValues {
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #files: ModuleFiles;
  readonly #evaluator: Evaluator;
  readonly #open = new Set<object>();

  constructor(modules: ReadonlyMap<string, Module>, evaluator: Evaluator) {
    this.#modules = modules;
    this.#files = new ModuleFiles((file) => modules.has(file));
    this.#evaluator = evaluator;
  }

  imported(name: string, member: string, from: Module): Value {
    const python = from.language === 'python';
    const file = python ? this.#files.python(from.file, name) : this.#files.javascript(from.file, name);
    const module = file === null ? undefined : this.#modules.get(file);
    if (module !== undefined) return member === '' ? { kind: 'module', module } : this.exported(module, member);
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

  exported(module: Module, name: string): Value {
    if (module.language === 'python') {
      const bindings = module.scope.names.get(name)?.toReversed() ?? [];
      const found = bindings.map((binding) => this.#evaluator.valueOf(binding)).find(isKnown);
      if (found !== undefined) return found;
      const inside = this.#modules.get(this.#files.python(module.file, `.${name}`) ?? '');
      if (inside !== undefined && path.basename(module.file) === '__init__.py')
        return { kind: 'module', module: inside };
    } else {
      const own = module.exports.get(name);
      if (own !== undefined) return this.#evaluator.valueOf(own);
      const assigned = module.exports.get('=');
      if (assigned !== undefined) {
        const value = this.#evaluator.valueOf(assigned);
        return name === 'default' ? value : this.#evaluator.member(value, name);
      }
    }
    for (const star of module.stars) {
      const found = this.starred(star, name);
      if (isKnown(found)) return found;
    }
    return UNKNOWN;
  }

  starred(star: Binding, name: string): Value {
    if (star.value.kind !== 'import') return UNKNOWN;
    const from = this.imported(star.value.module, '', star.site.scope.module);
    // Two modules may import everything of each other.
    if (from.kind !== 'module' || this.#open.has(star.value)) return UNKNOWN;
    this.#open.add(star.value);
    const found = this.exported(from.module, name);
    this.#open.delete(star.value);
    return found;
  }

  required(value: Value & { kind: 'module' }): Value {
    const assigned = value.module.exports.get('=');
    const whole = assigned === undefined ? UNKNOWN : this.#evaluator.valueOf(assigned);
    return isKnown(whole) && whole.kind !== 'object' ? whole : value;
  }

  /** What a module is where it stands for its one value. */
  whole(module: Module): Value {
    const binding = module.exports.get('default') ?? module.exports.get('=');
    return binding === undefined ? UNKNOWN : this.#evaluator.valueOf(binding);
  }
}
