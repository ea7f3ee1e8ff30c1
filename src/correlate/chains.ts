/** What choosing among overlapping entities needs: a tree whose nodes carry groups, and how each group differs. */
export interface ChainInput {
  /** Parent per node, −1 at a root; parents stand before their children. */
  readonly parent: Int32Array;
  /** Group per node, −1 for none. */
  readonly of: Int32Array;
  /** Inclusive tail weight per node. */
  readonly nodeTail: Float64Array;
  /** Inclusive tail weight per group. */
  readonly groupTail: Float64Array;
  /** d = T − R per group. */
  readonly difference: Float64Array;
  /** d of what the group did itself, without the user code it called. */
  readonly own: Float64Array;
  /** The groups that may be named: those of user code that stand out. */
  readonly significant: readonly number[];
}

/**
 * A callee is named for its caller where it carries this share of the caller's d. Less than all of it: V8 leaves a function out of the stack
 * while one of its own calls begins or ends, so that its caller seems to run then (12 % of the time of a function, Node 26).
 */
const CARRIES = 0.8;
/** Below this share of its d done itself, a group only passes calls on, and its largest callee is named instead. */
const PASSES_ON = 0.1;
/** A group stands below another where at least this share of its tail weight is called from it. */
const BELOW = 0.5;

/**
 * Picks up to `limit` groups, each the deepest that explains a chain of calls: from the largest d down to the callee that carries
 * nearly all of it. What calls a picked group or is called from it is explained by it and not picked again.
 */
export function explainChains(input: ChainInput, limit: number): number[] {
  const ranked = input.significant.toSorted((a, b) => input.difference[b]! - input.difference[a]!);
  const explained = new Set<number>();
  const picked: number[] = [];
  for (const top of ranked) {
    if (picked.length === limit) break;
    if (explained.has(top)) continue;
    const group = descend(input, top, explained);
    picked.push(group);
    explained.add(top).add(group);
    const below = shareBelow(input, group);
    for (const other of ranked) {
      if (below(other) >= BELOW || shareBelow(input, other)(group) >= BELOW) explained.add(other);
    }
  }
  return picked;
}

function descend(input: ChainInput, top: number, explained: ReadonlySet<number>): number {
  const { difference, own, significant } = input;
  const visited = new Set<number>();
  let current = top;
  let least = CARRIES * difference[top]!;
  for (;;) {
    visited.add(current);
    const below = shareBelow(input, current);
    const callees = significant.filter(
      (group) => !visited.has(group) && !explained.has(group) && below(group) >= BELOW,
    );
    if (callees.length === 0) return current;
    const next = callees.reduce((best, group) => (difference[group]! > difference[best]! ? group : best));
    const passesOn = own[current]! < PASSES_ON * difference[current]! && difference[next]! >= difference[current]! / 2;
    if (difference[next]! < least && !passesOn) return current;
    // A callee that was only part of its caller's d sets the measure for its own callees.
    least = Math.min(least, CARRIES * difference[next]!);
    current = next;
  }
}

/** For a group, which share of any other group's tail weight is called from it. */
function shareBelow(input: ChainInput, group: number): (other: number) => number {
  const { parent, of, nodeTail, groupTail } = input;
  const under = new Uint8Array(parent.length);
  const weight = new Float64Array(groupTail.length);
  for (let node = 0; node < parent.length; node++) {
    const up = parent[node]!;
    if (up < 0 || !(of[up] === group || under[up] === 1)) continue;
    under[node] = 1;
    if (of[node]! >= 0) weight[of[node]!]! += nodeTail[node]!;
  }
  return (other) => (groupTail[other]! > 0 ? weight[other]! / groupTail[other]! : 0);
}
