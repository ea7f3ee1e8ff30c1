import * as z from 'zod';
import { LIMITS } from '../limits.ts';
import { addIssue, fileName, flag, map, name, number } from './schema-parts.ts';

/* What plan files say about the rows and prompts that iterations use. */

const ORDERS = ['sequence', 'shuffle', 'random'] as const;
const SHAPES = ['normal', 'lognormal'] as const;
const DATA =
  'the name of a file, or a map such as {file: users.csv, order: shuffle}, {prompts: sharegpt.json} or {tokens: 200, output: 64}';
const LENGTH = 'a number of tokens such as 200, or a map such as {mean: 200, deviation: 50} or {least: 100, most: 300}';

const order = z.enum(ORDERS, { error: 'sequence, shuffle or random' }).optional().meta({
  description: "Rows in the file's order, in an order drawn anew for each pass, or any row at any time.",
  default: 'sequence',
});
const end = z
  .enum(['repeat', 'stop'], { error: 'repeat or stop' })
  .optional()
  .meta({ description: 'After the last row: begin again, or end the load.', default: 'repeat' });

const drawnLength = map(LENGTH, {
  mean: number(LIMITS.tokens).optional().meta({ description: 'The mean of a normal or lognormal distribution.' }),
  deviation: number(LIMITS.deviation).optional().meta({ description: 'Its standard deviation, in tokens.' }),
  shape: z.enum(SHAPES, { error: 'normal or lognormal' }).optional().meta({
    description: 'Lognormal: never below 1, and with a long tail of long ones, as the prompts of people are.',
    default: 'normal',
  }),
  least: number(LIMITS.tokens).optional().meta({
    description:
      'No fewer than this many. With "most" and without a mean: all numbers from the one to the other, equally often.',
    default: 1,
  }),
  most: number(LIMITS.tokens).optional().meta({ description: 'No more than this many.' }),
}).superRefine(({ mean, deviation, shape, least, most }, context) => {
  if (least !== undefined && most !== undefined && least > most) {
    addIssue(context, ['most'], `"most" must not be below "least", which is ${least}.`);
  }
  if (mean !== undefined) {
    if (deviation === undefined) addIssue(context, ['mean'], '"mean" needs its "deviation" beside it.', { at: 'key' });
    if (least !== undefined && mean < least) addIssue(context, ['mean'], `"mean" is below "least", which is ${least}.`);
    if (most !== undefined && mean > most) addIssue(context, ['mean'], `"mean" is above "most", which is ${most}.`);
  } else if (deviation !== undefined || shape !== undefined) {
    const key = deviation === undefined ? 'shape' : 'deviation';
    addIssue(context, [], `"${key}" needs a "mean" beside it.`, { needs: ['mean'] });
  } else if (least === undefined || most === undefined) {
    addIssue(context, [], 'Say what the lengths are: {mean: 200, deviation: 50} or {least: 100, most: 300}.', {
      needs: ['mean', 'deviation', 'least', 'most'],
    });
  }
});
const length = z.union([number(LIMITS.tokens), drawnLength], { error: LENGTH });

const output = length.optional().meta({
  description:
    'How many tokens answers are to have: ${NAME.output_tokens}, for max_tokens, and with ignore_eos or min_tokens for exactly so many. A number or a distribution.',
  examples: [64, { mean: 200, deviation: 150, shape: 'lognormal' }],
});
const turns = number(LIMITS.turns).optional().meta({
  description: 'Questions of a conversation: ${NAME.turn1}, ${NAME.turn2} and so on, for a step each.',
  default: 1,
});

const feed = map(DATA, {
  file: fileName.meta({
    description: 'CSV with a header line, or JSON lines (.jsonl, .ndjson).',
    examples: ['users.csv'],
  }),
  order,
  end,
}).superRefine(noEndOfRandom);

const promptFile = map(DATA, {
  prompts: fileName.meta({
    description:
      'A file of prompts: conversations as ShareGPT has them (a JSON array), or JSON lines with "prompt" or "messages" each. A tenth of them is kept for the warm-up, so that no cache of prefixes knows what is measured.',
    examples: ['sharegpt.json'],
  }),
  turns,
  output,
  order,
  end,
}).superRefine(noEndOfRandom);

const SHARED = 'a number of tokens such as 200, or a map such as {tokens: 200, groups: 4}';
const madePrompts = map(DATA, {
  tokens: length.meta({
    description:
      'Prompts are made of common words, about one token each: so many of them. A number, {mean: 200, deviation: 50} or {least: 100, most: 300}. No two prompts of three words or more begin alike.',
    examples: [200, { mean: 200, deviation: 50 }],
  }),
  output,
  turns,
  shared: z
    .union(
      [
        number(LIMITS.tokens),
        map(SHARED, {
          tokens: number(LIMITS.tokens).meta({ description: 'How long the common beginning is.' }),
          groups: number(LIMITS.groups).optional().meta({
            description: 'How many such beginnings there are; each prompt has one of them.',
            default: 1,
          }),
        }),
      ],
      { error: SHARED },
    )
    .optional()
    .meta({
      description:
        'So many tokens more come first, the same in many prompts, as a system prompt does: for caches of prefixes. Default: nothing is shared.',
      examples: [200, { tokens: 200, groups: 4 }],
    }),
  tokenizer: fileName.optional().meta({
    description:
      "The model's own tokenizer.json, relative to this file: the numbers of tokens are exact then, but for what a chat adds around them.",
    examples: ['tokenizer.json'],
  }),
  fresh: flag('Whether each run has other prompts, so that no cache knows them from the run before.', false),
});

function noEndOfRandom(
  { order, end }: { readonly order?: string | undefined; readonly end?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (order !== 'random' || end !== 'stop') return;
  addIssue(context, ['end'], 'Rows drawn at random have no last one to stop after. Write order: shuffle.');
}

export const data = z
  .record(name, z.union([fileName, feed, promptFile, madePrompts], { error: DATA }), {
    error: 'a map such as {users: users.csv}',
  })
  .optional()
  .meta({
    description:
      'Rows, one to an iteration: with {users: users.csv}, ${users.email} is a column of its row. Prompts for language models come from a file, {prompts: sharegpt.json}, or are made, {tokens: 200, output: 64}: ${NAME.prompt}, ${NAME.messages}, ${NAME.output_tokens}.',
    examples: [{ users: 'users.csv' }, { chat: { tokens: 200, output: 64 } }],
  });

export type DataDocument = NonNullable<z.output<typeof data>>[string];
export type LengthDocument = z.output<typeof length>;
