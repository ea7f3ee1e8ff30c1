import assert from 'node:assert/strict';
import test from 'node:test';
import { STREAM_FORMATS } from '../../src/load/stream/stream-formats.ts';
import { StreamReading } from '../../src/load/stream/stream-reading.ts';
import { unknownDetails } from '../../src/runs/request-table.ts';
import { STREAM_CASES, type StreamCase } from '../support/stream-cases.ts';

/** What a connection makes of an answer is not the reading's to see. */
const isPure = ({ headers, status, end }: StreamCase): boolean =>
  status === undefined && end === undefined && headers?.['content-encoding'] === undefined;

/** Reads the parts as they would come, or cut into pieces of so many bytes, at exact times. */
function read(one: StreamCase, piece: number): StreamReading & { outcome: string; said: string } {
  const headers = new Map(Object.entries({ 'content-type': one.contentType ?? '', ...one.headers }));
  const enough = one.cancelAfter ?? Number.POSITIVE_INFINITY;
  const reading = new StreamReading(STREAM_FORMATS[one.api], { keepsAnswer: true, keepsText: true, enough });
  assert.ok(reading.begin(200, (name) => headers.get(name)));
  let at = one.headWait ?? 0;
  for (const [wait, part] of one.parts) {
    at += wait;
    const bytes = Buffer.from(part);
    for (let from = 0; from < bytes.length; from += piece) {
      const given = Buffer.from(bytes.subarray(from, from + piece));
      const ending = reading.data(given, at);
      // A socket's buffer is read into again.
      given.fill(0);
      if (ending !== null) return Object.assign(reading, { outcome: ending.outcome, said: ending.text });
    }
  }
  const trouble = reading.trouble();
  return Object.assign(reading, { outcome: trouble?.outcome ?? 'ok', said: trouble?.text ?? '' });
}

function assertKnown(one: StreamCase, piece: number): void {
  const { expected } = one;
  const reading = read(one, piece);
  assert.equal(reading.outcome, expected.outcome, reading.said);
  if (expected.says !== undefined) assert.match(reading.said, expected.says);
  assert.deepEqual(reading.times, expected.chunks);
  assert.deepEqual(reading.tokens, expected.chunkTokens ?? expected.chunks.map(() => NaN));
  const details = unknownDetails();
  reading.fill(details);
  assert.deepEqual(details, {
    firstContent: expected.chunks[0] ?? NaN,
    firstVisible: expected.visible ?? expected.chunks[0] ?? NaN,
    lastContent: expected.chunks.at(-1) ?? NaN,
    chunks: expected.chunks.length,
    inputTokens: expected.input ?? NaN,
    outputTokens: expected.output ?? NaN,
    cachedTokens: expected.cached ?? NaN,
    size: NaN,
    serverQueue: expected.queue ?? NaN,
    serverCompute: expected.compute ?? NaN,
  });
  if (expected.answer !== undefined) assert.match(reading.answer().toString(), expected.answer);
}

for (const one of STREAM_CASES.filter(isPure)) {
  test(`${one.api}: ${one.name}`, () => {
    assertKnown(one, Number.POSITIVE_INFINITY);
    // Wherever reads cut it, it is the same; the large ones would take long byte by byte.
    const size = one.parts.reduce((sum, [, part]) => sum + part.length, 0);
    if (size < 10_000) for (const piece of [1, 2, 3, 7]) assertKnown(one, piece);
  });
}

test('a time of a server is taken from headers only where all of them are there', () => {
  const options = { keepsAnswer: false, keepsText: false, enough: Number.POSITIVE_INFINITY };
  const reading = new StreamReading(STREAM_FORMATS.tgi, options);
  // Anybody's, and in seconds.
  reading.begin(200, (name) => (name === 'x-queue-time' ? '0.003' : undefined));
  const details = unknownDetails();
  reading.fill(details);
  assert.deepEqual([details.serverQueue, details.serverCompute], [NaN, NaN]);
});

test('what cannot be worked on is a fault of the answer, and never an error of the reading', () => {
  const options = { keepsAnswer: true, keepsText: true, enough: Number.POSITIVE_INFINITY };
  const reading = new StreamReading(STREAM_FORMATS.sse, options);
  reading.begin(200, () => 'application/json');
  // It can be parsed, and not written again.
  const deep = `${'{"n":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  assert.equal(reading.data(Buffer.from(deep), 1), null);
  const trouble = reading.trouble();
  assert.equal(trouble?.outcome, 'bad-body');
  assert.match(trouble!.text, /^The stream cannot be read: Maximum call stack/);
});

test('of a stream that is looked into no more than 16 MB is kept', () => {
  const read = (keepsAnswer: boolean): unknown => {
    const options = { keepsAnswer, keepsText: false, enough: Number.POSITIVE_INFINITY };
    const reading = new StreamReading(STREAM_FORMATS.sse, options);
    reading.begin(200, () => 'text/event-stream');
    const event = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n\n`);
    for (let at = 0; at < 17; at++) {
      const ending = reading.data(event, at);
      if (ending !== null) return ending;
    }
    return reading.times.length;
  };
  assert.deepEqual(read(true), {
    outcome: 'bad-body',
    text: 'The stream has more than 16 MB; checks and extractions look into no more.',
  });
  assert.equal(read(false), 17);
});
