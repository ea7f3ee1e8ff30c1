import assert from 'node:assert/strict';
import test from 'node:test';
import { compileAddress, type Place } from '../../src/load/scenario/address.ts';
import { StepError } from '../../src/load/scenario/step-error.ts';
import type { IterationValues } from '../../src/load/scenario/values.ts';
import { valuesOf } from '../support/iteration-values.ts';

const ORIGIN = 'http://127.0.0.1:8000';
const BASE = `${ORIGIN}/v1/`;
const valuesAt = (index: number): IterationValues =>
  valuesOf({
    index,
    known: {
      host: '127.0.0.1:9000',
      next: '/orders/7?full=1#top',
      elsewhere: 'https://user:pa%20ss@example.com/x',
      odd: 'a b\r\nGET /evil HTTP/1.1 ü#?/😀"%41',
      dots: '../../x',
      scheme: 'ftp',
      rest: 'tp',
      half: 'x\ud800y',
      list: [1, 2],
    },
  });
const placeOf = (url: string, query: Record<string, string> = {}, index = 0): Place =>
  compileAddress(url, query, BASE).place(valuesAt(index));
const fails = (url: string, words: RegExp): void => {
  assert.throws(
    () => placeOf(url),
    (error) => error instanceof StepError && error.kind === 'template' && words.test(error.message),
  );
};

test('an address is relative to the target, as in a browser', () => {
  for (const url of [
    'cart',
    '/cart',
    '../cart',
    '?x=1',
    '/a/./b/../c d/ü',
    'http://127.0.0.1:1/p?q#f',
    '//127.0.0.2/x',
    '',
  ]) {
    const { origin, path } = compileAddress(url, {}, BASE).fixed!;
    const { origin: expected, pathname, search } = new URL(url, BASE);
    assert.deepEqual([origin, path], [expected, pathname + search]);
  }
});

test('placeholders in an address change nothing around them', () => {
  const at = (url: string): string => placeOf(url, {}, 6).path;
  assert.equal(at('/a/../b/${counter}/ü?x=${counter}&y=1#${counter}'), '/b/7/%C3%BC?x=7&y=1');
  assert.equal(at('items/${counter}'), '/v1/items/7');
  assert.equal(at('items/${counter}${iteration}.json'), '/v1/items/76.json');
  assert.equal(at('/$${x}/${list}'), '/$%7Bx%7D/[1,2]');
  assert.equal(at('/x/${dots}'), '/x/../../x');
  assert.equal(at('http://127.0.0.1:9/${counter}'), '/7');
});

test('what would break the request line is percent-encoded, all else is as written', () => {
  const { path } = placeOf('/x/${odd}');
  assert.equal(path, '/x/a%20b%0D%0AGET%20/evil%20HTTP/1.1%20%C3%BC%23?/%F0%9F%98%80"%41');
  assert.equal(placeOf('/x/${half}').path, '/x/x%EF%BF%BDy');
});

test('a query is added, percent-encoded', () => {
  const query = { 'a b': 'c&d=e+f', n: '${counter}', odd: '${odd}' };
  for (const url of ['cart', 'cart?x=1', 'cart?x=${counter}', 'cart${next}', '${next}']) {
    const { path, origin } = placeOf(url, query);
    const read = new URL(path, origin).searchParams;
    assert.equal(read.get('a b'), 'c&d=e+f', path);
    assert.equal(read.get('n'), '1');
    assert.equal(read.get('odd'), 'a b\r\nGET /evil HTTP/1.1 ü#?/😀"%41');
    assert.equal(read.get('x'), url.includes('x=') ? '1' : null);
    assert.ok(/^[!-~]+$/.test(path), path);
  }
});

test('where a placeholder may change the host, the origin is known only then', () => {
  for (const url of ['${next}', 'http://${host}/x', '//${host}/x', 'http://127.0.0.1:${counter}/', '${elsewhere}']) {
    const { origin, fixed, authorization } = compileAddress(url, {}, 'http://me@127.0.0.1/');
    assert.deepEqual({ origin, fixed, authorization }, { origin: null, fixed: null, authorization: null }, url);
  }
  assert.deepEqual(placeOf('${next}'), { origin: ORIGIN, path: '/orders/7?full=1', authorization: null });
  assert.equal(placeOf('http://${host}/x').origin, 'http://127.0.0.1:9000');
  const elsewhere = placeOf('${elsewhere}');
  assert.equal(elsewhere.origin, 'https://example.com');
  assert.equal(elsewhere.authorization, `Basic ${Buffer.from('user:pa ss').toString('base64')}`);
  fails('http://${odd}/', /not an address/);
  fails('${scheme}://127.0.0.1/', /"ftp:.*not an address/);
  // A path that looks like another host stays a path.
  assert.equal(placeOf('/${host}').origin, ORIGIN);
});

test('what is no address is told as it is written, placeholders and all', () => {
  assert.throws(() => placeOf('ftp://host/${counter}'), /"ftp:\/\/host\/\$\{counter\}" is not an address/);
  // Which scheme it is shows in the iteration.
  assert.equal(placeOf('ht${rest}://127.0.0.1:9/x').origin, 'http://127.0.0.1:9');
});
