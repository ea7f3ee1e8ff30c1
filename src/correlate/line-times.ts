import type { Frame } from '../profile/profile.ts';
import { isUserFrame } from '../profile/user-code.ts';
import { chooseWaits } from './chosen-waits.ts';
import { entityTree } from './entities.ts';
import { viewWeights } from './overlap.ts';
import type { ViewMaterial } from './view-material.ts';

/** A line of the user's, with what it called that is not theirs, and how long it ran and waited for each request, ms. */
export interface LineTime {
  readonly function: string;
  /** As the profiler gave it. */
  readonly file: string;
  /** 1-based; 0 where it is not known which of the function's. */
  readonly line: number;
  /** Where the function begins, where the profiler says so. */
  readonly declared: number | null;
  /** What stands there, without the space around it; empty where that cannot be read. */
  readonly text: string;
  readonly ran: number;
  readonly waited: number;
  /** Of both together, as chance has it where samples fall: as if each were independent of the others, which understates it. */
  readonly variance: number;
}

/** A profiled run, and the text of source lines, null where it cannot be read. */
export interface CodeRun {
  readonly material: ViewMaterial;
  readonly lineText: (file: string, line: number) => string | null;
}

/** Of which requests times are told: of all, or of the slow ones, which a sample is shared with by those in flight beside them. */
export type TimedRequests = 'all' | 'slow';

interface Sum extends Pick<LineTime, 'function' | 'file' | 'line' | 'declared' | 'text'> {
  readonly weights: [ran: number, waited: number];
  squares: number;
}

/**
 * What the user's lines took in several runs of one build, for each request of `which`. A sample counts to the innermost line that is
 * theirs: running or waiting, so that a line that sleeps is seen too. Empty where nothing of it is known: no answer, no times.
 */
export function lineTimes(runs: readonly CodeRun[], which: TimedRequests): LineTime[] {
  const sums = new Map<string, Sum>();
  let requests = 0;
  for (const run of runs) requests += addRun(sums, run, which);
  return requests === 0 ? [] : [...sums.values()].map((sum) => lineTime(sum, requests));
}

/** @returns how many requests there were */
function addRun(sums: Map<string, Sum>, { material, lineText }: CodeRun, which: TimedRequests): number {
  const { profile } = material;
  const chosen = chooseWaits({ kind: 'slow' }, material);
  if (typeof chosen === 'string' || profile.unit !== 'ms' || !profile.hasTime) return 0;
  const { tail, rest } = viewWeights(profile, chosen.intervals, chosen.tail);
  const { entities, innermost } = entityTree(profile, isUserFrame);
  const { stack: stacks, state } = profile.samples;
  const known = new Map<number, Sum>();
  stacks.forEach((stack, row) => {
    const weight = which === 'slow' ? tail[row]! : tail[row]! + rest[row]!;
    const group = stack < 0 ? -1 : innermost[stack]!;
    if (group < 0 || !(weight > 0)) return;
    let sum = known.get(group);
    if (sum === undefined) {
      const { frame, line } = entities[group]!;
      sum = sumOf(sums, profile.frames[frame]!, line, lineText);
      known.set(group, sum);
    }
    sum.weights[state[row] as 0 | 1]! += weight;
    sum.squares += weight ** 2;
  });
  return which === 'slow' ? chosen.support.counted : chosen.support.of;
}

function sumOf(sums: Map<string, Sum>, frame: Frame, line: number, lineText: CodeRun['lineText']): Sum {
  const { function: name, line: declared } = frame;
  const file = frame.file!;
  const key = JSON.stringify([name, file, declared, line]);
  let sum = sums.get(key);
  if (sum === undefined) {
    const text = line > 0 ? (lineText(file, line)?.trim() ?? '') : '';
    sum = { function: name, file, line, declared, text, weights: [0, 0], squares: 0 };
    sums.set(key, sum);
  }
  return sum;
}

function lineTime({ weights, squares, ...line }: Sum, requests: number): LineTime {
  const [ran, waited] = weights;
  return { ...line, ran: ran / requests, waited: waited / requests, variance: squares / requests ** 2 };
}
