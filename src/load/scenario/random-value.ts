/** Where uniform numbers in [0, 1) come from, 32 bits each. */
export interface RandomSource {
  random(): number;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A whole number, both ends included. */
export function randomInt(source: RandomSource, least: number, most: number): number {
  const count = most - least + 1;
  // 32 bits cannot reach every number of a wide range, nor all of them equally often.
  return least + Math.floor((count > 65536 ? fine(source) : source.random()) * count);
}

export function randomFloat(source: RandomSource, least: number, most: number): number {
  return least + fine(source) * (most - least);
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** RFC 9562, version 4. */
export function randomUuid(source: RandomSource): string {
  const [a, b, c, d] = [word(source), word(source), word(source), word(source)];
  const versioned = (b & 0xffff0fff) | 0x4000;
  const variant = (c & 0x3fffffff) | 0x80000000;
  return `${hex(a)}-${half(versioned >>> 16)}-${half(versioned)}-${half(variant >>> 16)}-${half(variant)}${hex(d)}`;
}

/** Small letters and digits. */
export function randomText(source: RandomSource, length: number): string {
  let text = '';
  for (let at = 0; at < length; at++) text += LETTERS[Math.floor(source.random() * LETTERS.length)]!;
  return text;
}

export function randomPick<T>(source: RandomSource, options: readonly T[]): T {
  return options[Math.floor(source.random() * options.length)]!;
}

/** 53 bits. */
function fine(source: RandomSource): number {
  const high = Math.floor(source.random() * 67108864);
  const low = Math.floor(source.random() * 134217728);
  return (high * 134217728 + low) / 9007199254740992;
}

function word(source: RandomSource): number {
  return (source.random() * 4294967296) | 0;
}

/** From a table: V8 takes about ten times as long to write a large number in hexadecimal. */
function hex(bits: number): string {
  return half(bits >>> 16) + half(bits);
}

function half(bits: number): string {
  return BYTES[(bits >>> 8) & 0xff]! + BYTES[bits & 0xff]!;
}
