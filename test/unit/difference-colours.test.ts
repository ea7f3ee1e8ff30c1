import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SIGNS, type Sign } from '../../src/report/difference-signs.ts';
import {
  type Colour,
  DARK_COLOURS,
  type DifferenceColours,
  LIGHT_COLOURS,
  signRanges,
} from '../../webview/flamegraph/difference-colours.ts';
import { colourFunction, withSigns } from '../../webview/flamegraph/sign-code.ts';

/** What colours are to those who lack a kind of cones, on linear light: Machado, Oliveira and Fernandes 2009, at full severity. */
const BLINDNESS: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

function linearOf(colour: Colour): [number, number, number] {
  return colour.map((part) => linear(part / 255)) as [number, number, number];
}

function seen(colour: Colour, blindness: string): [number, number, number] {
  const light = linearOf(colour);
  return BLINDNESS[blindness]!.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, i) => sum + factor * light[i]!, 0),
      ),
    ),
  ) as [number, number, number];
}

/** CIE L*a*b* of linear sRGB, white point D65. */
function lab([r, g, b]: readonly [number, number, number]): [number, number, number] {
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function apart(one: Colour, other: Colour, blindness: string): number {
  const [a, b] = [lab(seen(one, blindness)), lab(seen(other, blindness))];
  return Math.hypot(...a.map((part, i) => part - b[i]!));
}

function contrast(one: Colour, other: Colour): number {
  const luminance = (colour: Colour): number => {
    const [r, g, b] = linearOf(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const THEMES: readonly (readonly [name: string, colours: DifferenceColours, text: Colour])[] = [
  ['light', LIGHT_COLOURS, [0, 0, 0]],
  ['dark', DARK_COLOURS, [0xd0, 0xd0, 0xd0]],
];

for (const [name, colours, text] of THEMES) {
  describe(`the colours of a difference, ${name}`, () => {
    test('let the text on them be read', () => {
      for (const colour of [colours.same, ...Object.values(colours.signs)]) {
        assert.ok(contrast(colour, text) >= 4.5, `${colour}: ${contrast(colour, text)}`);
      }
    });

    test('tell more from less and both from the same, whatever colours somebody sees', () => {
      const more = [colours.signs['▲'], colours.signs['✚']];
      const less = [colours.signs['▼'], colours.signs['✕']];
      for (const blindness of Object.keys(BLINDNESS)) {
        for (const one of more) {
          for (const other of less) {
            assert.ok(
              apart(one, other, blindness) >= 20,
              `${one} ${other} ${blindness} ${apart(one, other, blindness)}`,
            );
          }
        }
        for (const colour of [...more, ...less]) {
          const distance = apart(colour, colours.same, blindness);
          assert.ok(distance >= 10, `${colour} ${blindness} ${distance}`);
        }
      }
    });
  });
}

/** What speedscope does with the names of a profile's functions: the code of each one's boxes. */
function codesOf(names: readonly string[]): Map<string, number> {
  const sorted = [...names].sort((a, b) => (a > b ? 1 : -1));
  return new Map(
    sorted.map((name, i) => [name, Math.round((255 * (1 + Math.floor((255 * i) / sorted.length))) / 256)]),
  );
}

function signAt(code: number, names: readonly string[]): Sign | null {
  const { from, to } = signRanges(names);
  const at = SIGNS.findIndex((_, sign) => code >= from[sign]! && code <= to[sign]!);
  return SIGNS[at] ?? null;
}

describe('the boxes of a difference', () => {
  const named = (sign: Sign | null, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${sign === null ? '' : `${sign} `}part${i} (app.py:${i})`);

  test('have the colours of their signs', () => {
    const names = [
      ...named('▲', 20),
      ...named(null, 30),
      ...named('✚', 7),
      ...named('✕', 1),
      ...named('▼', 12),
      '日本',
    ];
    for (const [name, code] of codesOf(names)) {
      assert.equal(signAt(code, names), SIGNS.find((sign) => name.startsWith(sign)) ?? null, name);
    }
    assert.equal(signAt(3, named(null, 5)), null);
  });

  test('never have the colour of another sign, however many there are', () => {
    const names = [...named('▲', 700), ...named(null, 1900), ...named('✚', 41), ...named('✕', 333), ...named('▼', 120)];
    let plain = 0;
    for (const [name, code] of codesOf(names)) {
      const sign = signAt(code, names);
      const own = SIGNS.find((one) => name.startsWith(one)) ?? null;
      if (sign === null && own !== null) plain++;
      else assert.equal(sign, own, name);
    }
    assert.ok(plain <= (4 * 2 * names.length) / 255, `${plain} of ${names.length} lost their colour`);
  });
});

test("only speedscope's shader of boxes is changed, and in one call", () => {
  const code = colourFunction(LIGHT_COLOURS);
  assert.equal(
    withSigns('void main() { gl_FragColor = vec4(1.0); }', code),
    'void main() { gl_FragColor = vec4(1.0); }',
  );
  const changed = withSigns('void main() { c = vec4(colorForBucket(here.z), here.a); }', code);
  assert.ok(changed.endsWith('void main() { c = vec4(tailflameColour(here.z), here.a); }'));
  assert.ok(changed.indexOf('vec3 tailflameColour') < changed.indexOf('void main'));
});
