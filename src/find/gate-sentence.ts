import { figure as number } from '../load/measure/figure.ts';
import type { GateDocument, GateFigure } from './gate-document.ts';

type Judged = Pick<GateDocument, 'status' | 'figures'>;

/** What a gate found, as a sentence without its full stop. */
export function gateSentence({ status, figures }: Judged): string {
  const worst = worstOf(figures, status === 'failed' ? 'failed' : 'inconclusive');
  switch (status) {
    case 'failed':
      return `${worst!.figure} is ${changeText(worst!)}, and more than ${amountText(worst!.allowed, worst!.unit)} is not allowed`;
    case 'passed':
      return `nothing is worse than allowed: ${figures.map((one) => `${one.figure} ${changeText(one)}`).join('; ')}`;
    case 'inconclusive':
      return worst === null
        ? 'too little was measured to tell'
        : `cannot tell: ${worst.figure} is ${changeText(worst)}, and ${amountText(worst.allowed, worst.unit)} is allowed`;
    case 'void':
      return 'nothing that was measured can be relied on';
  }
}

/** `12 % slower (8 to 16 %)`, `the same (−2 to 3 %)`, `0.4 points more (0.1 to 0.8)`. */
export function changeText({ change, interval, unit }: GateFigure): string {
  if (change === null) return 'unknown';
  const [low, high] = interval.map((end) => (end === null ? 'unknown' : signed(end)));
  const range = `(${low} to ${high}${unit === 'ms' ? ' %' : ''})`;
  const size = Math.abs(change);
  if (size < 0.0005) return `the same ${range}`;
  const words = unit === 'ms' ? (change > 0 ? 'slower' : 'faster') : change > 0 ? 'more' : 'fewer';
  return `${amountText(size, unit)} ${words} ${range}`;
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
