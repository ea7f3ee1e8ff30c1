import { type Frame, type Profile, ProfileError, RUNNING } from '../profile.ts';
import { ProfileBuilder } from '../profile-builder.ts';
import type { ProfileFormat } from './format.ts';

/** `name (file:line)`, as py-spy writes it. */
const WITH_PLACE = /^(.*) \((.+?):(\d+)\)$/;

/** {@link readCollapsed} */
export const COLLAPSED: ProfileFormat = {
  name: "collapsed stacks (py-spy's raw)",
  endings: ['collapsed', 'folded'],
  recognises: ({ text, json }) => {
    const first = text.split(/\r?\n/, 20).find((row) => row.trim() !== '') ?? '';
    return json === null && collapsedRow(first) !== null;
  },
  read: ({ text }, name) => [readCollapsed(text, name)],
};

/** Stacks with a count, a line each: `outer;inner 42`. There is no time axis. Throws a `ProfileError`. */
export function readCollapsed(text: string, name: string): Profile {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 0, id: '0', name: 'all' });
  text.split(/\r?\n/).forEach((row, index) => {
    if (row.trim() === '') return;
    const parsed = collapsedRow(row);
    if (parsed === null) {
      throw new ProfileError(`Line ${index + 1} is no collapsed stack: "outer;inner 42" was expected.`);
    }
    let stack = -1;
    for (const part of parsed.stack) {
      const { frame, line } = frameOf(part);
      stack = builder.stack(stack, builder.frame(frame), line);
    }
    builder.sample(Number.NaN, stack, thread, parsed.count, RUNNING);
  });
  return builder.build(name, 'samples', false);
}

/** A row's frames and count; null where it is none. */
function collapsedRow(row: string): { stack: string[]; count: number } | null {
  const space = row.trimEnd().lastIndexOf(' ');
  const count = Number(row.slice(space + 1));
  if (space < 1 || !Number.isFinite(count) || count < 0) return null;
  return { stack: row.slice(0, space).split(';'), count };
}

function frameOf(text: string): { frame: Frame; line: number } {
  const place = WITH_PLACE.exec(text);
  if (place === null) return { frame: { function: text, file: null, line: null, column: null }, line: 0 };
  return { frame: { function: place[1]!, file: place[2]!, line: null, column: null }, line: Number(place[3]) };
}
