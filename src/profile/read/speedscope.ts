import type { Profile, ProfileUnit } from '../profile.ts';
import { ProfileBuilder } from '../profile-builder.ts';
import { sampleStateOf } from '../sample-state.ts';
import type { ProfileFormat } from './format.ts';
import { JsonShape } from './json-shape.ts';

/** {@link readSpeedscope} */
export const SPEEDSCOPE: ProfileFormat = {
  name: 'speedscope JSON',
  endings: ['speedscope.json', 'speedscope'],
  recognises: ({ json }) => {
    const file = new JsonShape(json);
    return file.has('shared') && file.has('profiles');
  },
  read: ({ json }, name) => readSpeedscope(json, name),
};

/** Ms, samples or bytes in one unit of the file. */
const COUNTED = { unit: 'samples' as const, scale: 1 };
const UNITS: Readonly<Record<string, { unit: ProfileUnit; scale: number }>> = {
  nanoseconds: { unit: 'ms', scale: 1e-6 },
  microseconds: { unit: 'ms', scale: 1e-3 },
  milliseconds: { unit: 'ms', scale: 1 },
  seconds: { unit: 'ms', scale: 1000 },
  bytes: { unit: 'bytes', scale: 1 },
  none: COUNTED,
};

/**
 * speedscope's JSON, one profile for each in the file. Weights follow one another from `startValue` on, which makes a time axis where
 * they are times; whoever wrote the file may have sorted or summed them. Throws a `ProfileError`.
 */
function readSpeedscope(json: unknown, name: string): Profile[] {
  const file = new JsonShape(json);
  const frames = file.at('shared').at('frames').items();
  return file
    .at('profiles')
    .items()
    .map((part) => {
      const builder = new ProfileBuilder();
      const indexes = frames.map((frame) =>
        builder.frame({
          function: frame.at('name').text(),
          file: frame.at('file').textOr(null),
          line: null,
          column: null,
        }),
      );
      // Whether a frame's `line` is the one that declares the function or the one that executes, no file says: it is taken for the latter.
      const enter = (parent: number, index: JsonShape): number => {
        const frame = frames[index.number()];
        if (frame === undefined) throw index.wrong(`is ${index.number()}, but there are ${frames.length} frames`);
        return builder.stack(parent, indexes[index.number()]!, frame.at('line').numberOr(0));
      };
      const unit = UNITS[part.at('unit').textOr('none')] ?? COUNTED;
      const type = part.at('type').text();
      if (type === 'sampled') addSampled(builder, part, unit.scale, enter);
      else if (type === 'evented') addEvented(builder, part, unit.scale, enter);
      else throw part.at('type').wrong(`is "${type}"; sampled and evented can be read`);
      return builder.build(part.at('name').textOr(name), unit.unit, unit.unit === 'ms');
    });
}

type Enter = (parent: number, frame: JsonShape) => number;

function addSampled(builder: ProfileBuilder, part: JsonShape, scale: number, enter: Enter): void {
  const samples = part.at('samples').items();
  const weights = part.at('weights').numbers();
  if (weights.length !== samples.length) {
    throw part.at('weights').wrong(`has ${weights.length} entries for ${samples.length} samples`);
  }
  const thread = threadOf(builder, part);
  let time = part.at('startValue').numberOr(0) * scale;
  samples.forEach((sample, row) => {
    const weight = weights[row]! * scale;
    let stack = -1;
    for (const frame of sample.items()) stack = enter(stack, frame);
    builder.sample(time, stack, thread, weight, stateOf(builder, stack));
    time += weight;
  });
}

function addEvented(builder: ProfileBuilder, part: JsonShape, scale: number, enter: Enter): void {
  const thread = threadOf(builder, part);
  const open: { frame: number; stack: number }[] = [];
  let since = part.at('startValue').numberOr(0) * scale;
  for (const event of part.at('events').items()) {
    const at = event.at('at').number() * scale;
    if (at < since) throw event.at('at').wrong('goes back in time');
    const stack = open.at(-1)?.stack ?? -1;
    if (at > since && stack >= 0) builder.sample(since, stack, thread, at - since, stateOf(builder, stack));
    since = at;
    const frame = event.at('frame');
    if (event.at('type').text() === 'O') {
      open.push({ frame: frame.number(), stack: enter(stack, frame) });
    } else if (open.pop()?.frame !== frame.number()) {
      throw event.wrong(`closes frame ${frame.number()}, which is not the innermost open one`);
    }
  }
}

function threadOf(builder: ProfileBuilder, part: JsonShape): number {
  return builder.thread({ pid: 0, id: '0', name: part.at('name').textOr('main') });
}

function stateOf(builder: ProfileBuilder, stack: number): number {
  return sampleStateOf(builder.frameOf(stack));
}
