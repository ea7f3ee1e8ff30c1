import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { TailedFile } from '../../src/runner/telemetry/read-logs/tailed-file.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-tail-'));

/** A file that is followed, and what was read of it; `|` where another file began. */
function followed(name: string): { file: string; tailed: TailedFile; read: () => string } {
  const file = path.join(folder, name);
  let text = '';
  const tailed = new TailedFile(
    file,
    (bytes) => {
      text += bytes.toString();
    },
    () => {
      text += '|';
    },
  );
  const read = (): string => {
    tailed.look();
    return text;
  };
  return { file, tailed, read };
}

test('of a file that is there only what is new is read, through truncation and rotation', () => {
  writeFileSync(path.join(folder, 'a.log'), 'old\n');
  const { file, tailed, read } = followed('a.log');
  assert.equal(read(), '');
  appendFileSync(file, 'one\ntw');
  assert.equal(read(), 'one\ntw');
  appendFileSync(file, 'o\n');
  assert.equal(read(), 'one\ntwo\n');
  // As copytruncate does it.
  truncateSync(file);
  appendFileSync(file, 'three\n');
  assert.equal(read(), 'one\ntwo\n|three\n');
  // What was written to the old file before it was left is not lost.
  appendFileSync(file, 'four\n');
  renameSync(file, `${file}.1`);
  appendFileSync(`${file}.1`, 'five\n');
  assert.equal(read(), 'one\ntwo\n|three\nfour\nfive\n');
  writeFileSync(file, 'six\n');
  assert.equal(read(), 'one\ntwo\n|three\nfour\nfive\n|six\n');
  assert.equal(tailed.trouble, null);
  tailed.close();
});

test('a file that comes later is read from its beginning', () => {
  const { file, tailed, read } = followed('later.log');
  assert.equal(read(), '');
  assert.equal(tailed.trouble, 'was never there');
  writeFileSync(file, 'one\n');
  assert.equal(read(), 'one\n');
  assert.equal(tailed.trouble, null);
});

test('of a file that grows too fast the rest is read, and what was passed over is counted', () => {
  const { file, tailed, read } = followed('fast.log');
  writeFileSync(file, Buffer.alloc(40 * 1024 * 1024, 'a'));
  appendFileSync(file, 'end');
  const text = read();
  assert.equal(tailed.skipped, 32 * 1024 * 1024 + 3);
  assert.equal(text.length, 8 * 1024 * 1024 + 1);
  assert.ok(text.startsWith('|a') && text.endsWith('aend'));
});

test('what is no file is not waited for', () => {
  mkdirSync(path.join(folder, 'folder.log'));
  execFileSync('mkfifo', [path.join(folder, 'pipe.log')]);
  for (const name of ['folder.log', 'pipe.log', 'a.log/b.log']) {
    const { tailed, read } = followed(name);
    assert.equal(read(), '');
    assert.match(tailed.trouble ?? '', /^(is no file|cannot be read: )/, name);
  }
});
