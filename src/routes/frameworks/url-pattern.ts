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
