import type { Body } from '../../plan.ts';
import { plainText, withTexts } from '../template-text.ts';
import { bodyOfText, fieldsOf, type TypedBody } from '../text-body.ts';

/** A piece of a body or query, as one option of curl gives it. Texts are templates. */
export type DataPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** By `--json`: joined to what stands before it without `&`. */
  | { readonly kind: 'json'; readonly text: string }
  /** By `--data-urlencode`. */
  | { readonly kind: 'field'; readonly name: string | null; readonly value: string }
  | { readonly kind: 'file'; readonly file: string; readonly option: string };

/** What is sent as `options` give it, and sentences on what is not. */
export interface CurlData extends TypedBody {
  readonly notes: readonly string[];
}

/**
 * @param option its name without dashes
 * @param stdin what `@-` stands for; null: not known
 */
export function dataPiece(option: string, value: string, stdin: string | null): DataPiece {
  if (option === 'data-urlencode' || option === 'url-query') return encodedPiece(option, value);
  const kind = option === 'json' ? 'json' : 'text';
  if (option === 'data-raw' || !value.startsWith('@')) return { kind, text: value };
  if (value !== '@-' || stdin === null) return { kind: 'file', file: value.slice(1), option };
  return { kind, text: takesLineBreaksOut(option) ? stdin.replace(/[\r\n]/g, '') : stdin };
}

function takesLineBreaksOut(option: string): boolean {
  return option === 'data' || option === 'data-ascii';
}

function encodedPiece(option: string, value: string): DataPiece {
  if (option === 'url-query' && value.startsWith('+')) return { kind: 'text', text: value.slice(1) };
  const [, name, sign, rest] = /^([^=@]*)([=@]?)(.*)$/s.exec(value)!;
  if (sign === '@') return { kind: 'file', file: rest!, option };
  if (sign === '') return { kind: 'field', name: null, value };
  return { kind: 'field', name: name === '' ? null : name!, value: rest! };
}

/** The body several options make together. @param contentType the one given; null: curl's own */
export function bodyOf(pieces: readonly DataPiece[], contentType: string | null): CurlData {
  const sentAs = contentType ?? (pieces.some(isJson) ? 'application/json' : 'application/x-www-form-urlencoded');
  const [only] = pieces;
  if (pieces.length === 1 && only?.kind === 'file') return fileBody(only, sentAs);
  const { text, notes } = joined(pieces);
  const fields = sentAs.startsWith('application/x-www-form-urlencoded') ? fieldsOfPieces(pieces) : null;
  const body: Body | null = fields && { kind: 'form', fields };
  if (body !== null) return { body, contentType: sentAs.includes(';') ? sentAs : null, notes };
  const typed = bodyOfText(text, sentAs);
  return { ...typed, notes: [...notes, ...(contentType === null ? wrongType(text, sentAs) : [])] };
}

/** Whether it comes from `--json`, which also says what is sent and what is asked for. */
export function isJson(piece: DataPiece): boolean {
  return piece.kind === 'json' || (piece.kind === 'file' && piece.option === 'json');
}

function fileBody({ file, option }: DataPiece & { kind: 'file' }, contentType: string): CurlData {
  const notes: string[] = [];
  if (option === 'data-urlencode') notes.push(`curl encodes what is in ${file}; here it is sent as it is.`);
  if (file === '-') notes.push('The body comes from standard input; put it into a file and name that.');
  else if (takesLineBreaksOut(option))
    notes.push(`curl takes the line breaks out of ${file}; here it is sent as it is.`);
  if (file.endsWith('.json')) notes.push(...wrongType('{}', contentType));
  return { body: { kind: 'file', file: plainText(file) ?? file }, contentType, notes };
}

/** JSON that goes out under a form's name is an oversight more often than not, and many servers refuse it. */
function wrongType(text: string, contentType: string): string[] {
  if (!/^\s*[[{]/.test(text) || !contentType.startsWith('application/x-www-form-urlencoded')) return [];
  return [
    `Like curl, the plan sends this body as ${contentType}. Where that should be JSON, set the header content-type.`,
  ];
}

/** The query that `-G` and `--url-query` make: by name where it can be written so, else as text. */
export function queryOf(pieces: readonly DataPiece[]): {
  query: Record<string, string>;
  text: string;
  notes: string[];
} {
  const fields = fieldsOfPieces(pieces);
  if (fields !== null) return { query: fields, text: '', notes: [] };
  return { query: {}, ...joined(pieces) };
}

function fieldsOfPieces(pieces: readonly DataPiece[]): Record<string, string> | null {
  const fields = new Map<string, string>();
  for (const piece of pieces) {
    const found = piece.kind === 'text' ? fieldsOf(piece.text) : fieldOf(piece);
    if (found === null) return null;
    for (const [name, value] of Object.entries(found)) {
      if (fields.has(name)) return null;
      fields.set(name, value);
    }
  }
  return Object.fromEntries(fields);
}

function fieldOf(piece: DataPiece): Record<string, string> | null {
  return piece.kind === 'field' && piece.name !== null && /^[\w.-]+$/.test(piece.name)
    ? { [piece.name]: piece.value }
    : null;
}

function joined(pieces: readonly DataPiece[]): { text: string; notes: string[] } {
  let text = '';
  const notes: string[] = [];
  pieces.forEach((piece, at) => {
    if (piece.kind === 'file') {
      notes.push(
        `${piece.file} is one part of the body among others and was left out: a plan sends a file only as a whole.`,
      );
      return;
    }
    const separator = at === 0 || piece.kind === 'json' ? '' : '&';
    text += separator + (piece.kind === 'field' ? encodedField(piece) : piece.text);
  });
  return { text, notes };
}

function encodedField({ name, value }: DataPiece & { kind: 'field' }): string {
  const encoded = withTexts(value, (text) =>
    encodeURIComponent(text)
      .replaceAll('%20', '+')
      .replace(/[!'()*]/g, percent),
  );
  return name === null ? encoded : `${name}=${encoded}`;
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}
