/** The methods frameworks have functions for, by the functions' names. */
export const HTTP_METHODS: ReadonlyMap<string, string> = new Map(
  ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'].map((name) => [name, name.toUpperCase()]),
);

/** Upper case; null where the method is any. An empty list is `otherwise`. */
export function methodsFrom(
  names: readonly string[],
  otherwise: readonly (string | null)[],
): readonly (string | null)[] {
  if (names.length === 0) return otherwise;
  return names.map((name) => (/^(\*|all)$/i.test(name) ? null : name.toUpperCase()));
}
