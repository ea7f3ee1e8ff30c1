import { figure as number } from '../load/measure/figure.ts';
import type { GateAnswers, GateFigure, GateLevel } from './gate-document.ts';
import type { statusOf } from './gate-judgement.ts';

/** What figures come to, as a sentence without its full stop. */
export function gateSentence(
  status: ReturnType<typeof statusOf>,
  figures: readonly GateFigure[],
  levels: readonly GateLevel[],
): string {
  if (status === 'passed') {
    const told = [...figures.map((one) => `${one.figure} ${changeText(one)}`), ...levels.map(levelText)];
    return `passed: nothing is worse than allowed: ${told.join('; ')}`;
  }
  const level = levels.find((one) => one.status === status);
  const isFigure = figures.some((one) => one.status === status);
  if (level !== undefined && !isFigure) {
    const may = `${shareText(level.allowed)} may`;
    return status === 'failed'
      ? `failed: ${levelText(level)}, and ${may}`
      : `cannot tell: ${levelText(level)}, and ${may}`;
  }
  const worst = worstOf(figures, status);
  if (worst === null) return 'cannot tell: no latency could be judged';
  const allowed = amountText(worst.allowed, worst.unit);
  return status === 'failed'
    ? `failed: ${worst.figure} ${changeText(worst)}, and more than ${allowed} is not allowed`
    : `cannot tell: ${worst.figure} ${changeText(worst)}, and ${allowed} is allowed`;
}

/** `12 % slower (8 to 16 %)`, `the same (−2 to 3 %)`, `0.4 points more (0.1 to 0.8)`. */
export function changeText({ change, interval, unit, allowed }: GateFigure): string {
  if (change === null) return 'unknown';
  const [low, high] = interval.map((end) => (end === null ? 'unknown' : signed(end)));
  const range = `(${low} to ${high}${unit === 'ms' ? ' %' : ''})`;
  const size = Math.abs(change);
  // No more digits than what is asked about.
  if (size < allowed / 20) return `the same ${range}`;
  const words = unit === 'ms' ? (change > 0 ? 'slower' : 'faster') : change > 0 ? 'more' : 'fewer';
  return `${amountText(size, unit)} ${words} ${range}`;
}

/** What the answers of two builds come to, without its full stop. */
export function answersSentence(answers: GateAnswers): string {
  const { status, inputs, unstable, unanswered, different, examples, accuracy } = answers;
  if (inputs === 0) return 'cannot tell: no input was asked in the time for answers';
  if (accuracy !== null) {
    const { baseline, candidate, lost, won } = accuracy;
    const answered = inputs - unanswered;
    if (status === 'inconclusive') {
      return answered === 0
        ? `cannot tell: the baseline does not answer ${unanswered} of ${inputs} inputs`
        : 'cannot tell: no answer of either build is what its label says; is the path right?';
    }
    const told = `right in ${shareText(candidate)} of ${answered} inputs, the baseline in ${shareText(baseline)}`;
    return status === 'failed'
      ? `failed: ${told}: ${lost} are no longer right, and ${won} newly so`
      : `answers are ${told}`;
  }
  if (status === 'inconclusive') {
    return unanswered > unstable
      ? `cannot tell: the baseline does not answer ${unanswered} of ${inputs} inputs`
      : `cannot tell: ${unstable} of ${inputs} inputs are answered differently each time; name the places that may differ with --answers-within`;
  }
  const beside = [
    ...(unstable > 0 ? [`${unstable} answered differently each time`] : []),
    ...(unanswered > 0 ? [`${unanswered} not answered by the baseline`] : []),
  ].join(', ');
  const rest = beside === '' ? '' : ` (${beside})`;
  if (status === 'passed')
    return `answers are the same for ${inputs - unstable - unanswered} of ${inputs} inputs${rest}`;
  const [first] = examples;
  return `failed: ${different} of ${inputs} inputs are answered differently${rest}, such as ${first!.input}: ${first!.path} is ${first!.candidate} instead of ${first!.baseline}`;
}

/** `p(99)<250 missed by 2.1 % of requests (1.4 to 3 %)`. */
export function levelText({ objective, count, bad, interval }: GateLevel): string {
  if (count === 0) return `${objective} not answered`;
  const [low, high] = interval.map((end) => (end === null ? 'unknown' : number(end * 100, 2)));
  return `${objective} missed by ${shareText(bad / count)} of requests (${low} to ${high} %)`;
}

export function shareText(share: number): string {
  return `${number(share * 100, 2)} %`;
}

/** `10 %`, `1 point`. */
export function amountText(share: number, unit: GateFigure['unit']): string {
  const value = number(Math.abs(share) * 100, 2);
  return unit === 'ms' ? `${value} %` : `${value} ${value === '1' ? 'point' : 'points'}`;
}

function signed(share: number): string {
  const text = number(Math.abs(share) * 100, 2);
  return share < 0 && text !== '0' ? `−${text}` : text;
}

/** Of those of a status the one that is most above what is allowed. */
function worstOf(figures: readonly GateFigure[], status: GateFigure['status']): GateFigure | null {
  const above = ({ change, allowed }: GateFigure): number => (change ?? 0) / allowed;
  return figures.filter((one) => one.status === status).toSorted((a, b) => above(b) - above(a))[0] ?? null;
}
