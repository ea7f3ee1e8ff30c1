import path from 'node:path';
import { LIMITS } from '../limits.ts';
import type { Data, Length } from '../plan.ts';
import type { DataDocument, LengthDocument } from '../schema/data-schema.ts';

/** @param folder that file names are relative to */
export function dataOf(document: DataDocument, folder: string): Data {
  if (typeof document === 'string') return { file: path.resolve(folder, document), order: 'sequence', end: 'repeat' };
  if ('tokens' in document) {
    const { tokens, output, turns = 1, shared, tokenizer, fresh = false } = document;
    const common = typeof shared === 'number' ? { tokens: shared } : shared;
    return {
      tokens: lengthOf(tokens),
      output: output === undefined ? null : lengthOf(output),
      turns,
      shared: common === undefined ? null : { tokens: common.tokens, groups: common.groups ?? 1 },
      tokenizer: tokenizer === undefined ? null : path.resolve(folder, tokenizer),
      fresh,
      nonce: 0,
    };
  }
  const { order = 'sequence', end = 'repeat' } = document;
  if ('file' in document) return { file: path.resolve(folder, document.file), order, end };
  const { prompts, turns = 1, output } = document;
  return {
    file: path.resolve(folder, prompts),
    order,
    end,
    turns,
    output: output === undefined ? null : lengthOf(output),
  };
}

function lengthOf(document: LengthDocument): Length {
  if (typeof document === 'number') return { shape: 'fixed', tokens: document };
  const { mean, deviation = 0, shape = 'normal', least = LIMITS.tokens.least, most = LIMITS.tokens.most } = document;
  return mean === undefined ? { shape: 'uniform', least, most } : { shape, mean, deviation, least, most };
}
