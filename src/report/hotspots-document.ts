import type { View } from '../correlate/views/view.ts';
import type { WeighedView } from '../correlate/views/weigh-view.ts';
import { type FunctionHotspot, type Hotspots, hotspots } from '../profile/hotspots.ts';
import type { ProfileUnit } from '../profile/profile.ts';

interface Weights {
  self: number;
  total: number;
  selfShare: number;
  totalShare: number;
}

/** Of a difference, in the document's unit: what it was in the other run, and `self` and `total` less that. */
interface Compared {
  before: { self: number; total: number };
  difference: { self: number; total: number };
}

/** `hotspots --json`: the names here are relied on by other programs. Shares 0–1 of `total`, which is in `unit`. */
export interface HotspotsDocument {
  schema: 'tailflame.hotspots/1';
  /** Which samples: `all` of them, those of slow requests (`tail`), any other kind of view, or the name a view was saved under. */
  view: string;
  unit: ProfileUnit;
  total: number;
  /** What is shown and what it rests on; absent where a profile stands alone. */
  sentence?: string;
  /** Of a view that goes by requests: so many waits count, of how many, and from how many ms on one is slow. */
  waits?: { counted: number; of: number; threshold: number };
  /** Of a difference: what everything is counted by, and the total of the other run. */
  per?: 'request' | 'second';
  before?: number;
  functions: ({ function: string; file: string | null; line: number | null } & Weights & Partial<Compared>)[];
  lines: ({ function: string; file: string; line: number } & Weights)[];
}

/** Of a profile that stands alone. */
export function hotspotsDocument(spots: Hotspots, view: string, unit: ProfileUnit): HotspotsDocument {
  return {
    schema: 'tailflame.hotspots/1',
    view,
    unit,
    total: spots.total,
    functions: spots.functions.map(functionRow),
    lines: spots.lines.map(({ function: name, file, line, ...weights }) => ({
      function: name,
      file,
      line,
      ...weights,
    })),
  };
}

/** Of a view of a run. @param name it was saved under; null where it was not */
export function viewDocument(
  view: View,
  name: string | null,
  weighed: WeighedView,
  sentence: string,
): HotspotsDocument {
  const { profile, weights, support, difference } = weighed;
  const kind = name ?? (view.kind === 'slow' ? 'tail' : view.kind);
  if (difference !== null) return differenceDocument(kind, weighed, sentence);
  const { waits } = support;
  const document = hotspotsDocument(hotspots(profile, weights), kind, profile.unit);
  if (waits === null) return { ...document, sentence };
  const { counted, of, threshold } = waits;
  return { ...document, sentence, waits: { counted, of, threshold } };
}

/** Functions by how much their own weight differs; lines are left out, since they are not the same in both where code was edited. */
function differenceDocument(view: string, { profile, difference }: WeighedView, sentence: string): HotspotsDocument {
  const { now, before, per } = difference!;
  const spots = hotspots(profile, now);
  const earlier = hotspots(profile, before);
  const by = (list: readonly FunctionHotspot[]) => new Map(list.map((spot) => [spot.frame, spot]));
  const [ours, theirs] = [by(spots.functions), by(earlier.functions)];
  const functions = [...new Set([...ours.keys(), ...theirs.keys()])].map((frame) => {
    const row = functionRow(ours.get(frame) ?? { frame, ...NOTHING });
    const { self, total } = theirs.get(frame) ?? NOTHING;
    return { ...row, before: { self, total }, difference: { self: row.self - self, total: row.total - total } };
  });
  const size = ({ difference: { self, total } }: Compared): readonly [number, number] => [
    Math.abs(self),
    Math.abs(total),
  ];
  functions.sort((a, b) => size(b)[0] - size(a)[0] || size(b)[1] - size(a)[1]);
  return {
    schema: 'tailflame.hotspots/1',
    view,
    unit: profile.unit,
    total: spots.total,
    sentence,
    per,
    before: earlier.total,
    functions,
    lines: [],
  };
}

const NOTHING: Weights = { self: 0, total: 0, selfShare: 0, totalShare: 0 };

function functionRow({ frame, ...weights }: FunctionHotspot): HotspotsDocument['functions'][number] {
  return { function: frame.function, file: frame.file, line: frame.line, ...weights };
}
