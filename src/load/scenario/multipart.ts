import { createHash } from 'node:crypto';
import type { Part } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import type { CompiledBody } from './body.ts';
import { planBytes } from './plan-bytes.ts';
import { compileTemplate, renderText, type Template } from './template.ts';

/** Bytes that never change, and what is rendered between them. */
type Piece = Buffer | { readonly template: Template; readonly escape: boolean };

/** `multipart/form-data` (RFC 7578). Values and file names are templates. Reads the files; throws a {@link PlanError} where it cannot. */
export function compileMultipart(parts: readonly Part[]): CompiledBody {
  // From the plan alone, so that all processes send the same; too long to turn up in a value by chance.
  const boundary = `tailflame-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`;
  const contentType = `multipart/form-data; boundary=${boundary}`;
  const pieces = merged([
    ...parts.flatMap((part) => [text(`--${boundary}\r\n`), ...piecesOf(part), text('\r\n')]),
    text(`--${boundary}--\r\n`),
  ]);
  const [only] = pieces;
  if (pieces.length === 1 && Buffer.isBuffer(only)) return { static: only, contentType, render: () => only };
  return {
    static: undefined,
    contentType,
    render: (values) =>
      Buffer.concat(
        pieces.map((piece) => {
          if (Buffer.isBuffer(piece)) return piece;
          const rendered = renderText(piece.template, values);
          return text(piece.escape ? escaped(rendered) : rendered);
        }),
      ),
  };
}

function piecesOf(part: Part): Piece[] {
  const start = text(`Content-Disposition: form-data; name="${escaped(part.name)}"`);
  if ('value' in part) return [start, text('\r\n\r\n'), { template: compileTemplate(part.value), escape: false }];
  if (!/^[ -~]+$/.test(part.type)) throw new PlanError(`"${part.type}" is not a content type, such as image/png.`);
  return [
    start,
    text('; filename="'),
    { template: compileTemplate(part.filename), escape: true },
    text(`"\r\nContent-Type: ${part.type}\r\n\r\n`),
    planBytes(part.file),
  ];
}

/** Joins what stands side by side and never changes. */
function merged(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  let still: Buffer[] = [];
  const flush = (): void => {
    if (still.length > 0) all.push(Buffer.concat(still));
    still = [];
  };
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) {
      still.push(piece);
    } else if (piece.template.static) {
      still.push(text(piece.escape ? escaped(piece.template.text) : piece.template.text));
    } else {
      flush();
      all.push(piece);
    }
  }
  flush();
  return all;
}

/** As browsers do (WHATWG HTML, multipart/form-data encoding): RFC 7578 leaves it to percent-encoding, and servers undo just these. */
function escaped(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

function text(content: string): Buffer {
  return Buffer.from(content);
}
