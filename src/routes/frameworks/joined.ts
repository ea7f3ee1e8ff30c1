/** A prefix and a path with one slash between them; `/` behind a prefix is the prefix. */
export function joined(prefix: string, path: string): string {
  const inside = path.replace(/^\/+/, '');
  const outside = prefix.replace(/\/+$/, '');
  if (inside === '') return outside;
  return `${outside}/${inside}`;
}

/** A prefix and a path, one right behind the other. */
export function appended(prefix: string, path: string): string {
  return prefix + path;
}
