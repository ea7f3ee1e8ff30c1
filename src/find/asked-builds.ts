import { Redactor } from '../load/plan/redaction.ts';
import type { RunRequest } from '../runner/messages.ts';
import { type AnsweredInput, type AnswerQuestion, outcomeOf } from './answer-comparison.ts';
import { AskedBuild, type GivenAnswer } from './given-answers.ts';

/** Times that both are asked again where they differ: a build that answers by chance differs now and then, and not every time. */
const AGAIN = 2;
/** A plan that gives an input again so often in a row has no more of them. */
const MOST_REPEATED = 20;

/**
 * Sends the same inputs to two builds, one after the other, each input once: the baseline, the candidate, the baseline again. Ends early
 * where the plan has no more inputs or the time is over.
 *
 * @returns what they answered, and what removes the secrets of both, those included that their set-ups extracted
 * @param until on `performance.now()`'s clock @param onInput told before each, with how many were asked
 */
export async function askBuilds(
  requests: Readonly<Record<'baseline' | 'candidate', RunRequest>>,
  { count, rule, label }: AnswerQuestion,
  { signal, until, onInput }: { signal: AbortSignal; until: number; onInput: (asked: number) => void },
): Promise<{ inputs: AnsweredInput[]; redactor: Redactor }> {
  const name = label?.name ?? null;
  const baseline = await AskedBuild.open(requests.baseline, name, signal);
  let candidate: AskedBuild | null = null;
  const known = new Set<string>();
  const inputs: AnsweredInput[] = [];
  try {
    candidate = await AskedBuild.open(requests.candidate, name, signal);
    for (let index = 0, repeated = 0; inputs.length < count && repeated < MOST_REPEATED; index++) {
      if (performance.now() > until) break;
      onInput(inputs.length);
      const first = await baseline.ask(index, signal);
      if (first === null) break;
      if (known.has(first.input)) {
        repeated++;
        continue;
      }
      repeated = 0;
      known.add(first.input);
      const answered = { baseline: [first], candidate: [] as GivenAnswer[] };
      const askBoth = async (): Promise<void> => {
        answered.candidate.push((await candidate!.ask(index, signal))!);
        answered.baseline.push((await baseline.ask(index, signal))!);
      };
      await askBoth();
      for (let again = 0; again < AGAIN && outcomeOf(answered, rule) === 'different'; again++) await askBoth();
      inputs.push(answered);
    }
    return { inputs, redactor: new Redactor([...baseline.secrets, ...candidate.secrets]) };
  } finally {
    baseline.close();
    candidate?.close();
  }
}
