import type { StreamFormat } from './stream-format.ts';

/*
 * Streams of no API that is known: every event with data is content. They have no terminator of their own, so the end of the answer is
 * taken for one; `[DONE]`, which many have borrowed, is no content.
 */

function plain(framing: StreamFormat['framing']): StreamFormat {
  return {
    framing,
    terminator: null,
    open: () => ({
      read({ type, data }, notes) {
        if (type === 'error') {
          notes.fail(data);
          return undefined;
        }
        if (data.trim() === '[DONE]') {
          notes.closed = true;
          return undefined;
        }
        notes.content = data;
        return data;
      },
    }),
    answerOf: (events) => events.join('\n'),
    whole:
      framing === 'lines'
        ? null
        : (answer, notes) => {
            notes.content = JSON.stringify(answer);
            return true;
          },
  };
}

export const PLAIN_EVENTS = plain('events');
export const PLAIN_LINES = plain('lines');
