import type { Frame, Profile } from '../../profile/profile.ts';
import type { Context } from '../context.ts';
import type { Entity } from '../entities.ts';
import { forEachShare } from '../overlap.ts';
import { baseName, percent } from '../sentences.ts';
import type { NodePoints } from '../shares.ts';
import { calledFrom, type FrameRole, roleOf } from './frame-role.ts';

/** What a line, or a function, spends its time in below itself. */
export interface RoleShare {
  readonly role: FrameRole;
  /** The call that is known by it, as it would be written: `json.dumps`. */
  readonly call: string;
  /** Of the weight of the line in the tail, 0–1. */
  readonly share: number;
  /** Weights, in the tail and in the rest. */
  readonly tail: number;
  readonly rest: number;
}

/** The least share of a line's time in the tail for it to be *mostly* in a role. */
const MOSTLY = 0.5;

/** The role that most of a line's time in the tail is spent in; null where there is none, or its functions have none. */
export function mainRole(context: Context, entity: Entity, points: NodePoints): RoleShare | null {
  const { profile, sourceLine } = context.input;
  const under = rolesUnder(profile, entity);
  const sums = new Map<FrameRole, { tail: number; rest: number; calls: Map<string, number> }>();
  const inside = { tail: 0 };
  const isOf = (pattern: RegExp): boolean => profile.frames.some(({ file }) => file !== null && pattern.test(file));
  const written = new Map<number, ReturnType<typeof calledFrom>>();
  const own = (stack: number): ReturnType<typeof calledFrom> => {
    if (!written.has(stack)) {
      const { file } = profile.frames[profile.stacks.frame[stack]!]!;
      const text = file === null ? null : (sourceLine?.(file, profile.stacks.line[stack]!) ?? null);
      written.set(stack, text === null ? null : calledFrom(text, isOf));
    }
    return written.get(stack)!;
  };
  forEachShare(points, context.steps, (row, tail, rest) => {
    const stack = points.node[row]!;
    if (under[stack] === OUTSIDE) return;
    inside.tail += tail;
    const frame = under[stack]!;
    const called = frame >= 0 ? callOf(profile.frames[frame]!) : own(stack);
    if (called === null) return;
    let sum = sums.get(called.role);
    if (sum === undefined) {
      sum = { tail: 0, rest: 0, calls: new Map() };
      sums.set(called.role, sum);
    }
    sum.tail += tail;
    sum.rest += rest;
    sum.calls.set(called.call, (sum.calls.get(called.call) ?? 0) + tail);
  });
  const [largest] = [...sums].sort(([, a], [, b]) => b.tail - a.tail);
  if (largest === undefined || largest[1].tail < MOSTLY * inside.tail) return null;
  const [role, { tail, rest, calls }] = largest;
  const [call] = [...calls].sort(([, a], [, b]) => b - a)[0]!;
  return { role, call, share: tail / inside.tail, tail, rest };
}

/**
 * The role as evidence: what it is mostly in, how much of what `totals` are of, and what often helps.
 * @param of what shares are of: `the busy time`
 */
export function roleSentences(
  { role, call, tail, rest }: RoleShare,
  totals: { readonly tail: number; readonly rest: number },
  of: string,
  slow: string,
): string[] {
  const [during, otherwise] = [tail / totals.tail, rest / totals.rest].map((share) => Math.min(1, share));
  return [
    `Mostly ${role.words}: \`${call}\`, ${percent(during!)} of ${of} during ${slow}, ${percent(otherwise!)} otherwise.`,
    ...(role.remedy === null ? [] : [`Often helped by ${role.remedy}.`]),
  ];
}

const NONE = -1;
/** A stack that the entity is not on. */
const OUTSIDE = -2;

/** Per stack the outermost frame below the entity that has a role; {@link NONE} where none has, {@link OUTSIDE} where the entity is not on it. */
function rolesUnder({ stacks, frames }: Profile, entity: Entity): Int32Array {
  const known = frames.map((frame) => roleOf(frame) !== null);
  const under = new Int32Array(stacks.frame.length).fill(OUTSIDE);
  for (let stack = 0; stack < under.length; stack++) {
    const frame = stacks.frame[stack]!;
    const up = stacks.parent[stack]!;
    const above = up < 0 ? OUTSIDE : under[up]!;
    if (above >= 0) under[stack] = above;
    else if (above === NONE) under[stack] = known[frame] === true ? frame : NONE;
    else if (frame === entity.frame && (entity.line === 0 || stacks.line[stack] === entity.line)) under[stack] = NONE;
  }
  return under;
}

function callOf(frame: Frame): { role: FrameRole; call: string } | null {
  const role = roleOf(frame);
  return role === null ? null : { role, call: callName(frame) };
}

/** `json.dumps` for `dumps` in `…/json/__init__.py`; the function with its file where that is no module of Python. */
export function callName({ file, function: name }: Frame): string {
  if (file === null) return name;
  const path = file.replaceAll('\\', '/');
  if (!path.endsWith('.py')) return `${name} (${baseName(path)})`;
  const module = path
    .replace(/^.*\/(site-packages|dist-packages|lib\/python\d[\d.]*)\//, '')
    .replace(/(\/__init__)?\.py$/, '')
    .replaceAll('/', '.');
  return `${module.startsWith('.') ? baseName(path).replace(/\.py$/, '') : module}.${name}`;
}
