import { type Profile, ProfileError } from '../profile.ts';
import type { ProfileContent } from './format.ts';
import { PROFILE_FORMATS } from './formats.ts';
import { quoteThreadIds } from './py-spy-trace.ts';

/** A string cannot be much longer in V8, and a profile beyond it would not fit in a window either. */
export const MAX_PROFILE_BYTES = 400 * 1024 * 1024;

/** Reads a profile of any format we know, told apart by what is in it. `name` is what to call it. Throws a {@link ProfileError}. */
export function readProfile(content: Uint8Array, name: string): Profile[] {
  if (content.byteLength > MAX_PROFILE_BYTES) {
    const size = Math.round(content.byteLength / 1024 / 1024);
    throw new ProfileError(`The profile has ${size} MB; up to ${MAX_PROFILE_BYTES / 1024 / 1024} MB can be read.`);
  }
  const text = new TextDecoder().decode(content).replace(/^\uFEFF/, '');
  const start = text.trimStart().charAt(0);
  if (start === '') throw new ProfileError('The file is empty.');
  const read: ProfileContent = { text, json: start === '{' || start === '[' ? parse(text) : null };
  const format = PROFILE_FORMATS.find((one) => one.recognises(read));
  if (format === undefined) throw unknownFormat(read);
  const profiles = format.read(read, name);
  if (profiles.every((profile) => profile.samples.stack.length === 0)) {
    throw new ProfileError('The profile has no samples in it.');
  }
  return profiles;
}

function unknownFormat({ json }: ProfileContent): ProfileError {
  const names = PROFILE_FORMATS.map(({ name }) => name);
  const readable = `${names.slice(0, -1).join(', ')} and ${names.at(-1)} can be read`;
  return new ProfileError(`The file is ${json === null ? '' : 'JSON '}of no known format: ${readable}.`);
}

/** What begins with a brace or a bracket is an object or an array. */
function parse(text: string): object {
  try {
    return JSON.parse(quoteThreadIds(text)) as object;
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
