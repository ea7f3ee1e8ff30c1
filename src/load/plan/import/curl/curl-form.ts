import path from 'node:path';
import { literal } from '../../plain-plan.ts';
import type { Part } from '../../plan.ts';
import { plainText } from '../template-text.ts';

/** What curl takes a file for by its name. */
const TYPES: Readonly<Record<string, string>> = {
  '.gif': 'image/gif',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.pdf': 'application/pdf',
  '.xml': 'application/xml',
};

/** The parts one `-F` makes, and sentences on what is not taken over. @param text a template */
export function formParts(text: string, literalValue: boolean): { parts: Part[]; notes: string[] } {
  const equals = text.indexOf('=');
  if (equals < 0) return { parts: [], notes: [`-F ${text} has no "=" and was left out.`] };
  const name = plainText(text.slice(0, equals)) ?? text.slice(0, equals);
  const given = text.slice(equals + 1);
  if (literalValue) return { parts: [{ name, value: given }], notes: [] };
  const [, sign, rest] = /^([@<]?)(.*)$/s.exec(given)!;
  const { value, type, filename, notes } = contentOf(rest!);
  if (sign === '') {
    if (type !== null || filename !== null)
      notes.push(`Only files have a type or a file name; those of the field ${name} were left out.`);
    return { parts: [{ name, value }], notes };
  }
  if (sign === '<') notes.push(`The content of ${value} is sent as a file, not as the text of the field ${name}.`);
  const files = value.split(',').map((file) => plainText(file.trim()) ?? file.trim());
  const parts = files.map((file) => ({
    name,
    file,
    filename: filename ?? literal(path.posix.basename(file.replaceAll('\\', '/'))),
    type: type ?? TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
  }));
  return { parts, notes };
}

interface Content {
  readonly value: string;
  readonly type: string | null;
  readonly filename: string | null;
  readonly notes: string[];
}

/** `content;type=…;filename=…`, each of which may stand between double quotes. */
function contentOf(text: string): Content {
  const [value = '', ...settings] = segments(text);
  let type: string | null = null;
  let filename: string | null = null;
  const notes: string[] = [];
  for (const setting of settings.map((part) => part.trim())) {
    const [, key, given] = /^(\w+)=(.*)$/s.exec(setting) ?? [];
    if (key === 'type') type = unquoted(given!);
    else if (key === 'filename') filename = unquoted(given!);
    // A type has parameters of its own, such as a charset.
    else if (type !== null && key !== 'headers' && key !== 'encoder') type = `${type}; ${setting}`;
    else notes.push(`"${setting}" of -F is not taken over.`);
  }
  return { value: unquoted(value), type, filename, notes };
}

/** What semicolons part, save those between double quotes. */
function segments(text: string): string[] {
  const found = [''];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    const last = found.length - 1;
    if (letter === ';' && !quoted) {
      found.push('');
      continue;
    }
    if (letter === '"') quoted = !quoted && /(?:^|=)\s*$/.test(found[last]!);
    found[last] += quoted && letter === '\\' ? letter + (text[++at] ?? '') : letter;
  }
  return found;
}

function unquoted(text: string): string {
  const quoted = /^\s*"((?:[^"\\]|\\.)*)"\s*$/s.exec(text);
  return quoted === null ? text : quoted[1]!.replace(/\\(["\\])/g, '$1');
}
