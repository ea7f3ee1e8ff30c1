import { binomialInterval } from '../load/measure/percentile.ts';
import type { JsonPath } from '../load/scenario/json-path.ts';
import type { AnswerRule } from './answer-rule.ts';
import type { GateAnswers } from './gate-document.ts';
import type { GivenAnswer } from './given-answers.ts';

/** What is asked of the answers of two builds. */
export interface AnswerQuestion {
  /** So many inputs. */
  readonly count: number;
  readonly rule: AnswerRule;
  /** What answers are held against, instead of each other; null: nothing. */
  readonly label: { readonly name: string; readonly path: JsonPath } | null;
}

/** The same inputs, answered by the baseline twice and by the candidate once. */
export interface AnsweredInputs {
  readonly baseline: readonly GivenAnswer[];
  readonly again: readonly GivenAnswer[];
  readonly candidate: readonly GivenAnswer[];
}

const SHOWN = 5;
/** That a candidate that is as right as the baseline is called less right. */
const MISS = 0.025;

/**
 * Holds answers against each other. Without labels a candidate fails that answers an input otherwise to which the baseline gives the same
 * answer twice; what the baseline itself answers otherwise the second time says nothing. With labels it fails where it is surely right less
 * often: of the inputs that one of the two gets right and the other wrong, an exact test of signs (McNemar, Psychometrika 12, 1947).
 */
export function comparedAnswers({ baseline, again, candidate }: AnsweredInputs, question: AnswerQuestion): GateAnswers {
  const { rule, label } = question;
  const facts = { inputs: baseline.length, unstable: 0, different: 0, examples: [] as GateAnswers['examples'] };
  baseline.forEach((before, input) => {
    if (differenceOf(before, again[input]!, rule) !== null) {
      facts.unstable++;
      return;
    }
    const difference = differenceOf(before, candidate[input]!, rule);
    if (difference === null) return;
    facts.different++;
    if (facts.examples.length < SHOWN) facts.examples.push({ input: input + 1, ...difference });
  });
  if (label === null) return { ...facts, accuracy: null, status: facts.different > 0 ? 'failed' : stable(facts) };
  const isRight = (given: GivenAnswer): boolean => given.failure === null && rightBy(given, label.path);
  const rights = baseline.map((before, input) => [isRight(before), isRight(candidate[input]!)] as const);
  const share = (of: (pair: readonly [boolean, boolean]) => boolean): number => rights.filter(of).length;
  const lost = share(([before, now]) => before && !now);
  const won = share(([before, now]) => !before && now);
  const [, most] = binomialInterval(lost + won, 0.5, 1 - 2 * MISS);
  return {
    ...facts,
    accuracy: {
      baseline: share(([before]) => before) / rights.length,
      candidate: share(([, now]) => now) / rights.length,
      lost,
      won,
    },
    status: lost > most ? 'failed' : 'passed',
  };
}

/** A baseline that hardly answers twice alike cannot be held against. */
function stable({ inputs, unstable }: { readonly inputs: number; readonly unstable: number }): GateAnswers['status'] {
  return unstable > inputs / 2 ? 'inconclusive' : 'passed';
}

function differenceOf(
  before: GivenAnswer,
  now: GivenAnswer,
  rule: AnswerRule,
): Omit<GateAnswers['examples'][number], 'input'> | null {
  if (before.failure !== null || now.failure !== null) {
    const same = before.failure !== null && now.failure !== null;
    const told = ({ failure }: GivenAnswer): string => failure ?? 'an answer';
    return same ? null : { path: 'whole', baseline: told(before), candidate: told(now) };
  }
  return rule.difference(single(before.answers), single(now.answers));
}

/** Paths are of the answer where there is but one. */
function single(answers: readonly unknown[]): unknown {
  return answers.length === 1 ? answers[0] : answers;
}

function rightBy({ answers, label }: GivenAnswer, path: JsonPath): boolean {
  const value = path(single(answers));
  return value !== undefined && (typeof value === 'string' ? value : JSON.stringify(value)) === label;
}
