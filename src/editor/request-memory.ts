import type * as vscode from 'vscode';
import { tellsSecret } from '../load/plan/redaction.ts';
import { matches, type Route } from '../routes/route.ts';
import { valuesIn } from '../routes/route-path.ts';

const REMEMBERED = 'tailflame.requests';
const MOST_REMEMBERED = 200;

/** What was sent to a route. */
export interface SentRequest {
  /** Null: it was sent without one. Absent: nobody typed it. */
  readonly body?: string | null;
  /** Of the path, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the route took it: it passed the preflight. */
  readonly taken: boolean;
}

/** The requests last typed in this workspace, by method and path. */
export class RequestMemory {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** The one last sent to the route, or to an address that is the route's. */
  of(route: Route): SentRequest | null {
    const all = this.#all();
    const own = all[keyOf(route.method, route.path)];
    if (own !== undefined) return own;
    const fitting = Object.entries(all).flatMap(([key, sent]) => {
      const [, method, path] = /^(\S+) (.*)$/s.exec(key)!;
      return matches(route, method!, path!) ? [{ ...sent, parameters: valuesIn(route.path, path!) ?? {} }] : [];
    });
    return fitting.at(-1) ?? null;
  }

  /** A body that holds a secret is not kept: it would lie on the disk. */
  async keep(method: string | null, path: string, { body, ...rest }: SentRequest): Promise<void> {
    const sent =
      typeof body === 'string' && tellsSecret(body) ? rest : { ...rest, ...(body === undefined ? {} : { body }) };
    const { [keyOf(method, path)]: _, ...others } = this.#all();
    const kept = [...Object.entries(others), [keyOf(method, path), sent] as const].slice(-MOST_REMEMBERED);
    await this.#memory.update(REMEMBERED, Object.fromEntries(kept));
  }

  #all(): Readonly<Record<string, SentRequest>> {
    return this.#memory.get<Record<string, SentRequest>>(REMEMBERED, {});
  }
}

function keyOf(method: string | null, path: string): string {
  return `${method ?? 'ANY'} ${path}`;
}
