import { type Profile, ProfileError } from '../profile.ts';
import { collapsedRow, readCollapsed } from './collapsed.ts';
import { readCpuProfile } from './cpuprofile.ts';
import { JsonShape } from './json-shape.ts';
import { quoteThreadIds, readPySpyTrace } from './py-spy-trace.ts';
import { readSpeedscope } from './speedscope.ts';
import { readV8Trace } from './v8-trace.ts';

/** A string cannot be much longer in V8, and a profile beyond it would not fit in a window either. */
export const MAX_PROFILE_BYTES = 400 * 1024 * 1024;

const READABLE =
  "V8 .cpuprofile, V8 trace, py-spy's chrometrace and raw, speedscope JSON and collapsed stacks can be read";

/** Reads a profile of any format we know, told apart by what is in it. `name` is what to call it. Throws a {@link ProfileError}. */
export function readProfile(content: Uint8Array, name: string): Profile[] {
  if (content.byteLength > MAX_PROFILE_BYTES) {
    const size = Math.round(content.byteLength / 1024 / 1024);
    throw new ProfileError(`The profile has ${size} MB; up to ${MAX_PROFILE_BYTES / 1024 / 1024} MB can be read.`);
  }
  const text = new TextDecoder().decode(content).replace(/^\uFEFF/, '');
  const start = text.trimStart().charAt(0);
  if (start === '') throw new ProfileError('The file is empty.');
  const profiles = start === '{' || start === '[' ? readJson(text, name) : [readText(text, name)];
  if (profiles.every((profile) => profile.samples.stack.length === 0)) {
    throw new ProfileError('The profile has no samples in it.');
  }
  return profiles;
}

function readText(text: string, name: string): Profile {
  const first = text.split(/\r?\n/, 20).find((row) => row.trim() !== '') ?? '';
  if (collapsedRow(first) === null) throw new ProfileError(`The file is of no known format: ${READABLE}.`);
  return readCollapsed(text, name);
}

function readJson(text: string, name: string): Profile[] {
  const json = parse(text);
  const file = new JsonShape(json);
  if (file.isArray) {
    const pySpy = file.items().some((event) => event.at('cat').textOr('') === 'py-spy');
    return [pySpy ? readPySpyTrace(json, name) : readV8Trace(json, name)];
  }
  if (file.has('nodes') && file.has('samples')) return [readCpuProfile(json, name)];
  if (file.has('shared') && file.has('profiles')) return readSpeedscope(json, name);
  if (file.has('traceEvents')) return [readV8Trace((json as { traceEvents: unknown }).traceEvents, name)];
  throw new ProfileError(`The file is JSON of no known format: ${READABLE}.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(quoteThreadIds(text));
  } catch (error) {
    throw new ProfileError(`The file is not whole JSON: ${place(text, (error as Error).message)}`);
  }
}

/** V8's message, its position as line and column where it has one, else with the snippet it quotes. */
function place(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message);
  if (position === null)
    return message.endsWith('end of JSON input') ? 'it breaks off at its end.' : `${message.replace(/\s+/g, ' ')}.`;
  const before = text.slice(0, Number(position[1])).split('\n');
  return `it goes wrong at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
}
