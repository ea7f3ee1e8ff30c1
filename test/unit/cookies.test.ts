import assert from 'node:assert/strict';
import test from 'node:test';
import { CookieJar } from '../../src/load/scenario/cookies.ts';

const stored = (url: string, ...cookies: string[]): CookieJar => {
  const jar = new CookieJar();
  jar.store(url, cookies);
  return jar;
};

test('a jar that nothing was put into has nothing to send', () => {
  assert.equal(new CookieJar().header('http://127.0.0.1:8000/'), null);
});

test('cookies go back to where they came from, also on hosts without a public suffix', () => {
  for (const host of ['127.0.0.1:8000', 'localhost:8000', 'model', '[::1]:80', 'api.example.com', 'x.localhost']) {
    const jar = stored(`http://${host}/login`, 'session=abc; Path=/; HttpOnly', 'lang=de');
    assert.equal(jar.header(`http://${host}/cart?x=1`), 'session=abc; lang=de', host);
    assert.equal(jar.header('http://other.test/'), null);
  }
});

test('a later cookie of the name replaces the earlier, and an expired one takes it away', () => {
  const jar = stored('http://localhost/', 'a=1; Path=/', 'b=2; Path=/');
  jar.store('http://localhost/', ['a=3; Path=/', 'b=; Path=/; Max-Age=0']);
  assert.equal(jar.header('http://localhost/'), 'a=3');
  jar.store('http://localhost/', ['a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
  assert.equal(jar.header('http://localhost/'), null);
});

test('path, domain and Secure are kept to', () => {
  const jar = stored('http://a.example.com/api/login', 'p=1; Path=/api', 'd=2; Domain=example.com; Path=/');
  assert.equal(jar.header('http://a.example.com/api/x'), 'p=1; d=2');
  assert.equal(jar.header('http://a.example.com/other'), 'd=2');
  assert.equal(jar.header('http://b.example.com/api/x'), 'd=2');
  const secure = stored('https://example.com/', 's=1; Secure; Path=/');
  assert.equal(secure.header('http://example.com/'), null);
  assert.equal(secure.header('https://example.com/'), 's=1');
});

test('what is no cookie, or is for another host, is left out and harms nothing', () => {
  const jar = stored('http://127.0.0.1/', '', ';;', '\u0000', 'x=1; Domain=example.com', 'good=1');
  assert.equal(jar.header('http://127.0.0.1/'), 'good=1');
  assert.equal(jar.header('http://example.com/'), null);
});

test('jars know nothing of each other', () => {
  stored('http://localhost/', 'a=1');
  assert.equal(new CookieJar().header('http://localhost/'), null);
});
