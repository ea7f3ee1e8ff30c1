import type { Profile } from '../../profile/profile.ts';
import type { EntityTree } from '../entities.ts';
import type { Grouping, NodePoints } from '../shares.ts';
import { type FrameRole, isEntrance, roleOf } from './frame-role.ts';

/** What library code computed that no line of user code called, by its role: a flat tree with a group a role, and a node for the rest. */
export interface RoleGroups {
  readonly roles: readonly FrameRole[];
  readonly parent: Int32Array;
  readonly grouping: Grouping;
  /** Per stack of the profile the node of {@link parent}; the last where it has no such role. */
  readonly nodeOf: Int32Array;
  /** Per stack the one on it where the role's outermost function stands; −1 without a role. */
  readonly standsAt: Int32Array;
}

export function roleGroups(profile: Profile, tree: EntityTree): RoleGroups {
  const { stacks, frames } = profile;
  const roleOfFrame = frames.map((frame) => {
    const role = roleOf(frame);
    return role?.nature === 'computes' ? role : null;
  });
  const entrance = frames.map((frame) => isEntrance(frame));
  const standsAt = new Int32Array(stacks.frame.length).fill(-1);
  for (let stack = 0; stack < standsAt.length; stack++) {
    const frame = stacks.frame[stack]!;
    const up = stacks.parent[stack]!;
    if (entrance[frame] === true || tree.innermost[stack]! >= 0) continue;
    const above = up < 0 ? -1 : standsAt[up]!;
    standsAt[stack] = above < 0 && roleOfFrame[frame] ? stack : above;
  }
  const roles = [...new Set(roleOfFrame.filter((role) => role !== null))];
  const none = roles.length;
  const nodeOf = standsAt.map((stack) => (stack < 0 ? none : roles.indexOf(roleOfFrame[stacks.frame[stack]!]!)));
  const of = Int32Array.from({ length: none + 1 }, (_, node) => (node === none ? -1 : node));
  return { roles, parent: new Int32Array(none + 1).fill(-1), grouping: { count: none, of }, nodeOf, standsAt };
}

/** Of a role the stack that most of it stands at, by weight. */
export function mostlyAt({ nodeOf, standsAt }: RoleGroups, role: number, points: NodePoints): number {
  const weights = new Map<number, number>();
  points.node.forEach((stack, row) => {
    if (nodeOf[stack] !== role) return;
    const at = standsAt[stack]!;
    weights.set(at, (weights.get(at) ?? 0) + points.weight[row]!);
  });
  let most = -1;
  for (const [at, weight] of weights) if (most < 0 || weight > weights.get(most)!) most = at;
  return most;
}
