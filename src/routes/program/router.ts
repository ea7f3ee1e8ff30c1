import type { Framework } from '../frameworks/framework.ts';
import type { Route } from '../route.ts';

/** An app, a router, a blueprint, or anything else that routes are declared on and that can be put under a prefix. */
export class Router {
  readonly framework: Framework;
  /** In front of its own routes, wherever it is mounted. */
  prefix: string;
  readonly routes: Route[] = [];
  readonly mounts: { readonly parent: Router; readonly prefix: string; readonly instead: boolean }[] = [];
  /** Mounting this one mounts that. */
  readonly origin: Router;

  constructor(framework: Framework, prefix = '', origin: Router | null = null) {
    this.framework = framework;
    this.prefix = prefix;
    this.origin = origin ?? this;
  }

  /** Puts a router under this one. With `instead` the prefix replaces the child's own. */
  mount(child: Router, prefix: string, instead = false): void {
    const { mounts } = child.origin;
    if (child.origin === this) return;
    if (mounts.some((each) => each.parent === this && each.prefix === prefix)) return;
    mounts.push({ parent: this, prefix, instead });
  }

  /** Every prefix its routes can be asked under. */
  prefixes(under: ReadonlySet<Router> = new Set()): string[] {
    if (under.has(this)) return [];
    if (this.mounts.length === 0) return [this.prefix];
    const inner = new Set([...under, this]);
    const found = this.mounts.flatMap(({ parent, prefix, instead }) => {
      const own = instead ? prefix : this.framework.join(prefix, this.prefix);
      return parent.prefixes(inner).map((outer) => parent.framework.join(outer, own));
    });
    return [...new Set(found)];
  }
}
