import { percent } from '../../src/report/figures.ts';
import type { FunctionChange } from '../messages.ts';
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

/** A function as the list shows it. */
export interface FunctionRow {
  readonly name: string;
  readonly file: string | null;
  /** Null where the profiler named no line. */
  readonly location: Location | null;
  /** What it took of its own, and in all; of a difference how that changed, and from what to what. */
  readonly own: string;
  readonly all: string;
}

/** The functions of the profile of a file, those with most of their own first: `38 %`, `40 % in all`. */
export function functionRows(file: SpeedscopeFile, most: number): FunctionRow[] {
  const { samples, weights } = file.profiles[0]!;
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
    .map(([frame, weight]) => ({ frame, weight, own: self.get(frame) ?? 0 }))
    .sort((a, b) => b.own - a.own || b.weight - a.weight)
    .slice(0, most)
    .map(({ frame, weight, own }) => {
      const { name, file: path, line, col } = file.shared.frames[frame]!;
      const location = path === undefined || line === undefined ? null : { file: path, line, column: col ?? 0 };
      const texts = { own: percent(own / all), all: `${percent(weight / all)} in all` };
      return { name, file: path ?? null, location, ...texts };
    });
}

/** The functions of a difference, as they come. */
export function changedFunctions(changes: readonly FunctionChange[], most: number): FunctionRow[] {
  return changes.slice(0, most).map(({ name, file, line, change, figures }) => {
    const location = file === null || line === null ? null : { file, line, column: 0 };
    return { name, file, location, own: change, all: figures };
  });
}

/** The names of the functions that are called in the profile of a file, each once. */
export function frameNames(file: SpeedscopeFile): string[] {
  const frames = new Set(file.profiles[0]!.samples.flat());
  return [...frames].map((frame) => file.shared.frames[frame]!.name);
}
