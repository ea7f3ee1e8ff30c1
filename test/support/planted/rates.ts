import { mixSeed, seededRandom } from '../../../src/load/arrivals/random.ts';
import { type ExpectedAnswer, type ExpectedAnswers, isExpectedFunction } from './expected-answer.ts';
import { type Circumstances, claimsSomething, type Judgement, judge } from './judgement.ts';
import type { KeptRun } from './kept-runs.ts';
import { foundIn, type PlantedRun } from './planted-run.ts';
import { resampled, shifted } from './redrawn.ts';

/** How one kept run was judged, and what its recording gave when it was drawn anew. */
export interface JudgedRun {
  readonly run: PlantedRun;
  /** With the slow path on; null with it off. */
  readonly judgement: Judgement | null;
  /** With the slow path off: whether something was claimed; null with it on. */
  readonly claimed: boolean | null;
  readonly naive: { readonly self: boolean; readonly own: boolean } | null;
  readonly redrawn: Redrawn | null;
}

/** Of the recording of one run. */
export interface Redrawn {
  /** Of resampled ones; empty where nothing is planted. */
  readonly judgements: readonly Judgement[];
  /** Whether something was claimed, of shifted ones. */
  readonly claims: readonly boolean[];
}

/** A shift keeps this share of the recording from none, either way. */
const LEAST_SHIFT = 0.1;

export function judgedRun(kept: KeptRun, expected: ExpectedAnswers, redrawn: Redrawn | null): JudgedRun {
  const { run } = kept;
  const answer = answerOf(run, expected);
  const circumstances = circumstancesOf(run, expected);
  const on = run.slowPath === 'on';
  const isTop = (name: string | null): boolean => name !== null && isExpectedFunction(answer, name);
  return {
    run,
    judgement: on ? judge(run.findings, answer, circumstances) : null,
    claimed: on ? null : claimsSomething(run.findings),
    naive: on && run.naive !== null ? { self: isTop(run.naive.self), own: isTop(run.naive.own) } : null,
    redrawn,
  };
}

/** Draws a recording anew, `count` times by resampling where the slow path was on, and `count` times by shifting. */
export function redraw(
  { name, run, recording }: KeptRun,
  expected: ExpectedAnswers,
  count: number,
  root: string,
): Redrawn {
  if (recording === null) return { judgements: [], claims: [] };
  const answer = answerOf(run, expected);
  const circumstances = circumstancesOf(run, expected);
  const seed = mixSeed(run.seed, ...[...name].map((letter) => letter.charCodeAt(0)));
  const random = seededRandom(seed);
  const judgements = Array.from({ length: run.slowPath === 'on' ? count : 0 }, (_, draw) => {
    const { findings } = foundIn(resampled(recording, mixSeed(seed, draw)), run, root);
    return judge(findings, answer, circumstances);
  });
  const claims = Array.from({ length: count }, () => {
    const shift = (LEAST_SHIFT + random() * (1 - 2 * LEAST_SHIFT)) * recording.span.end;
    return claimsSomething(foundIn(shifted(recording, shift), run, root).findings);
  });
  return { judgements, claims };
}

function answerOf({ server }: PlantedRun, { byServer }: ExpectedAnswers): ExpectedAnswer {
  const answer = byServer.get(server);
  if (answer === undefined) throw new Error(`expected.json says nothing of ${server}.`);
  return answer;
}

function circumstancesOf({ cell, carried }: PlantedRun, { overload }: ExpectedAnswers): Circumstances {
  return { cell, carried, overload };
}
