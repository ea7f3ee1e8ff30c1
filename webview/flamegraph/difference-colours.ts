import { SIGNS, type Sign } from '../../src/report/difference-signs.ts';

/** Red, green, blue, 0–255. */
export type Colour = readonly [number, number, number];

export interface DifferenceColours {
  readonly same: Colour;
  readonly signs: Readonly<Record<Sign, Colour>>;
}

/**
 * The fill of boxes by what became of them. Orange is more and blue is less, which no colour blindness takes for each other; what is only
 * in one of the runs is the stronger of the two. speedscope writes on them in black, in its dark scheme in light grey.
 */
export const LIGHT_COLOURS: DifferenceColours = {
  same: [222, 222, 222],
  signs: { '▲': [250, 190, 120], '▼': [150, 200, 245], '✕': [90, 160, 225], '✚': [240, 140, 40] },
};
export const DARK_COLOURS: DifferenceColours = {
  same: [58, 58, 58],
  signs: { '▲': [120, 66, 10], '▼': [22, 62, 110], '✕': [10, 84, 165], '✚': [148, 62, 0] },
};

/** Codes of speedscope's boxes, from and to for each of the signs in their order; where there are none, from is above to. */
export interface SignRanges {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export const NO_RANGES: SignRanges = { from: SIGNS.map(() => 1000), to: SIGNS.map(() => -1) };

/**
 * Which boxes have which sign. speedscope numbers the functions of a profile in the order of their names, and gives a box the code
 * round(255 · (1 + bucket) / 256) with bucket = ⌊255 · number / count⌋. Where many functions share a code and not all have the same sign, the
 * code has none: no box then looks like what it is not. @param names of the functions of the profile, each once
 */
export function signRanges(names: readonly string[]): SignRanges {
  const sorted = names.toSorted();
  const signOfCode = new Map<number, number | null>();
  sorted.forEach((name, number) => {
    const sign = SIGNS.findIndex((one) => name.startsWith(`${one} `));
    for (const code of codesOf(Math.floor((255 * number) / sorted.length))) {
      const known = signOfCode.get(code);
      signOfCode.set(code, known === undefined || known === sign ? sign : null);
    }
  });
  const codes = SIGNS.map((_, sign) => [...signOfCode].flatMap(([code, own]) => (own === sign ? [code] : [])));
  return {
    from: codes.map((own, sign) => (own.length > 0 ? Math.min(...own) : NO_RANGES.from[sign]!)),
    to: codes.map((own, sign) => (own.length > 0 ? Math.max(...own) : NO_RANGES.to[sign]!)),
  };
}

/** Exactly between two codes it is left to the graphics card which one it is. */
function codesOf(bucket: number): number[] {
  const exact = (255 * (1 + bucket)) / 256;
  return exact % 1 === 0.5 ? [Math.floor(exact), Math.ceil(exact)] : [Math.round(exact)];
}

/** The sign that a box is named with; null where it has none. */
export function signOfName(name: string): Sign | null {
  return SIGNS.find((sign) => name.startsWith(`${sign} `)) ?? null;
}

export function cssColour([red, green, blue]: Colour): string {
  return `rgb(${red}, ${green}, ${blue})`;
}
