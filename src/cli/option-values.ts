import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../load/plan/duration.ts';

/** Of an option that may be given several times. */
export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** `500ms`, `10s`, `2m`; a bare number is seconds. In ms. */
export function time(text: string): number {
  const value = parseDuration(text);
  if (value === null) throw new InvalidArgumentError('Write a time such as 500ms, 10s or 2m.');
  return value;
}

/** The same where limits of milliseconds stand beside it: a bare number could be either. In ms. */
export function timeWithUnit(text: string): number {
  if (/^[\s\d.]+$/.test(text)) throw new InvalidArgumentError('Write it with its unit, such as 250ms or 2s.');
  return time(text);
}

/** `10%` or `0.1`, as a share above 0. */
export function share(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*$/.exec(text);
  const value = match === null ? 0 : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('Write a share such as 10% or 0.1.');
  return value;
}
