import { figure } from '../load/measure/figure.ts';
import type { FindRateDocument } from './find-rate-document.ts';
import type { AnswerBand } from './level-search.ts';
import { limitText } from './limit-text.ts';

/** How a search ended, for its answer in words. */
export interface SearchEnd {
  readonly unit: 'rate' | 'users';
  /** In the mean; where it is not 1 a rate is said to be one of iterations. */
  readonly requestsPerIteration: number;
  readonly objectives: readonly string[];
  readonly band: AnswerBand;
  /** The lowest level that was tried and does not hold although it is the lowest that makes sense; null where there is none. */
  readonly failsAtLeast: { readonly level: number; readonly reason: string | null } | null;
  /** The level from which on the generator is the limit, and why; null where it is not. */
  readonly generatorLimit: number | null;
  readonly generatorReason: string | null;
  /** Why the last of several void probes in a row was void; null where there were none. */
  readonly tooBusy: string | null;
  /** What the search could not do in its time, as a sentence; null where it had its time. */
  readonly shortOf: string | null;
}

/** A level as people say it: `120/s`, `16 users`, and `40 iterations/s` where an iteration is not one request. */
export function levelText(unit: 'rate' | 'users', level: number, requestsPerIteration = 1): string {
  if (unit === 'rate') return `${figure(level)}${requestsPerIteration === 1 ? '' : ' iterations'}/s`;
  return `${figure(level, 9)} ${level === 1 ? 'user' : 'users'}`;
}

/** The answer, and the sentence one takes to the meeting. */
export function rateAnswer(end: SearchEnd): Pick<FindRateDocument, 'answer' | 'sentence'> {
  const { unit, requestsPerIteration, objectives, band, failsAtLeast, generatorLimit, tooBusy, shortOf } = end;
  const { passesAt, failsAt, inferred } = band;
  const limit = limitText(objectives);
  const at = (level: number): string => levelText(unit, level, requestsPerIteration);
  if (passesAt !== null && failsAt !== null) {
    const fails = unit === 'users' ? figure(failsAt, 9) : at(failsAt);
    const how = inferred === null ? '' : ` (${at(band[inferred]!)} by all probes together, not by one there)`;
    return { answer: 'found', sentence: `holds ${at(passesAt)} ${limit}, fails at ${fails}${how}` };
  }
  if (failsAtLeast !== null) {
    const why = failsAtLeast.reason === null ? '' : ` (${failsAtLeast.reason.replace(/\.$/, '')})`;
    return { answer: 'none', sentence: `does not hold ${limit} even at ${at(failsAtLeast.level)}${why}` };
  }
  const held = passesAt === null ? `not known to hold ${limit} at any load` : `holds ${at(passesAt)} ${limit}`;
  const unresolved = (why: string): Pick<FindRateDocument, 'answer' | 'sentence'> => ({
    answer: 'unresolved',
    sentence: `${held}; ${why}`,
  });
  if (tooBusy !== null) {
    return unresolved(`no more can be told, because one probe after the other was not valid: ${withoutStop(tooBusy)}`);
  }
  if (generatorLimit !== null && failsAt === null) {
    return unresolved(
      `where it fails is not known, because Tailflame itself is the limit at ${at(generatorLimit)}: ${withoutStop(end.generatorReason ?? 'it sent late')}`,
    );
  }
  const fails = failsAt === null ? 'where it fails is not known' : `fails at ${at(failsAt)}`;
  return unresolved(shortOf === null ? fails : `${fails}, ${shortOf}`);
}

/** A reason of a run's verdict, as part of another sentence. */
function withoutStop(sentence: string): string {
  return sentence.replace(/^Not valid: /, '').replace(/\.$/, '');
}
