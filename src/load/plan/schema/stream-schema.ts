import * as z from 'zod';
import { isWithin, LIMITS } from '../limits.ts';
import { STREAM_APIS } from '../plan.ts';
import { addIssue, fileName, map, number } from './schema-parts.ts';

/* What plan files say about answers that stream. */

const API = `auto, off or an API: ${STREAM_APIS.join(', ')}`;
const SHARE = 'a share such as 10%';

const share = z
  .union([z.string({ error: SHARE }), z.number({ error: SHARE })], { error: SHARE })
  .transform((value, context): number => {
    const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(value))?.[1];
    const part = percent === undefined ? Number(value) : Number(percent) / 100;
    if (String(value).trim() !== '' && isWithin(LIMITS.share, part)) return part;
    addIssue(context, [], '', { expected: SHARE });
    return z.NEVER;
  });

const CANCEL = 'a map such as {after: 20, share: 10%}';
const cancel = map(CANCEL, {
  after: number(LIMITS.cancelAfter).meta({
    description: 'Once it has this many tokens, or chunks where the server does not tell tokens.',
    examples: [20],
  }),
  share: share.optional().meta({
    description: 'How many of the streams, drawn by the seed. Default: all.',
    examples: ['10%'],
  }),
});

const STREAM = `${API}, or a map such as {api: openai-chat}`;
export const stream = z
  .union(
    [
      z.enum(['auto', 'off', ...STREAM_APIS], { error: API }),
      map(STREAM, {
        api: z
          .enum(['auto', ...STREAM_APIS], { error: `auto or an API: ${STREAM_APIS.join(', ')}` })
          .optional()
          .meta({ description: 'Whose API it is. Default: auto, by the path and the body.', default: 'auto' }),
        cancel: cancel.optional().meta({
          description: 'Cuts streams off, as users do who have read enough: the connection is closed.',
          examples: [{ after: 20, share: '10%' }],
        }),
        tokenizer: fileName.optional().meta({
          description:
            "The model's own tokenizer.json, relative to this file: it counts tokens where the server does not.",
          examples: ['tokenizer.json'],
        }),
      }),
    ],
    { error: STREAM },
  )
  .meta({
    description:
      'How the answer streams: server-sent events or JSON lines, of an API or of none (sse, json-lines). Default: auto, a stream where the path is that of a known API and the body asks for one.',
    default: 'auto',
    examples: ['openai-chat', { cancel: { after: 20, share: '10%' } }],
  });

export type StreamDocument = z.output<typeof stream>;
