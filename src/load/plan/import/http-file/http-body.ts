import path from 'node:path';
import { mediaTypeOf } from '../../../scenario/media-type.ts';
import { literal } from '../../plain-plan.ts';
import type { Body, Part } from '../../plan.ts';
import { bodyOfText, jsonOf } from '../text-body.ts';

/** The body of a request in a `.http` file. */
export interface HttpBody {
  readonly body: Body | null;
  /** What is left to say about its type; null: nothing. */
  readonly contentType: string | null;
  readonly notes: readonly string[];
}

const FILE = /^<(@\w*)?\s+(.+?)\s*$/;

/**
 * @param lines as they stand in the file
 * @param contentType as the headers have it; null: they say nothing
 * @param folder absolute; that of the file
 * @param template makes a template of text with `{{…}}`
 */
export function httpBody(
  lines: readonly string[],
  contentType: string | null,
  folder: string,
  template: (text: string) => string,
): HttpBody {
  if (lines.length === 0) return { body: null, contentType, notes: [] };
  const boundary = /^multipart\/form-data\s*;.*boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
  if (boundary !== undefined) return { ...multipart(lines, boundary, folder, template), contentType: null };
  const files = lines.flatMap((line) => FILE.exec(line) ?? []);
  const file = lines.length === 1 ? FILE.exec(lines[0]!) : null;
  if (file !== null) {
    const notes = file[1] === undefined ? [] : [`Variables in ${file[2]} are not filled in: it is sent as it is.`];
    return { body: { kind: 'file', file: path.resolve(folder, file[2]!) }, contentType, notes };
  }
  const notes = files.length > 0 ? ['A file is only part of the body, and was not put into it.'] : [];
  const kept = lines.filter((line) => !FILE.test(line));
  if (/^application\/x-www-form-urlencoded/i.test(contentType ?? '')) {
    return { ...bodyOfText(template(kept.map((line) => line.trim()).join('')), contentType), notes };
  }
  const end = /^application\/(?:x-)?(?:nd-?json|jsonl)/i.test(contentType ?? '') ? '\n' : '';
  const text = template(kept.join('\n') + end);
  // Where nothing is said, a plan sends what is JSON as JSON.
  const type = contentType ?? (jsonOf(text) === undefined ? null : 'application/json');
  return { ...bodyOfText(text, type), notes };
}

function multipart(
  lines: readonly string[],
  boundary: string,
  folder: string,
  template: (text: string) => string,
): { body: Body; notes: string[] } {
  const parts: Part[] = [];
  const notes: string[] = [];
  for (const part of partsOf(lines, boundary)) {
    const blank = part.findIndex((line) => line.trim() === '');
    const head = (blank < 0 ? part : part.slice(0, blank)).join('\n');
    const content = blank < 0 ? [] : part.slice(blank + 1);
    const name = /[;\s]name="([^"]*)"/i.exec(head)?.[1];
    const filename = /filename="([^"]*)"/i.exec(head)?.[1];
    const type = /^content-type:\s*(.+?)\s*$/im.exec(head)?.[1];
    const file = content.length === 1 ? FILE.exec(content[0]!)?.[2] : undefined;
    if (name === undefined) {
      notes.push('A part of the body has no name and was left out.');
    } else if (file === undefined) {
      if (filename !== undefined) notes.push(`The part ${name} is sent as a field, without its file name.`);
      parts.push({ name, value: template(content.join('\n')) });
    } else {
      parts.push({
        name,
        file: path.resolve(folder, file),
        filename: filename === undefined ? literal(path.basename(file)) : template(filename),
        type: type ?? mediaTypeOf(file),
      });
    }
  }
  return { body: { kind: 'multipart', parts }, notes };
}

function partsOf(lines: readonly string[], boundary: string): string[][] {
  const parts: string[][] = [];
  for (const line of lines) {
    if (line.trim() === `--${boundary}--`) break;
    if (line.trim() === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}
