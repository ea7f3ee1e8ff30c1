import type { Frame, Profile } from '../profile/profile.ts';
import { isEntrance } from './roles/frame-role.ts';
import { type Grouping, type NodePoints, outermostOnly } from './shares.ts';

/** A function, or one executing line of it, as findings name them. */
export interface Entity {
  /** Index into the profile's frames. */
  readonly frame: number;
  /** 1-based; 0 for the function as a whole. */
  readonly line: number;
}

/**
 * The stack tree with functions and lines as nodes in turn: stack i becomes node 2i, its function, and below that node 2i + 1, its
 * executing line, from which the next function is called. So one rule finds the deepest of both: in a handler that does everything
 * inline the function is the same in every request, and only the line differs.
 */
export interface EntityTree {
  readonly parent: Int32Array;
  readonly grouping: Grouping;
  readonly entities: readonly Entity[];
  /** Groups whose function is user code. */
  readonly candidates: readonly number[];
  /**
   * Per stack of the profile the innermost group of user code on it: a line where known, else a function; −1 where none is. User code that
   * only started the server has no part in what the server runs, and does not count below it.
   */
  readonly innermost: Int32Array;
}

export function entityTree(profile: Profile, isUserCode: (frame: Frame) => boolean): EntityTree {
  const { stacks, frames } = profile;
  const count = stacks.frame.length;
  const user = frames.map((frame) => isUserCode(frame));
  const entrance = frames.map((frame) => isEntrance(frame));
  const entered = new Uint8Array(count);
  const entities: Entity[] = frames.map((_, frame) => ({ frame, line: 0 }));
  const lineGroup = new Map<number, Map<number, number>>();
  const parent = new Int32Array(2 * count);
  const groups = new Int32Array(2 * count);
  const innermost = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    const frame = stacks.frame[node]!;
    const line = stacks.line[node]!;
    const up = stacks.parent[node]!;
    parent[2 * node] = up < 0 ? -1 : 2 * up + 1;
    parent[2 * node + 1] = 2 * node;
    groups[2 * node] = frame;
    groups[2 * node + 1] = line > 0 ? lineOf(lineGroup, entities, frame, line) : -1;
    const above = up < 0 ? -1 : innermost[up]!;
    const first = entrance[frame] === true && !(up >= 0 && entered[up] === 1);
    entered[node] = Number(first || (up >= 0 && entered[up] === 1));
    if (user[frame] === true) innermost[node] = line > 0 ? groups[2 * node + 1]! : frame;
    else innermost[node] = first ? -1 : above;
  }
  return {
    parent,
    grouping: { count: entities.length, of: outermostOnly(parent, groups) },
    entities,
    candidates: [...entities.keys()].filter((group) => user[entities[group]!.frame] === true),
    innermost,
  };
}

function lineOf(index: Map<number, Map<number, number>>, entities: Entity[], frame: number, line: number): number {
  let lines = index.get(frame);
  if (lines === undefined) {
    lines = new Map();
    index.set(frame, lines);
  }
  let group = lines.get(line);
  if (group === undefined) {
    group = entities.push({ frame, line }) - 1;
    lines.set(line, group);
  }
  return group;
}

/** Points at stacks of the profile as points at the lines of its {@link EntityTree}. */
export function entityPoints(points: NodePoints): NodePoints {
  return { ...points, node: points.node.map((stack) => 2 * stack + 1) };
}

/**
 * The tree that sums what user code did itself, library code it called included: the innermost user line of every stack, below its
 * function. Points on stacks without user code go to a node of their own, the last, which belongs to no group.
 */
export function ownTree(tree: EntityTree): { parent: Int32Array; grouping: Grouping; nodeOf(stack: number): number } {
  const none = tree.entities.length;
  const parent = Int32Array.from([...tree.entities.map(({ frame, line }) => (line > 0 ? frame : -1)), -1]);
  const of = Int32Array.from(parent, (_, node) => (node === none ? -1 : node));
  return {
    parent,
    grouping: { count: none, of },
    nodeOf: (stack) => (tree.innermost[stack]! < 0 ? none : tree.innermost[stack]!),
  };
}

/** The executing line of a function with the most weight in the tail, by inclusive tail weight per node; null where none is known. */
export function hottestLine(profile: Profile, tree: EntityTree, frame: number, nodeTail: Float64Array): number | null {
  const weights = new Map<number, number>();
  for (let node = 0; node < profile.stacks.frame.length; node++) {
    const line = profile.stacks.line[node]!;
    if (tree.grouping.of[2 * node] !== frame || line <= 0) continue;
    weights.set(line, (weights.get(line) ?? 0) + nodeTail[2 * node + 1]!);
  }
  let hottest: number | null = null;
  for (const [line, weight] of weights) {
    if (hottest === null || weight > weights.get(hottest)!) hottest = line;
  }
  return hottest;
}

/** Per point 1 where its stack contains the group. */
export function pointsInGroup(tree: EntityTree, points: NodePoints, group: number): Uint8Array {
  const contains = new Uint8Array(tree.parent.length);
  for (let node = 0; node < contains.length; node++) {
    const up = tree.parent[node]!;
    contains[node] = tree.grouping.of[node] === group || (up >= 0 && contains[up] === 1) ? 1 : 0;
  }
  return Uint8Array.from(points.node, (node) => contains[node]!);
}
