import zlib from 'node:zlib';
import type { StreamApi } from '../../src/load/plan/plan.ts';
import type { Outcome } from '../../src/runs/request-table.ts';

/** A part of an answer, and how long the server waits before it sends it, ms. */
export type Part = readonly [wait: number, bytes: string | Buffer];

/** A server that misbehaves, or just does as some servers do, and what is to be known of its answer. */
export interface StreamCase {
  readonly name: string;
  readonly api: StreamApi;
  readonly status?: number;
  /** Without it there is no such header. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Before the head of the answer, ms. */
  readonly headWait?: number;
  /** The body. */
  readonly parts: readonly Part[];
  /** How it ends: with its last part, by closing the connection in its middle, or not at all. */
  readonly end?: 'whole' | 'reset' | 'never';
  /** Cut off after so many tokens. */
  readonly cancelAfter?: number;
  readonly expected: {
    readonly outcome: Outcome;
    /** What the sentence about a failure has in it. */
    readonly says?: RegExp;
    /** When each chunk with content came, ms from the request. NaN is unknown. */
    readonly chunks: readonly number[];
    /** When the first with visible content came; the first of the chunks where it is left out. */
    readonly visible?: number;
    /** In each chunk; unknown where it is left out. */
    readonly chunkTokens?: readonly number[];
    readonly input?: number;
    readonly output?: number;
    readonly cached?: number;
    readonly queue?: number;
    readonly compute?: number;
    /** The text of the answer as a check sees it. */
    readonly answer?: RegExp;
  };
}

export const PATHS: Readonly<Record<StreamApi, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-completions': '/v1/completions',
  'openai-responses': '/v1/responses',
  'ollama-chat': '/api/chat',
  'ollama-generate': '/api/generate',
  tgi: '/generate_stream',
  sse: '/events',
  'json-lines': '/lines',
};

const SSE = 'text/event-stream';
const NDJSON = 'application/x-ndjson';
const DONE = 'data: [DONE]\n\n';

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const usageOf = (input: number, output: number, cached?: number) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
});
const about = { id: 'c-1', object: 'chat.completion.chunk', created: 1, model: 'tiny' };
const delta = (part: object, usage?: object, finish: string | null = null): string =>
  event({ ...about, choices: [{ index: 0, delta: part, finish_reason: finish }], ...(usage ? { usage } : {}) });
const said = (content: string): string => delta({ content });
const finish = delta({}, undefined, 'stop');
const usage = (input: number, output: number, cached?: number): string =>
  event({ ...about, choices: [], usage: usageOf(input, output, cached) });
const text = (content: string, finished: string | null = null): string =>
  event({ id: 't', object: 'text_completion', choices: [{ index: 0, text: content, finish_reason: finished }] });

const chat = (one: Omit<StreamCase, 'api' | 'contentType'> & { contentType?: string }): StreamCase => ({
  api: 'openai-chat',
  contentType: SSE,
  ...one,
});

const split = (bytes: Buffer, at: number): [Buffer, Buffer] => [bytes.subarray(0, at), bytes.subarray(at)];
const smile = Buffer.from(said('a😀b'));
const [smileStart, smileEnd] = split(smile, smile.indexOf(0xf0) + 2);

/** What a server that compresses flushes after each part. */
async function packed(parts: readonly Part[], packer: zlib.Gzip | zlib.BrotliCompress): Promise<Part[]> {
  const flushed: Part[] = [];
  for (const [wait, part] of parts) {
    packer.write(part);
    await new Promise<void>((resolve) => packer.flush(resolve));
    // From Node 26 on each reading is of one part of what there is.
    const read: Buffer[] = [];
    for (let some = packer.read(); some !== null; some = packer.read()) read.push(some as Buffer);
    flushed.push([wait, Buffer.concat(read)]);
  }
  return flushed;
}

const wholeChat = JSON.stringify({
  id: 'c-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'All at once.' }, finish_reason: 'stop' }],
  usage: usageOf(5, 4),
});

export const STREAM_CASES: readonly StreamCase[] = [
  chat({
    name: 'a first chunk with a role alone is not the first content',
    parts: [
      [20, delta({ role: 'assistant', content: '' })],
      [30, said('Hel')],
      [40, said('lo')],
      [0, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [50, 90], answer: /"content":"Hello"/ },
  }),
  chat({
    name: 'several tokens a chunk are not counted as one, and usage at the end is of the whole',
    parts: [
      [20, said('The quick brown')],
      [20, said(' fox jumps')],
      [10, finish + usage(7, 5, 3) + DONE],
    ],
    expected: { outcome: 'ok', chunks: [20, 40], input: 7, output: 5, cached: 3, answer: /"completion_tokens":5/ },
  }),
  chat({
    name: 'usage in every chunk tells the tokens of each',
    parts: [
      [10, delta({ role: 'assistant' }, usageOf(7, 0))],
      [20, delta({ content: 'a' }, usageOf(7, 1))],
      [20, delta({ content: 'b c' }, usageOf(7, 3))],
      [20, delta({ content: 'd' }, usageOf(7, 4))],
      [0, delta({}, usageOf(7, 4), 'stop') + DONE],
    ],
    expected: { outcome: 'ok', chunks: [30, 50, 70], chunkTokens: [1, 2, 1], input: 7, output: 4 },
  }),
  chat({
    name: 'usage that never comes is unknown, and the count of chunks does not stand in for it',
    parts: [
      [10, said('a')],
      [10, said('b')],
      [10, said('c')],
      [0, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [10, 20, 30] },
  }),
  chat({
    name: 'usage with the last content alone says nothing of how many tokens that chunk has',
    parts: [
      [10, said('a')],
      [10, delta({ content: 'b' }, usageOf(3, 6), 'stop')],
      [0, DONE],
    ],
    expected: { outcome: 'ok', chunks: [10, 20], input: 3, output: 6 },
  }),
  chat({
    name: 'reasoning (reasoning_content) is content that is not visible, inside the output tokens',
    parts: [
      [20, delta({ reasoning_content: 'Hmm' })],
      [30, delta({ reasoning_content: ', so' })],
      [30, said('42')],
      [0, finish + usage(9, 12) + DONE],
    ],
    expected: {
      outcome: 'ok',
      chunks: [20, 50, 80],
      visible: 80,
      input: 9,
      output: 12,
      answer: /"content":"42","reasoning_content":"Hmm, so"/,
    },
  }),
  chat({
    name: 'reasoning (reasoning) without any answer has nothing visible',
    parts: [
      [20, delta({ reasoning: 'Hmm' })],
      [0, delta({}, undefined, 'length') + DONE],
    ],
    expected: { outcome: 'ok', chunks: [20], visible: NaN },
  }),
  chat({
    name: 'a call of a tool is content',
    parts: [
      [20, delta({ tool_calls: [{ index: 0, id: 'x', type: 'function', function: { name: 'look', arguments: '' } }] })],
      [20, delta({ tool_calls: [{ index: 0, function: { arguments: '{"q":' } }] })],
      [20, delta({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] })],
      [0, delta({}, undefined, 'tool_calls') + DONE],
    ],
    expected: { outcome: 'ok', chunks: [20, 40, 60], visible: NaN, answer: /"name":"look","arguments":"{\\"q\\":1}"/ },
  }),
  chat({
    name: 'comments that keep a connection alive are no chunks',
    parts: [
      [20, ': ping\n\n'],
      [20, ': ping\n\n:\n\n'],
      [20, said('a')],
      [20, ': ping\n\n'],
      [0, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [60] },
  }),
  chat({
    name: 'lines may end with CRLF, also where a read ends between the two',
    parts: [
      [20, said('a').replaceAll('\n', '\r\n').slice(0, -1)],
      [20, `\n${said('b').replaceAll('\n', '\r\n')}`],
      [0, (finish + DONE).replaceAll('\n', '\r\n')],
    ],
    // The CR ends the line: the event is whole before its LF has come.
    expected: { outcome: 'ok', chunks: [20, 40], answer: /"content":"ab"/ },
  }),
  chat({
    name: 'lines may end with CR alone',
    parts: [
      [20, said('a').replaceAll('\n', '\r')],
      [20, said('b').replaceAll('\n', '\r')],
      [0, (finish + DONE).replaceAll('\n', '\r')],
    ],
    expected: { outcome: 'ok', chunks: [20, 40] },
  }),
  chat({
    name: 'a character that two reads share is one character',
    parts: [
      [20, smileStart],
      [30, smileEnd],
      [0, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [50], answer: /"content":"a😀b"/ },
  }),
  chat({
    name: 'several events in one read came at one time',
    parts: [
      [30, said('a') + said('b') + said('c')],
      [20, said('d') + finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [30, 30, 30, 50] },
  }),
  chat({
    name: 'an event over several reads came with its end',
    parts: [
      [20, said('abc').slice(0, 9)],
      [20, said('abc').slice(9, 60)],
      [20, said('abc').slice(60)],
      [0, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [60], answer: /"content":"abc"/ },
  }),
  chat({
    name: 'an event over 64 KB is read whole',
    parts: [
      [20, said('x'.repeat(200_000))],
      [20, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [20], answer: /x{200000}/ },
  }),
  chat({
    name: 'an event over 16 MB fails its request before it fills the memory',
    parts: [
      [20, said('a')],
      [20, `data: {"x":"${'x'.repeat(17 * 1024 * 1024)}`],
      [0, '"}\n\n'],
    ],
    expected: { outcome: 'bad-body', says: /^A line of the stream is larger than 16 MB\.$/, chunks: [20] },
  }),
  chat({
    name: 'data of several lines is one event, and a byte order mark is none of it',
    parts: [
      [20, `\ufeff${said('a').replace('{', '{\ndata: ')}`],
      [20, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [20] },
  }),
  chat({
    name: 'an error event fails the stream, whatever follows',
    parts: [
      [20, said('a')],
      [20, event({ error: { message: 'out of memory', code: 500 } })],
      [0, DONE],
    ],
    expected: { outcome: 'stream-error', says: /out of memory/, chunks: [20] },
  }),
  chat({
    name: "an error in llama.cpp's own field is one too",
    parts: [
      [20, said('a')],
      [20, 'error: {"code":500,"message":"context shift"}\n\n'],
    ],
    expected: { outcome: 'stream-error', says: /context shift/, chunks: [20] },
  }),
  chat({
    name: 'a stream that just ends is unterminated',
    parts: [
      [20, said('a')],
      [20, said('b')],
    ],
    expected: {
      outcome: 'unterminated',
      says: /without \[DONE\] or a finish_reason, after 2 chunks/,
      chunks: [20, 40],
    },
  }),
  chat({
    name: 'a finish_reason without [DONE] is an end',
    parts: [
      [20, said('a')],
      [20, finish],
    ],
    expected: { outcome: 'ok', chunks: [20] },
  }),
  chat({
    name: 'a connection closed half-way keeps what had come',
    parts: [
      [20, said('a')],
      [20, said('b')],
      [20, 'data: {"cho'],
    ],
    end: 'reset',
    expected: { outcome: 'reset', says: /in the middle of the stream\. 2 chunks had come/, chunks: [20, 40] },
  }),
  chat({
    name: 'a connection closed after [DONE] is whole',
    parts: [
      [20, said('a')],
      [20, finish + DONE],
    ],
    end: 'reset',
    expected: { outcome: 'ok', chunks: [20] },
  }),
  chat({
    name: 'a stream that stops coming times out, with what had come',
    parts: [
      [20, said('a')],
      [20, said('b')],
    ],
    end: 'never',
    expected: { outcome: 'timeout', says: /2 chunks had come/, chunks: [20, 40] },
  }),
  chat({
    name: 'a stream packed with gzip is unpacked as it comes',
    headers: { 'content-encoding': 'gzip' },
    parts: await packed(
      [
        [20, said('a')],
        [30, said('b')],
        [30, finish + DONE],
      ],
      zlib.createGzip(),
    ),
    expected: { outcome: 'ok', chunks: [20, 50], answer: /"content":"ab"/ },
  }),
  chat({
    name: 'a stream packed with Brotli is unpacked as it comes',
    headers: { 'content-encoding': 'br' },
    parts: await packed(
      [
        [20, said('a')],
        [30, said('b')],
        [30, finish + DONE],
      ],
      zlib.createBrotliCompress(),
    ),
    expected: { outcome: 'ok', chunks: [20, 50] },
  }),
  chat({
    name: 'a stream that says it is gzip and is not',
    headers: { 'content-encoding': 'gzip' },
    parts: [[20, said('a') + finish + DONE]],
    expected: { outcome: 'bad-body', says: /says it is gzip and cannot be unpacked/, chunks: [] },
  }),
  chat({
    name: 'slow headers count towards the first content',
    headWait: 80,
    parts: [
      [20, said('a')],
      [0, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [100] },
  }),
  chat({
    name: 'events are events whatever the content type says',
    contentType: 'application/json',
    parts: [
      [20, said('a')],
      [20, finish + DONE],
    ],
    expected: { outcome: 'ok', chunks: [20] },
  }),
  chat({
    name: 'a page is no stream',
    contentType: 'text/html',
    parts: [[20, '<html><body>Welcome</body></html>']],
    expected: { outcome: 'bad-body', says: /it says it is text\/html and begins with <html>/, chunks: [] },
  }),
  chat({
    name: 'an answer that came as a whole is a stream of one chunk',
    contentType: 'application/json',
    parts: [
      [40, wholeChat.slice(0, 50)],
      [20, wholeChat.slice(50)],
    ],
    expected: { outcome: 'ok', chunks: [60], chunkTokens: [4], input: 5, output: 4, answer: /All at once\./ },
  }),
  chat({
    name: 'a JSON answer that is none of the API is no stream',
    contentType: 'application/json',
    parts: [[20, '{"status":"queued"}']],
    expected: { outcome: 'bad-body', says: /A stream was asked for.*queued/, chunks: [] },
  }),
  chat({
    name: 'a stream of which all content comes in one chunk at the end is just that',
    parts: [
      [10, delta({ role: 'assistant' })],
      [70, delta({ content: 'All of it.' }, usageOf(5, 4), 'stop')],
      [0, DONE],
    ],
    expected: { outcome: 'ok', chunks: [80], chunkTokens: [4], input: 5, output: 4 },
  }),
  chat({
    name: 'an answer that says it failed before it streamed has its status',
    status: 503,
    contentType: 'application/json',
    parts: [[20, '{"error":{"message":"overloaded"}}']],
    expected: { outcome: 'status', says: /^503 .*overloaded/, chunks: [NaN] },
  }),
  chat({
    name: 'an event that is not JSON is a bad body',
    parts: [
      [20, said('a')],
      [20, 'data: {"choices":[\n\n'],
      [20, finish + DONE],
    ],
    expected: { outcome: 'bad-body', says: /not JSON: {"choices":\[/, chunks: [20] },
  }),
  chat({
    name: 'a stream is cut off once it has enough',
    parts: [
      [20, said('a')],
      [20, said('b')],
      [20, said('c')],
      [200, said('d') + finish + DONE],
    ],
    cancelAfter: 3,
    expected: { outcome: 'cancelled', chunks: [20, 40, 60], answer: /"content":"abc"/ },
  }),
  {
    name: 'completions',
    api: 'openai-completions',
    contentType: SSE,
    parts: [
      [20, text('a')],
      [20, text(' b')],
      [0, text('', 'length')],
      [0, usage(2, 2) + DONE],
    ],
    expected: { outcome: 'ok', chunks: [20, 40], input: 2, output: 2, answer: /"text":"a b","finish_reason":"length"/ },
  },
  {
    name: 'responses',
    api: 'openai-responses',
    contentType: SSE,
    parts: [
      [10, `event: response.created\n${event({ type: 'response.created', response: { id: 'r', output: [] } })}`],
      [10, event({ type: 'response.reasoning_summary_text.delta', delta: 'Hm' })],
      [20, event({ type: 'response.output_text.delta', delta: 'Hel' })],
      [20, event({ type: 'response.output_text.delta', delta: 'lo' })],
      [0, event({ type: 'response.output_text.done', text: 'Hello' })],
      [
        10,
        event({
          type: 'response.completed',
          response: {
            id: 'r',
            output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }],
            usage: { input_tokens: 6, output_tokens: 9, input_tokens_details: { cached_tokens: 2 } },
          },
        }),
      ],
    ],
    expected: {
      outcome: 'ok',
      chunks: [20, 40, 60],
      visible: 40,
      input: 6,
      output: 9,
      cached: 2,
      answer: /"output_text","text":"Hello"/,
    },
  },
  {
    name: 'a response that failed',
    api: 'openai-responses',
    contentType: SSE,
    parts: [[20, event({ type: 'response.failed', response: { error: { code: 'server_error', message: 'no GPU' } } })]],
    expected: { outcome: 'stream-error', says: /no GPU/, chunks: [] },
  },
  {
    name: "Ollama's chat",
    api: 'ollama-chat',
    contentType: NDJSON,
    parts: [
      [20, line({ model: 'm', message: { role: 'assistant', content: 'Hel' }, done: false })],
      [20, line({ model: 'm', message: { role: 'assistant', content: 'lo' }, done: false })],
      [
        10,
        line({
          model: 'm',
          message: { role: 'assistant', content: '' },
          done: true,
          load_duration: 5_000_000,
          prompt_eval_count: 8,
          prompt_eval_duration: 11_000_000,
          eval_count: 3,
          eval_duration: 30_000_000,
        }),
      ],
    ],
    expected: {
      outcome: 'ok',
      chunks: [20, 40],
      input: 8,
      output: 3,
      queue: 5,
      compute: 41,
      answer: /"content":"Hello"/,
    },
  },
  {
    name: "Ollama's generate, whose last line has no end and which never says that it is done",
    api: 'ollama-generate',
    contentType: NDJSON,
    parts: [
      [20, line({ response: 'a', done: false })],
      [20, line({ response: 'b', done: false }).trimEnd()],
    ],
    // The last line is an event only once nothing can follow it.
    expected: { outcome: 'unterminated', says: /without done: true/, chunks: [20, 40] },
  },
  {
    name: "TGI's stream says of each event that it is a token",
    api: 'tgi',
    contentType: SSE,
    headers: { 'x-queue-time': '3', 'x-inference-time': '57', 'x-total-time': '61' },
    parts: [
      [20, event({ index: 1, token: { id: 5, text: 'Hel', special: false }, generated_text: null, details: null })],
      [20, event({ index: 2, token: { id: 6, text: 'lo', special: false }, generated_text: null, details: null })],
      [
        20,
        event({
          index: 3,
          token: { id: 2, text: '</s>', special: true },
          generated_text: 'Hello',
          details: { finish_reason: 'eos_token', generated_tokens: 3, input_length: 4 },
        }),
      ],
    ],
    expected: {
      outcome: 'ok',
      chunks: [20, 40],
      chunkTokens: [1, 1],
      input: 4,
      output: 3,
      queue: 3,
      compute: 57,
      answer: /"generated_text":"Hello"/,
    },
  },
  {
    name: 'events of no API are content, each',
    api: 'sse',
    contentType: SSE,
    parts: [
      [20, 'event: tick\ndata: 1\n\n'],
      [20, 'id: 7\ndata:2\n\ndata: [DONE]\n\n'],
    ],
    expected: { outcome: 'ok', chunks: [20, 40], answer: /^1\n2$/ },
  },
  {
    name: 'lines of no API are content, each',
    api: 'json-lines',
    contentType: 'application/jsonl',
    parts: [
      [20, '{"a":1}\n'],
      [20, '{"a":2}\n\n'],
    ],
    expected: { outcome: 'ok', chunks: [20, 40], answer: /^{"a":1}\n{"a":2}$/ },
  },
];
