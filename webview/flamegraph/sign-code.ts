import { SIGNS } from '../../src/report/difference-signs.ts';
import type { Colour, DifferenceColours } from './difference-colours.ts';

/** What the code of {@link colourFunction} is told from outside. */
export const SIGN_UNIFORMS = { from: 'tailflameFrom', to: 'tailflameTo', isSigned: 'tailflameSigned' } as const;
/** Where speedscope's shader takes the colour of a box. */
const CALL = 'colorForBucket(here.z)';

/** The shader with the call exchanged; any other one as it is. */
export function withSigns(source: string, code: string): string {
  if (!source.includes(CALL)) return source;
  return source.replace(/void\s+main\s*\(/, `${code}\n$&`).replace(CALL, 'tailflameColour(here.z)');
}

/** A function of a box's code in the place of speedscope's, which it calls where no difference is shown. */
export function colourFunction({ same, signs }: DifferenceColours): string {
  const parts = ['x', 'y', 'z', 'w'];
  const steps = SIGNS.map((sign, at) => `colour = mix(colour, ${vector(signs[sign])}, within.${parts[at]});`);
  const { from, to, isSigned } = SIGN_UNIFORMS;
  return `uniform vec4 ${from};
uniform vec4 ${to};
uniform float ${isSigned};
vec3 tailflameColour(float z) {
  if (${isSigned} < 0.5) return colorForBucket(z);
  float code = floor(z * 255.0 + 0.5);
  vec4 within = step(${from} - 0.5, vec4(code)) * step(vec4(code), ${to} + 0.5);
  vec3 colour = ${vector(same)};
  ${steps.join('\n  ')}
  return colour;
}`;
}

function vector(colour: Colour): string {
  return `vec3(${colour.map((part) => (part / 255).toFixed(4)).join(', ')})`;
}
