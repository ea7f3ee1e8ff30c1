import type { Profile } from '../profile.ts';
import { ProfileBuilder } from '../profile-builder.ts';
import type { ProfileFormat } from './format.ts';
import { JsonShape } from './json-shape.ts';
import { V8Tree } from './v8-tree.ts';

/** {@link readV8Trace} */
export const V8_TRACE: ProfileFormat = {
  name: 'V8 trace',
  endings: [],
  recognises: ({ json }) => Array.isArray(json) || new JsonShape(json).has('traceEvents'),
  read: ({ json }, name) => {
    const events: unknown = Array.isArray(json) ? json : (json as { traceEvents: unknown }).traceEvents;
    return [readV8Trace(events, name)];
  },
};

interface Row {
  /** µs on V8's clock. */
  readonly time: number;
  readonly id: number;
  readonly line: number;
}

/**
 * V8's sampling as trace events (`Profile` and `ProfileChunk`, category `disabled-by-default-v8.cpu_profiler`): unlike a `.cpuprofile`
 * it has the executing line of every sample. `events` are those of `{"traceEvents": […]}`; `originUs` is what becomes time 0, on the
 * clock of the events (CLOCK_MONOTONIC in µs on Linux), the profile's own start without it. Throws a `ProfileError`.
 */
export function readV8Trace(events: unknown, name: string, originUs?: number): Profile {
  const builder = new ProfileBuilder();
  const profiles = new Map<string, { tree: V8Tree; rows: Row[]; time: number; thread: number }>();
  let first: number | null = null;
  for (const event of new JsonShape(events, 'traceEvents').items()) {
    const kind = event.at('name').textOr('');
    if (kind !== 'Profile' && kind !== 'ProfileChunk') continue;
    const data = event.at('args').at('data');
    const key = `${event.at('pid').numberOr(0)}:${event.at('id').textOr('')}`;
    let profile = profiles.get(key);
    if (profile === undefined) {
      const pid = event.at('pid').numberOr(0);
      const tid = String(event.at('tid').numberOr(0));
      const thread = builder.thread({ pid, id: tid, name: profiles.size === 0 ? 'main' : `thread ${tid}` });
      profile = { tree: new V8Tree(builder), rows: [], time: event.at('ts').number(), thread };
      profiles.set(key, profile);
    }
    if (data.has('startTime')) {
      profile.time = data.at('startTime').number();
      first ??= profile.time;
    }
    if (kind === 'ProfileChunk') addChunk(data, profile);
  }
  for (const { tree, rows, thread } of profiles.values())
    addSamples(builder, tree, rows, thread, originUs ?? first ?? 0);
  return builder.build(name, 'ms', true);
}

function addChunk(data: JsonShape, profile: { tree: V8Tree; rows: Row[]; time: number }): void {
  if (data.has('cpuProfile')) {
    const part = data.at('cpuProfile');
    for (const node of part.at('nodes').itemsIfAny()) {
      profile.tree.add(node.at('id').number(), node.at('parent').numberOr(null), node.at('callFrame'));
    }
    const ids = part.at('samples').itemsIfAny();
    const deltas = data.at('timeDeltas').itemsIfAny();
    const lines = data.at('lines').itemsIfAny();
    if (deltas.length !== ids.length) throw data.wrong(`has ${deltas.length} timeDeltas for ${ids.length} samples`);
    ids.forEach((id, row) => {
      profile.time += deltas[row]!.number();
      profile.rows.push({ time: profile.time, id: id.number(), line: lines[row]?.numberOr(0) ?? 0 });
    });
  }
}

/** A sample stands until the next one: V8 samples at a steady interval, and writes them a little out of order. */
function addSamples(builder: ProfileBuilder, tree: V8Tree, rows: Row[], thread: number, originUs: number): void {
  rows.sort((a, b) => a.time - b.time);
  const where = new JsonShape(undefined, 'A sample');
  rows.forEach(({ time, id, line }, row) => {
    const until = rows[row + 1]?.time ?? time;
    const { stack, state } = tree.stackAt(id, line, where);
    builder.sample((time - originUs) / 1000, stack, thread, (until - time) / 1000, state);
  });
}
