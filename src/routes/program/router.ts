import type { Framework } from '../frameworks/framework.ts';
import type { Route } from '../route.ts';
import type { Module } from './module.ts';

/** The test file that is looked at, if it is one. */
export interface Testing {
  module: Module | null;
}

/** An app, a router, a blueprint, or anything else that routes are declared on and that can be put under a prefix. */
export class Router {
  readonly framework: Framework;
  /** In front of its own routes, wherever it is mounted. */
  prefix: string;
  readonly routes: Route[] = [];
  readonly mounts: { readonly parent: Router; readonly prefix: string; readonly instead: boolean }[] = [];
  /** Mounting this one mounts that. */
  readonly origin: Router;

  /** Made by a test, to try something out. */
  readonly #tried: boolean;
  readonly #tests: Testing;

  constructor(framework: Framework, tests: Testing, prefix = '', origin: Router | null = null) {
    this.framework = framework;
    this.#tests = tests;
    this.#tried = tests.module !== null;
    this.prefix = prefix;
    this.origin = origin ?? this;
  }

  /** Puts a router under this one. With `instead` the prefix replaces the child's own. */
  mount(child: Router, prefix: string, instead = false): void {
    const { mounts } = child.origin;
    if (child.origin === this) return;
    // A test puts the program's routers where it likes; the program does not serve them there.
    if (this.#tests.module !== null && !child.#tried) return;
    if (mounts.some((each) => each.parent === this && each.prefix === prefix)) return;
    mounts.push({ parent: this, prefix, instead });
  }

  /** Every prefix its routes can be asked under. */
  prefixes(): string[] {
    const found = new Set<string>();
    const walk = new PrefixWalk(found);
    walk.up(this, '', []);
    // Mounted only in a circle, it is asked under none that is known.
    return found.size === 0 ? [this.prefix] : [...found];
  }
}

/** Routers that mount each other crosswise have prefixes without end. */
const MAX_STEPS = 500;

class PrefixWalk {
  readonly #found: Set<string>;
  #steps = 0;

  constructor(found: Set<string>) {
    this.#found = found;
  }

  /** `inner` is the path below this router, `under` are the routers between. */
  up(router: Router, inner: string, under: readonly Router[]): void {
    if (this.#steps++ > MAX_STEPS || under.includes(router)) return;
    const { framework, prefix: own, mounts } = router;
    if (mounts.length === 0) this.#found.add(framework.join(own, inner));
    for (const { parent, prefix, instead } of mounts) {
      const outer = instead ? prefix : framework.join(prefix, own);
      this.up(parent, framework.join(outer, inner), [...under, router]);
    }
  }
}
