import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUserFrame } from '../../src/profile/user-code.ts';
import {
  attributionText,
  parseAttribution,
  readAttribution,
  tracePrefix,
  traceparent,
} from '../../src/runs/attribution.ts';

const ORIGIN = { monotonicMs: 5000, unixMs: 0 };

test('a traceparent is valid, its own for every request, and begins as the run’s do', () => {
  const prefix = tracePrefix(0xbeef);
  const all = [0, 1, 15, 123_456].map((id) => traceparent(prefix, id));
  for (const value of all) {
    assert.match(value, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.ok(!/-0{16}-/.test(value));
    assert.ok(value.startsWith(`00-${prefix}`));
  }
  assert.equal(new Set(all).size, all.length);
  assert.notEqual(tracePrefix(1), tracePrefix(2));
});

test('the lines of ours in a service are nobody’s code', () => {
  const isUser = (file: string): boolean => isUserFrame({ function: '_write_all', file, line: null, column: null });
  assert.ok(!isUser('/srv/app/tailflame_attribution.py'));
  assert.ok(!isUser('/srv/app/tailflame-attribution.cjs'));
  assert.ok(isUser('/srv/app/attribution.py'));
});

test('what processes wrote is read on the run’s clock, that of other runs left out', () => {
  const prefix = tracePrefix(1);
  const trace = (id: number, of = prefix): string => traceparent(of, id).slice(3, 35);
  const first = [
    '["begin",1,10,"python"]',
    `["worked","${trace(1, tracePrefix(2))}","140000000000001234",1010000,1012500]`,
    // Of the run before.
    '["lost",40]',
    '["place",0,[["/srv/client.py","fetch",31],["/srv/app.py","handle",9]]]',
    `["worked","${trace(4)}","140000000000001234",5010000,5012500]`,
    `["suspended","${trace(4)}","140000000000001234",5012500,5060000,0]`,
    `["worked","${trace(4, tracePrefix(2))}","140000000000001234",5010000,5012500]`,
    '["lost",3]',
    // The same process's number again, with places of its own.
    '["begin",1,10,"python"]',
    '["place",0,[["/srv/other.py","load",5]]]',
    `["suspended","${trace(6)}","140000000000001234",5070000,5080000,0]`,
    `["worked","${trace(5)}","14000`,
  ].join('\n');
  const second = ['["begin",1,11,"node"]', `["worked","${trace(3)}","11",5001000,5002000]`, 'nonsense', ''].join('\n');
  const read = readAttribution([first, second], prefix, ORIGIN);
  assert.deepEqual(read.threads, [
    { pid: 10, id: '140000000000001234' },
    { pid: 11, id: '11' },
  ]);
  assert.deepEqual([...read.worked.request], [3, 4]);
  assert.deepEqual([...read.worked.thread], [1, 0]);
  assert.deepEqual([...read.worked.start], [1, 10]);
  assert.deepEqual([...read.worked.end], [2, 12.5]);
  assert.deepEqual([...read.suspended.request], [4, 6]);
  assert.equal(read.places[read.suspended.place[0]!]?.[0]?.function, 'fetch');
  assert.equal(read.places[read.suspended.place[1]!]?.[0]?.function, 'load');
  assert.equal(read.lost, 3);
  assert.deepEqual(parseAttribution(attributionText(read)), read);
});
