import type { Location } from './location.ts';

/** What is read here of the files that `profile/write/speedscope.ts` writes. */
export interface SpeedscopeFile {
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly SpeedscopeProfile[];
}

export interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
}

export interface SpeedscopeProfile {
  readonly name: string;
  /** Frames of each sample, outermost first. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

/** A function and what it took of one of the profiles; shares 0–1. */
export interface FrameShare {
  readonly name: string;
  readonly file: string | null;
  /** Null where the profiler named no line. */
  readonly location: Location | null;
  /** Where it is the innermost call. */
  readonly self: number;
  /** Where it is any call. */
  readonly total: number;
}

/** The functions of a profile, those with most of their own first. */
export function frameShares(file: SpeedscopeFile, profile: number, most: number): FrameShare[] {
  const { samples, weights } = file.profiles[profile]!;
  const self = new Map<number, number>();
  const total = new Map<number, number>();
  let all = 0;
  samples.forEach((stack, sample) => {
    const weight = weights[sample]!;
    all += weight;
    // A recursive call counts once.
    for (const frame of new Set(stack)) total.set(frame, (total.get(frame) ?? 0) + weight);
    const innermost = stack.at(-1);
    if (innermost !== undefined) self.set(innermost, (self.get(innermost) ?? 0) + weight);
  });
  return [...total]
    .map(([frame, weight]): FrameShare => {
      const { name, file: path, line, col } = file.shared.frames[frame]!;
      const location = path === undefined || line === undefined ? null : { file: path, line, column: col ?? 0 };
      return { name, file: path ?? null, location, self: (self.get(frame) ?? 0) / all, total: weight / all };
    })
    .sort((a, b) => b.self - a.self || b.total - a.total)
    .slice(0, most);
}
