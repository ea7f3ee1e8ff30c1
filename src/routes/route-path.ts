/**
 * What may stand before the colon of a parameter: not a name, which a verb follows as in `/models:predict` and `/models/{id}:predict`, but
 * one after a constraint, as in `/:hour(\\d+)h:minute`; and not a colon or a backslash, which make this one plain text.
 */
export const BEFORE_COLON = String.raw`(?:(?<![\w}>:\\])|(?<=\)\w+))`;

/** A part of a route's path that stands for something: `{id}`, `{rest:path}`, `{*rest}`, `<int:id>`, `:id`, `:id(\\d+)`, `*rest`. */
const PARAMETER = new RegExp(
  [
    String.raw`\{\*?([^{}:*]+)(?::(?:[^{}]|\{[^{}]*\})*)?\}`,
    '<(?:[^<>:]+:)?([^<>:]+)>',
    String.raw`${BEFORE_COLON}:(\w+)(?:\([^)]*\)|\{[^}]*\})?[?*+]?`,
    String.raw`\*(\w*)`,
  ].join('|'),
  'g',
);

/** Names of the path's parameters in their order; one without a name is `*`. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(PARAMETER)].map(nameOf);
}

/** The path with values in the place of its parameters, encoded; one without a value stays as it is. */
export function withParameters(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(PARAMETER, (...match) => {
    const name = nameOf(match);
    const value = values[name];
    if (value === undefined) return match[0];
    // What stands for the rest of a path may have slashes.
    return /^\{?\*|:path\}$|^<path:/.test(match[0])
      ? value.split('/').map(encodeURIComponent).join('/')
      : encodeURIComponent(value);
  });
}

/** Where the first parameter without a value stands in a path: [from, to]; null where all have one. */
export function firstOpen(path: string): [number, number] | null {
  const [open] = path.matchAll(PARAMETER);
  return open === undefined ? null : [open.index, open.index + open[0].length];
}

/** What stands for the parameters in a path of that form, decoded, by name; null where it is of another, or leaves one open. */
export function valuesIn(path: string, filled: string): Record<string, string> | null {
  let [pattern, from] = ['', 0];
  for (const match of path.matchAll(PARAMETER)) {
    pattern += `${escaped(path.slice(from, match.index))}([^?#\\s]+)`;
    from = match.index + match[0].length;
  }
  const match = new RegExp(`^${pattern}${escaped(path.slice(from))}$`).exec(filled.trim());
  if (match === null || firstOpen(filled) !== null) return null;
  try {
    const values = match.slice(1).map(decodeURIComponent);
    return Object.fromEntries(parametersOf(path).map((name, at) => [name, values[at]!]));
  } catch {
    return null;
  }
}

function nameOf(match: readonly unknown[]): string {
  const [, ...names] = match;
  return (names.slice(0, 4).find((name) => typeof name === 'string' && name !== '') as string | undefined) ?? '*';
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
