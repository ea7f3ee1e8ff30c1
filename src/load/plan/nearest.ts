import { closestMatch } from 'leven';

/** The name that was probably meant; null where none is near. */
export function nearest(name: string, names: readonly string[]): string | null {
  const plain = plainOf(name);
  const same = names.find((known) => plainOf(known) === plain);
  return (
    same ?? closestMatch(name, names, { maxDistance: Math.max(1, Math.min(4, Math.floor(name.length / 2))) }) ?? null
  );
}

/** The rest of a sentence about a name that is not known: the nearest one, or all there are. */
export function knownNames(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near !== null) return `did you mean "${near}"?`;
  return names.length === 0 ? 'there are none.' : `there ${names.length === 1 ? 'is' : 'are'} ${listed(names, 'and')}.`;
}

/** `a, b or c` */
export function listed(names: readonly string[], word: 'and' | 'or'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}

/** `max_in_flight` and `Max-In-Flight` are one's own spelling of `maxInFlight`. */
function plainOf(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}
