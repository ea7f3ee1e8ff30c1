import { binomialInterval } from '../load/measure/percentile.ts';
import type { Redactor } from '../load/plan/redaction.ts';
import type { JsonPath } from '../load/scenario/json-path.ts';
import type { AnswerDifference, AnswerRule } from './answer-rule.ts';
import type { GateAnswers } from './gate-document.ts';
import type { GivenAnswer } from './given-answers.ts';

/** What is asked of the answers of two builds. */
export interface AnswerQuestion {
  /** So many different inputs, if the plan has them. */
  readonly count: number;
  readonly rule: AnswerRule;
  /** What answers are held against, instead of each other; null: nothing. */
  readonly label: { readonly name: string; readonly path: JsonPath } | null;
}

/** One input and what it was answered, each time it was sent: the baseline twice and the candidate once, and more often where they differ. */
export interface AnsweredInput {
  readonly baseline: readonly GivenAnswer[];
  readonly candidate: readonly GivenAnswer[];
}

const SHOWN = 5;
/** Of an answer, characters that are told. */
const LONGEST = 60;
/** That a candidate that is as right as the baseline is called less right. */
const MISS = 0.025;

type Outcome = 'same' | 'different' | 'unstable' | 'unanswered';

/**
 * Holds answers against each other. Without labels a candidate fails that answers an input otherwise every time to which the baseline gives
 * the same answer every time. With labels it fails where it is surely right less often: of the inputs that one of the two gets right and the
 * other wrong, an exact test of signs (McNemar, Psychometrika 12, 1947). What the baseline does not answer says nothing.
 *
 * @param redactor removes the secrets of both builds: examples stand in reports, which go far
 */
export function comparedAnswers(
  inputs: readonly AnsweredInput[],
  { rule, label }: AnswerQuestion,
  redactor: Redactor,
): GateAnswers {
  const outcomes = inputs.map((input) => outcomeOf(input, rule));
  const count = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length;
  const [unstable, different, unanswered] = [count('unstable'), count('different'), count('unanswered')];
  const examples = inputs
    .flatMap((input, at) =>
      outcomes[at] === 'different' ? [{ input: at + 1, ...shownDifference(input, rule, redactor) }] : [],
    )
    .slice(0, SHOWN);
  const facts = { inputs: inputs.length, unstable, unanswered, different, examples };
  if (label !== null) return { ...facts, ...accuracyOf(inputs, label.path) };
  // Of what can hardly be compared nothing is known.
  const isEnough = inputs.length > 0 && unstable + unanswered <= inputs.length / 2;
  const status = different > 0 ? 'failed' : isEnough ? 'passed' : 'inconclusive';
  return { ...facts, accuracy: null, status };
}

/** Whether both builds answer an input alike, as far as it was asked. */
export function outcomeOf({ baseline, candidate }: AnsweredInput, rule: AnswerRule): Outcome {
  const [first] = baseline as readonly [GivenAnswer];
  if (baseline.every(({ failure }) => failure !== null)) return 'unanswered';
  if (baseline.some((again) => differenceOf(first, again, rule) !== null)) return 'unstable';
  const differing = candidate.filter((given) => differenceOf(first, given, rule) !== null).length;
  if (differing === 0) return 'same';
  return differing === candidate.length ? 'different' : 'unstable';
}

function shownDifference(
  { baseline: [before], candidate: [now] }: AnsweredInput,
  rule: AnswerRule,
  redactor: Redactor,
): Omit<AnswerDifference, 'names'> {
  const { path, names, ...told } = differenceOf(before!, now!, rule)!;
  // Half a secret would not be known for one.
  const shown = (text: string, { failure }: GivenAnswer): string =>
    failure === null ? shortened(redactor.part(text, names)) : text;
  return { path, baseline: shown(told.baseline, before!), candidate: shown(told.candidate, now!) };
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function accuracyOf(inputs: readonly AnsweredInput[], path: JsonPath): Pick<GateAnswers, 'accuracy' | 'status'> {
  const isRight = ([given]: readonly GivenAnswer[]): boolean => given?.failure === null && isAsLabelled(given, path);
  const rights = inputs.flatMap(({ baseline, candidate }) => {
    const answered = baseline.filter(({ failure }) => failure === null);
    return answered.length === 0 ? [] : [[isRight(answered), isRight(candidate)] as const];
  });
  const count = (of: (pair: readonly [boolean, boolean]) => boolean): number => rights.filter(of).length;
  const [before, now] = [count(([baseline]) => baseline), count(([, candidate]) => candidate)];
  const lost = count(([baseline, candidate]) => baseline && !candidate);
  const won = count(([baseline, candidate]) => !baseline && candidate);
  const [, most] = binomialInterval(lost + won, 0.5, 1 - 2 * MISS);
  const of = Math.max(1, rights.length);
  const accuracy = { baseline: before / of, candidate: now / of, lost, won };
  if (lost > most) return { accuracy, status: 'failed' };
  // A path or a label that fits nothing.
  return { accuracy, status: before === 0 && now === 0 ? 'inconclusive' : 'passed' };
}

function differenceOf(before: GivenAnswer, now: GivenAnswer, rule: AnswerRule): AnswerDifference | null {
  if (before.failure === null && now.failure === null)
    return rule.difference(single(before.answers), single(now.answers));
  if (before.failure !== null && now.failure !== null) return null;
  const told = ({ failure }: GivenAnswer): string => failure ?? 'an answer';
  return { path: 'the whole', names: [], baseline: told(before), candidate: told(now) };
}

/** Paths are of the answer where there is but one. */
function single(answers: readonly unknown[]): unknown {
  return answers.length === 1 ? answers[0] : answers;
}

function isAsLabelled({ answers, label }: GivenAnswer, path: JsonPath): boolean {
  const value = path(single(answers));
  return value !== undefined && (typeof value === 'string' ? value : JSON.stringify(value)) === label;
}
