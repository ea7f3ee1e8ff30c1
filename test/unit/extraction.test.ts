import assert from 'node:assert/strict';
import test from 'node:test';
import zlib from 'node:zlib';
import { decodeBody } from '../../src/load/http/content-encoding.ts';
import type { Extraction } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { Answer, type AnswerHeaders } from '../../src/load/scenario/answer.ts';
import { compileExtraction } from '../../src/load/scenario/extraction.ts';
import { StepError } from '../../src/load/scenario/step-error.ts';

const answerOf = (body: string | Buffer, headers: AnswerHeaders = {}): Answer =>
  new Answer(200, headers, Buffer.from(body), 5);
const json = (path: string, otherwise: string | null = null): Extraction => ({ from: 'json', path, otherwise });
const header = (name: string, otherwise: string | null = null): Extraction => ({ from: 'header', name, otherwise });
const regex = (pattern: string, group = 0, otherwise: string | null = null): Extraction => ({
  from: 'regex',
  pattern,
  group,
  otherwise,
});
const extracted = (extraction: Extraction, answer: Answer): unknown => compileExtraction(extraction).extract(answer);
const fails = (extraction: Extraction, answer: Answer, words: RegExp): void => {
  assert.throws(
    () => extracted(extraction, answer),
    (error) => error instanceof StepError && error.kind === 'extract' && words.test(error.message),
  );
};
const isNone = (extraction: Extraction, words: RegExp): void => {
  assert.throws(
    () => compileExtraction(extraction),
    (error) => error instanceof PlanError && words.test(error.message),
  );
};

const SHOP = answerOf(
  JSON.stringify({
    id: 7,
    ok: false,
    none: null,
    empty: '',
    'a b': { c: [10, 20, { d: 'deep' }] },
    books: [
      { title: 'A', price: 12 },
      { title: 'B', price: 5 },
      { title: 'C', price: 8 },
    ],
  }),
);

test('a JSONPath finds the first node, with its type', () => {
  assert.equal(extracted(json('$.id'), SHOP), 7);
  assert.equal(extracted(json('$.ok'), SHOP), false);
  assert.equal(extracted(json('$.none'), SHOP), null);
  assert.equal(extracted(json('$.empty'), SHOP), '');
  assert.deepEqual(extracted(json("$['a b'].c"), SHOP), [10, 20, { d: 'deep' }]);
  assert.equal(extracted(json("$['a b'].c[-1].d"), SHOP), 'deep');
  assert.equal(extracted(json('$.books[?@.price < 10].title'), SHOP), 'B');
  assert.equal(extracted(json('$..title'), SHOP), 'A');
  assert.deepEqual(extracted(json('$'), answerOf('[1]')), [1]);
  assert.equal(extracted(json('$[1]'), answerOf('\ufeff[1,2]')), 2);
  assert.equal(extracted(json('$..deep'), answerOf(`${'{"n":'.repeat(500)}{"deep":1}${'}'.repeat(500)}`)), 1);
});

test('in an answer nested deeper than anything is looked for nothing is found', () => {
  fails(json('$..deep'), answerOf(`${'{"n":'.repeat(3000)}{"deep":1}${'}'.repeat(3000)}`), /^nothing at \$\.\.deep/);
});

test('a walk over names and indices finds what a query finds, and no more', () => {
  for (const path of [
    '$.books.length',
    '$.books[3]',
    '$.books[-4]',
    '$.id.x',
    '$.none.x',
    '$.toString',
    '$.empty[0]',
  ]) {
    fails(json(path), SHOP, /^nothing at \$.* in the answer: \{"id":7/);
  }
});

test('what stands in for a missing value is used as it is written', () => {
  assert.equal(extracted(json('$.missing', 'none'), SHOP), 'none');
  assert.equal(extracted(json('$.id', 'none'), answerOf('<html>')), 'none');
  assert.equal(extracted(header('location', ''), SHOP), '');
  assert.equal(extracted(regex('x=(\\d+)', 1, '0'), SHOP), '0');
});

test('a failure shows the beginning of the answer, or says why there is none', () => {
  fails(json('$.token'), answerOf('{"error":\n  "no"}'), /^nothing at \$\.token in the answer: \{"error": "no"\}$/);
  fails(
    json('$.token'),
    answerOf('<html>\n</html>'),
    /^nothing at \$\.token: the answer is not JSON: <html> <\/html>$/,
  );
  fails(json('$.token'), answerOf(''), /^nothing at \$\.token: the body is empty$/);
  fails(json('$.token'), answerOf(Buffer.from([0x89, 0x50, 0, 1])), /not JSON: 4 bytes that are not text$/);
  fails(regex('id=(\\d+)', 1), answerOf('x'.repeat(5000)), /^nothing matches \/id=\(\\d\+\)\/ in the answer: x{200}…$/);
  fails(header('Location'), SHOP, /^no header location in the answer$/);
});

test('a header is found whatever the case of its name in the plan; of several values the first', () => {
  const answer = answerOf('', { location: '/next', 'set-cookie': ['a=1', 'b=2'] });
  assert.equal(extracted(header('Location'), answer), '/next');
  assert.equal(extracted(header('SET-COOKIE'), answer), 'a=1');
  fails(header('constructor'), answer, /no header/);
});

test('a regular expression gives its group', () => {
  const answer = answerOf('<a href="/item?id=42&n=x">é</a>');
  assert.equal(extracted(regex('id=(\\d+)&n=(\\w)', 1), answer), '42');
  assert.equal(extracted(regex('id=(\\d+)&n=(\\w)', 2), answer), 'x');
  assert.equal(extracted(regex('id=\\d+'), answer), 'id=42');
  assert.equal(extracted(regex('>(.)<', 1), answer), 'é');
  fails(regex('(zz)?href', 1), answer, /nothing matches/);
  // The same extraction serves every answer.
  const again = compileExtraction(regex('id=(\\d+)', 1));
  assert.deepEqual([again.extract(answer), again.extract(answerOf('id=7')), again.extract(answer)], ['42', '7', '42']);
});

test('an extraction that cannot work is said when the plan is read', () => {
  isNone(json('id'), /"id" is not a JSONPath.*such as \$\.id/);
  isNone(json('$.a['), /not a JSONPath/);
  isNone(regex('(a'), /"\(a" is not a regular expression: Unterminated group/);
  isNone(regex('(a)(?:b)', 2), /has 1 groups.*no group 2/);
});

test('only what looks into the body needs it, and JSON is parsed once', (t) => {
  assert.deepEqual(
    [json('$.a'), header('a'), regex('a')].map((each) => compileExtraction(each).needsBody),
    [true, false, true],
  );
  const parse = t.mock.method(JSON, 'parse');
  const good = answerOf('{"a":1}');
  const bad = answerOf('{');
  for (let n = 0; n < 3; n++) {
    extracted(json('$.a'), good);
    extracted(json('$.a', 'none'), bad);
  }
  assert.equal(parse.mock.callCount(), 2);
});

test('a body is unpacked as its encoding says', () => {
  const text = Buffer.from('{"text":"grüße"}'.repeat(50));
  const packed: [string, Buffer][] = [
    ['gzip', zlib.gzipSync(text)],
    ['X-GZip', zlib.gzipSync(text)],
    ['deflate', zlib.deflateSync(text)],
    ['deflate', zlib.deflateRawSync(text)],
    ['br', zlib.brotliCompressSync(text)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
    ['identity', text],
    ['', text],
  ];
  for (const [encoding, body] of packed) assert.ok(decodeBody(body, encoding).equals(text), encoding);
  assert.equal(decodeBody(text, undefined), text);
  // An answer to HEAD says how it would have been packed.
  assert.equal(decodeBody(Buffer.alloc(0), 'gzip').length, 0);
});

test('a body that cannot be unpacked says why', () => {
  const gzip = zlib.gzipSync('x'.repeat(1000));
  const brotli = zlib.brotliCompressSync('x'.repeat(1000));
  assert.throws(
    () => decodeBody(gzip.subarray(0, 20), 'gzip'),
    /says it is gzip and cannot be unpacked: unexpected end/,
  );
  assert.throws(() => decodeBody(Buffer.from('plain'), 'gzip'), /cannot be unpacked: incorrect header check/);
  assert.throws(() => decodeBody(brotli.subarray(0, 5), 'br'), /says it is br and cannot be unpacked/);
  assert.throws(() => decodeBody(gzip, 'lzma'), /compressed with "lzma"/);
  const bomb = zlib.gzipSync(Buffer.alloc(17 * 1024 * 1024));
  assert.throws(() => decodeBody(bomb, 'gzip'), /larger than 16 MB/);
});
