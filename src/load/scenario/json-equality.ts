/**
 * Whether two JSON values say the same: the order of an object's members does not count, that of an array's elements does. Node's
 * `isDeepStrictEqual` would tell -0 from 0, which JSON may write either way.
 */
export function jsonEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((element, at) => jsonEquals(element, b[at]));
  }
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && jsonEquals(member(a, name), member(b, name)));
}

function member(object: object, name: string): unknown {
  return (object as Record<string, unknown>)[name];
}
