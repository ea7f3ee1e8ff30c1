import type { Profile } from '../profile.ts';
import { ProfileBuilder } from '../profile-builder.ts';
import type { ProfileFormat } from './format.ts';
import { JsonShape } from './json-shape.ts';
import { V8Tree } from './v8-tree.ts';

/** {@link readCpuProfile} */
export const CPU_PROFILE: ProfileFormat = {
  name: 'V8 .cpuprofile',
  endings: ['cpuprofile'],
  recognises: ({ json }) => {
    const file = new JsonShape(json);
    return file.has('nodes') && file.has('samples');
  },
  read: ({ json }, name) => [readCpuProfile(json, name)],
};

/**
 * V8's `.cpuprofile`. Times are ms since the profile began. `positionTicks` say how often a node stood at which line but not when, so
 * each of its samples counts for all its lines in proportion: sums by line are right, the line of one sample is not known.
 * Throws a `ProfileError`.
 */
function readCpuProfile(json: unknown, name: string): Profile {
  const file = new JsonShape(json);
  const builder = new ProfileBuilder();
  const tree = new V8Tree(builder);
  const lines = addNodes(file.at('nodes'), tree);
  const thread = builder.thread({ pid: 0, id: '0', name: 'main' });
  const samples = file.at('samples');
  const ids = samples.numbers();
  const deltas = file.at('timeDeltas').numbers();
  if (deltas.length !== ids.length)
    throw file.at('timeDeltas').wrong(`has ${deltas.length} entries for ${ids.length} samples`);
  const start = file.at('startTime').number();
  const end = file.at('endTime').numberOr(start);
  let time = 0;
  const times = deltas.map((delta) => {
    time += Math.max(0, delta) / 1000;
    return time;
  });
  ids.forEach((id, row) => {
    const until = times[row + 1] ?? Math.max(times[row]!, (end - start) / 1000);
    const weight = until - times[row]!;
    const ticks = lines.get(id);
    if (ticks === undefined) {
      const { stack, state } = tree.stackAt(id, 0, samples);
      builder.sample(times[row]!, stack, thread, weight, state);
      return;
    }
    for (const [line, share] of ticks) {
      const { stack, state } = tree.stackAt(id, line, samples);
      builder.sample(times[row]!, stack, thread, weight * share, state);
    }
  });
  return builder.build(name, 'ms', true);
}

/** Adds all nodes and returns, by node with ticks, the share (0–1) of each line. */
function addNodes(nodes: JsonShape, tree: V8Tree): Map<number, [line: number, share: number][]> {
  const items = nodes.items();
  const byId = new Map(items.map((item) => [item.at('id').number(), item]));
  const parentOf = new Map<number, number>();
  for (const item of items) {
    for (const child of item.at('children').itemsIfAny()) {
      if (!byId.has(child.number())) throw child.wrong(`is ${child.number()}, a node that is not there`);
      if (parentOf.has(child.number())) throw child.wrong(`is ${child.number()}, which has a parent already`);
      parentOf.set(child.number(), item.at('id').number());
    }
  }
  const pending = [...byId.keys()].filter((id) => !parentOf.has(id));
  const lines = new Map<number, [number, number][]>();
  let added = 0;
  for (; added < pending.length; added++) {
    const id = pending[added]!;
    const item = byId.get(id)!;
    tree.add(id, parentOf.get(id) ?? null, item.at('callFrame'));
    for (const child of item.at('children').itemsIfAny()) pending.push(child.number());
    const ticks = item
      .at('positionTicks')
      .itemsIfAny()
      .map((tick) => [tick.at('line').number(), tick.at('ticks').number()] as const);
    const total = ticks.reduce((sum, [, count]) => sum + count, 0);
    if (total > 0)
      lines.set(
        id,
        ticks.map(([line, count]) => [line, count / total]),
      );
  }
  if (added < byId.size) throw nodes.wrong('calls itself in a circle');
  return lines;
}
