/**
 * `^\/items\/(\d+)$` → `/items/:arg1`, as Express matches it. Null where it says less than a whole path: without an end, with parts
 * that may be left out, or with more than one way to be written.
 */
export function pathOfExpression(source: string): string | null {
  const pattern = source.replaceAll('\\/', '/').replaceAll('(?<', '(?P<');
  if (!/^\^\/.*\$$/.test(pattern) || /\)[?*+{]|\(\?[^P:]|\|(?![^(]*\))/.test(pattern)) return null;
  const parts = pathOfPattern(pattern).split('/');
  if (!parts.every((part) => /^[^<>*]*$|^<\w+>$/.test(part))) return null;
  return parts.map((part) => part.replace(/^<(\w+)>$/, ':$1')).join('/');
}

/** `^articles/(?P<year>[0-9]{4})/$` → `articles/<year>/`; what cannot be said so becomes `*`. */
export function pathOfPattern(pattern: string): string {
  let unnamed = 0;
  let groups = pattern.replace(/^\^/, '').replace(/\\?\$$|\\Z$/, '');
  for (let before = ''; before !== groups; ) {
    before = groups;
    groups = groups.replace(
      /\((\?:|\?P<(\w+)>)?((?:\\.|\[[^\]]*\]|[^()\\])*)\)[?*+]?/,
      (_, kind: string | undefined, name: string | undefined) => {
        if (kind === '?:') return '*';
        unnamed += name === undefined ? 1 : 0;
        return `<${name ?? `arg${unnamed}`}>`;
      },
    );
  }
  return groups
    .replace(/\/\?$/, '/')
    .split('/')
    .map((part) => {
      const plain = part.replace(/\\([^a-zA-Z0-9])/g, '$1');
      return /\\[a-zA-Z0-9]|[[\]()|+?^$]/.test(part.replace(/\\[^a-zA-Z0-9]/g, '')) ? '*' : plain;
    })
    .join('/');
}
