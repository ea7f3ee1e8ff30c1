import type { Body } from '../plan/plan.ts';
import { jsonPieces } from './json-template.ts';
import { mediaTypeOf } from './media-type.ts';
import { compileMultipart } from './multipart.ts';
import { encodeForForm } from './percent-encoding.ts';
import { planBytes } from './plan-bytes.ts';
import { compileTemplate, renderText, renderValue, type Template } from './template.ts';
import type { IterationValues } from './values.ts';

/** A body of a plan, or what was made of one. */
export type SentBody = Body | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly contentType: string | null };

/** A body made ready once. */
export interface CompiledBody {
  /** The same in every iteration; null: there is none. undefined: it has to be rendered. */
  readonly static: Buffer | null | undefined;
  /** null: nothing is said about it. */
  readonly contentType: string | null;
  /** Throws a `StepError` for a name without a value; not to be called where there is no body. */
  render(values: IterationValues): Buffer;
}

/** Reads the body's files. Throws a `PlanError` where one cannot be read, or a template has a fault. */
export function compileBody(body: SentBody | null): CompiledBody {
  switch (body?.kind) {
    case undefined:
      return { static: null, contentType: null, render: () => Buffer.alloc(0) };
    case 'text':
      return textBody(body.text);
    case 'json':
      return jsonBody(body.value);
    case 'form':
      return formBody(body.fields);
    case 'multipart':
      return compileMultipart(body.parts);
    case 'file':
      return fixedBody(planBytes(body.file), mediaTypeOf(body.file));
    case 'bytes':
      return fixedBody(body.bytes, body.contentType);
  }
}

function textBody(text: string): CompiledBody {
  const template = compileTemplate(text);
  const contentType = looksLikeJson(template) ? 'application/json' : null;
  if (template.static) return fixedBody(Buffer.from(template.text), contentType);
  return { static: undefined, contentType, render: (values) => Buffer.from(renderText(template, values)) };
}

/** With a number for every placeholder: that is JSON within a string and outside of one. */
function looksLikeJson(template: Template): boolean {
  const parts = template.static ? [template.text] : template.parts;
  try {
    JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '0')).join(''));
    // A template that is one placeholder alone may become anything.
    return template.static || parts.length > 1;
  } catch {
    return false;
  }
}

function jsonBody(value: unknown): CompiledBody {
  const contentType = 'application/json';
  const pieces = jsonPieces(value);
  if (pieces.every((piece) => typeof piece === 'string')) return fixedBody(Buffer.from(pieces.join('')), contentType);
  return {
    static: undefined,
    contentType,
    render: (values) => {
      let text = '';
      for (const piece of pieces) {
        text += typeof piece === 'string' ? piece : (JSON.stringify(renderValue(piece, values)) ?? 'null');
      }
      return Buffer.from(text);
    },
  };
}

function formBody(fields: Readonly<Record<string, string>>): CompiledBody {
  const contentType = 'application/x-www-form-urlencoded';
  const pairs = Object.entries(fields).map(([name, value]) => ({
    name: encodeForForm(name),
    value: compileTemplate(value),
  }));
  const write = (textOf: (template: Template) => string): Buffer =>
    Buffer.from(pairs.map(({ name, value }) => `${name}=${encodeForForm(textOf(value))}`).join('&'));
  if (pairs.every(({ value }) => value.static)) {
    return fixedBody(
      write((template) => (template.static ? template.text : '')),
      contentType,
    );
  }
  return { static: undefined, contentType, render: (values) => write((template) => renderText(template, values)) };
}

function fixedBody(bytes: Buffer, contentType: string | null): CompiledBody {
  return { static: bytes, contentType, render: () => bytes };
}
