import type { Hotspots } from '../profile/hotspots.ts';
import type { ProfileUnit } from '../profile/profile.ts';

interface Weights {
  self: number;
  total: number;
  selfShare: number;
  totalShare: number;
}

/** `hotspots --json`: the names here are relied on by other programs. Shares 0–1 of `total`, which is in `unit`. */
export interface HotspotsDocument {
  schema: 'tailflame.hotspots/1';
  /** Which samples: all of them, as far as slow requests were in flight, or as far as the GPU was idle. */
  view: 'all' | 'tail' | 'gpu-idle';
  unit: ProfileUnit;
  total: number;
  functions: ({ function: string; file: string | null; line: number | null } & Weights)[];
  lines: ({ function: string; file: string; line: number } & Weights)[];
}

export function hotspotsDocument(spots: Hotspots, view: HotspotsDocument['view'], unit: ProfileUnit): HotspotsDocument {
  return {
    schema: 'tailflame.hotspots/1',
    view,
    unit,
    total: spots.total,
    functions: spots.functions.map(({ frame, ...weights }) => ({
      function: frame.function,
      file: frame.file,
      line: frame.line,
      ...weights,
    })),
    lines: spots.lines.map(({ function: name, file, line, ...weights }) => ({
      function: name,
      file,
      line,
      ...weights,
    })),
  };
}
