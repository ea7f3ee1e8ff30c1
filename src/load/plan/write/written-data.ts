import { LIMITS } from '../limits.ts';
import type { Data, Feed, Length, MadePrompts } from '../plan.ts';
import type { FileName } from './written-step.ts';

/** Rows or prompts as a plan file has them. */
export function writtenData(data: Data, fileName: FileName): unknown {
  if ('tokens' in data) return writtenMade(data, fileName);
  if ('turns' in data) {
    return {
      prompts: fileName(data.file),
      ...writtenTurns(data.turns),
      ...writtenOutput(data.output),
      ...writtenOrder(data),
    };
  }
  const more = writtenOrder(data);
  return Object.keys(more).length === 0 ? fileName(data.file) : { file: fileName(data.file), ...more };
}

function writtenMade({ tokens, output, turns, shared, tokenizer, fresh }: MadePrompts, fileName: FileName): object {
  return {
    tokens: writtenLength(tokens),
    ...writtenOutput(output),
    ...writtenTurns(turns),
    ...(shared === null ? {} : { shared: shared.groups === 1 ? shared.tokens : shared }),
    ...(tokenizer === null ? {} : { tokenizer: fileName(tokenizer) }),
    ...(fresh ? { fresh } : {}),
  };
}

function writtenOrder({ order, end }: Feed): object {
  return { ...(order === 'sequence' ? {} : { order }), ...(end === 'repeat' ? {} : { end }) };
}

function writtenTurns(turns: number): object {
  return turns === 1 ? {} : { turns };
}

function writtenOutput(output: Length | null): object {
  return output === null ? {} : { output: writtenLength(output) };
}

function writtenLength(length: Length): unknown {
  if (length.shape === 'fixed') return length.tokens;
  const { least, most } = length;
  if (length.shape === 'uniform') return { least, most };
  const { shape, mean, deviation } = length;
  return {
    mean,
    deviation,
    ...(shape === 'normal' ? {} : { shape }),
    ...(least === LIMITS.tokens.least ? {} : { least }),
    ...(most === LIMITS.tokens.most ? {} : { most }),
  };
}
