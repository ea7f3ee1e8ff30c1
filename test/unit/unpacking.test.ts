import assert from 'node:assert/strict';
import test from 'node:test';
import zlib from 'node:zlib';
import { Unpacking } from '../../src/load/http/unpacking.ts';

const TEXT = Buffer.from('data: {"text":"grüße"}\n\n'.repeat(50));

/** What comes of a body that is read in parts of a length, the n-th at n ms; rejects where it cannot be unpacked. */
function unpacked(encoding: string, body: Buffer, length: number): Promise<{ text: Buffer; times: number[] }> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const times: number[] = [];
    const unpacking = new Unpacking(encoding, {
      data: (bytes, at) => {
        parts.push(Buffer.from(bytes));
        times.push(at);
      },
      failed: (text) => {
        unpacking.close();
        reject(new Error(text));
      },
    });
    for (let from = 0; from < body.length; from += length) {
      unpacking.write(body.subarray(from, from + length), from / length);
    }
    unpacking.end(() => resolve({ text: Buffer.concat(parts), times }));
  });
}

test('an answer that streams is unpacked in every way in which a whole one is', async () => {
  const { zstdCompressSync } = zlib as { zstdCompressSync?: (body: Buffer) => Buffer };
  const packed: [string, Buffer][] = [
    ['gzip', zlib.gzipSync(TEXT)],
    [' X-GZip ', zlib.gzipSync(TEXT)],
    ['deflate', zlib.deflateSync(TEXT)],
    ['deflate', zlib.deflateRawSync(TEXT)],
    ['br', zlib.brotliCompressSync(TEXT)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(TEXT))],
    ['identity, gzip', zlib.gzipSync(TEXT)],
    ['', TEXT],
    ...(zstdCompressSync === undefined ? [] : [['zstd', zstdCompressSync(TEXT)] as [string, Buffer]]),
  ];
  for (const [encoding, body] of packed) {
    for (const length of [1, 7, body.length]) {
      const { text } = await unpacked(encoding, body, length);
      assert.ok(text.equals(TEXT), `${encoding} in parts of ${length}`);
    }
  }
});

test('what comes of a part has the time at which it was read', async () => {
  const [first, second] = [Buffer.from('data: 1\n\n'), Buffer.from('data: 2\n\n')];
  const { text, times } = await unpacked('', Buffer.concat([first, second]), first.length);
  assert.equal(text.toString(), 'data: 1\n\ndata: 2\n\n');
  assert.deepEqual(times, [0, 1]);
});

test('an answer that cannot be unpacked as it streams says why', async () => {
  await assert.rejects(unpacked('gzip', Buffer.from('plain text'), 4), /says it is gzip and cannot be unpacked: /);
  await assert.rejects(unpacked('lzma', TEXT, 100), /compressed with "lzma", which cannot be read here/);
  await assert.rejects(unpacked('lzma, gzip', zlib.gzipSync(TEXT), 100), /compressed with "lzma"/);
});
