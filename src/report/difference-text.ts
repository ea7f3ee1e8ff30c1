import type { ProfileUnit } from '../profile/profile.ts';
import { SIGN_WORDS, signOf } from './difference-signs.ts';
import type { HotspotsDocument } from './hotspots-document.ts';
import { amount } from './view-words.ts';

/**
 * What a function of a difference took of its own: `▲ 4.2 ms more` and `12.1 ms → 16.3 ms`; null where it took nothing of its own in
 * either run. Here every difference has its sign, however small.
 */
export function changeText(
  { self, before }: HotspotsDocument['functions'][number],
  unit: ProfileUnit,
): { change: string; figures: string } | null {
  if (before === undefined || !(self > 0 || before.self > 0)) return null;
  const figures = `${amount(before.self, unit)} → ${amount(self, unit)}`;
  const sign = signOf(self, before.self);
  if (sign === null) return { change: 'the same', figures };
  const word = SIGN_WORDS[sign];
  const size = amount(Math.abs(self - before.self), unit);
  return { change: sign === '▲' || sign === '▼' ? `${sign} ${size} ${word}` : `${sign} ${word}, ${size}`, figures };
}
