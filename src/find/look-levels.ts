import { normalAbove, normalDensity, normalTail } from './normal.ts';

/** Of the grid on which what has not been decided is carried from look to look, in standard deviations. */
const STEP = 0.02;
const FAR = 8;

/**
 * How sure one has to be at each planned look for looking several times to err as seldom as promised: the chances of error, one-sided, to
 * hold each look to, so that all of them together err with a chance of `miss`. Little is spent early (Lan and DeMets, Biometrika 70, 1983,
 * with the spending function that comes near O'Brien and Fleming's bounds); the chances between looks are integrated as Armitage,
 * McPherson and Rowe do (JRSS A 132, 1969).
 *
 * @param fractions of all that is to be measured, ascending, the last of them 1
 */
export function lookLevels(fractions: readonly number[], miss: number): number[] {
  const edge = normalAbove(miss / 2);
  const spent = fractions.map((fraction) => 2 * normalTail(edge / Math.sqrt(fraction)));
  /** The density of the sum at the look before, of those that were not decided. */
  let undecided: { readonly values: Float64Array; readonly density: Float64Array } | null = null;
  let before = 0;
  return fractions.map((fraction, look) => {
    const scale = Math.sqrt(fraction);
    const toSpend = spent[look]! - (spent[look - 1] ?? 0);
    const step = Math.sqrt(fraction - before);
    const from = undecided;
    /** The chance of not having been decided and lying above `value` now. */
    const above = (value: number): number =>
      from === null
        ? normalTail(value / scale)
        : from.values.reduce((sum, at, i) => sum + from.density[i]! * normalTail((value - at) / step) * STEP, 0);
    const bound = lowestWith(above, toSpend, scale);
    const values = Float64Array.from(
      { length: Math.max(1, Math.floor((bound + FAR * scale) / STEP)) },
      (_, i) => bound - (i + 0.5) * STEP,
    );
    const density = values.map((value) =>
      from === null
        ? normalDensity(value / scale) / scale
        : from.values.reduce(
            (sum, at, i) => sum + (from.density[i]! * normalDensity((value - at) / step) * STEP) / step,
            0,
          ),
    );
    undecided = { values, density };
    before = fraction;
    return normalTail(bound / scale);
  });
}

function lowestWith(above: (value: number) => number, chance: number, scale: number): number {
  let [low, high] = [0, FAR * scale];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (above(middle) > chance) low = middle;
    else high = middle;
  }
  return high;
}
