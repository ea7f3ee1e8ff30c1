/** What is needed of a process to tell what its family took. */
export interface Relative {
  readonly parent: number;
  /** Two processes of one number differ in it. */
  readonly started: number;
  /** CPU time that it took itself, ms since it began or since it was first seen. */
  readonly taken: number;
  /** CPU time of its children that have ended and that it has waited for, theirs included, ms. */
  readonly ofChildren: number;
}

/**
 * A process and all that came of it: those that were of the family stay of it when their parent has gone.
 * @param known the family so far, the first process among it @param parents of the processes there are now, by number
 */
export function familyOf(known: Iterable<number>, parents: ReadonlyMap<number, number>): Set<number> {
  const family = new Set([...known].filter((pid) => parents.has(pid)));
  const belongs = (pid: number): boolean => {
    const line: number[] = [];
    for (let at: number | undefined = pid; at !== undefined && !line.includes(at); at = parents.get(at)) {
      if (family.has(at)) return true;
      line.push(at);
    }
    return false;
  };
  for (const pid of parents.keys()) if (belongs(pid)) family.add(pid);
  return family;
}

/**
 * CPU time a family took between two looks at it, ms: also what was taken by those that came or went meanwhile, as far as they were waited
 * for. Never less than nothing.
 */
export function timeTaken(before: ReadonlyMap<number, Relative>, after: ReadonlyMap<number, Relative>): number {
  const isThere = (pid: number): boolean => after.get(pid)?.started === before.get(pid)?.started;
  // What had been counted of those that have gone is told once more, by whoever waited for them.
  const counted = new Map<number, number>();
  for (const [pid, gone] of before) {
    if (isThere(pid)) continue;
    let heir = gone.parent;
    while (before.has(heir) && !isThere(heir)) heir = before.get(heir)!.parent;
    counted.set(heir, (counted.get(heir) ?? 0) + gone.taken + gone.ofChildren);
  }
  let sum = 0;
  for (const [pid, { taken, ofChildren }] of after) {
    const earlier = isThere(pid) ? before.get(pid) : undefined;
    sum += Math.max(0, taken - (earlier?.taken ?? 0));
    sum += Math.max(0, ofChildren - (earlier?.ofChildren ?? 0) - (counted.get(pid) ?? 0));
  }
  return sum;
}
