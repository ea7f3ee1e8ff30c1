import type { Target } from '../plan.ts';

/** The connection's own. */
const OF_THE_CONNECTION = new Set([
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'content-length',
  'te',
  'trailer',
]);
/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Of these a server takes one, and that is the first. */
const SINGLE = new Set(['content-type', 'authorization', 'host', 'user-agent', 'referer']);

/** Headers as they come: those that are given win over those that other options imply. Values are templates. */
export class HeaderGatherer {
  readonly #given = new Map<string, string>();
  readonly #implied = new Map<string, string>();
  readonly #withoutValue = new Set<string>();
  readonly #notes: string[] = [];
  #target: Partial<Target> = {};

  /** `Name: value`, `Name:` for none, or `Name;` for an empty one. */
  give(line: string): void {
    if (line.startsWith('@')) {
      this.#notes.push(`The headers in ${line.slice(1)} were left out.`);
      return;
    }
    const [, written, sign, rest] = /^([^:;]*)([:;]?)(.*)$/s.exec(line)!;
    const name = written!.trim().toLowerCase();
    const value = rest!.trim();
    if (!TOKEN.test(name) || sign === '' || (sign === ';' && value !== '')) {
      this.#notes.push(`"${line}" is not a header and was left out.`);
    } else if (sign === ':' && value === '') {
      this.#withoutValue.add(name);
    } else {
      this.set(name, value);
    }
  }

  set(name: string, value: string): void {
    if (name === 'connection') {
      if (/^close$/i.test(value)) this.#target = { ...this.#target, keepAlive: false };
      return;
    }
    if (name === 'accept-encoding') {
      // Which ones is for whoever has to read them.
      if (/gzip|deflate|br\b|zstd|\*/.test(value)) this.#target = { ...this.#target, compression: true };
      return;
    }
    if (OF_THE_CONNECTION.has(name)) return;
    const before = this.#given.get(name);
    if (before === undefined) this.#given.set(name, value);
    else if (!SINGLE.has(name)) this.#given.set(name, `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
    else this.#notes.push(`The header ${name} stands there twice; the first is sent.`);
  }

  /** Sent unless one of that name is given. */
  imply(name: string, value: string): void {
    if (value !== '') this.#implied.set(name, value);
  }

  given(name: string): string | null {
    return this.#given.get(name) ?? null;
  }

  drop(name: string): void {
    this.#given.delete(name);
    this.#implied.delete(name);
  }

  finish(): { headers: Record<string, string>; target: Partial<Target>; notes: string[] } {
    const notes = [...this.#notes];
    for (const name of this.#withoutValue) {
      this.#implied.delete(name);
      if (['accept', 'content-type', 'user-agent'].includes(name)) {
        notes.push(`curl sends no header ${name}; the plan does.`);
      }
    }
    return { headers: Object.fromEntries([...this.#implied, ...this.#given]), target: this.#target, notes };
  }
}
