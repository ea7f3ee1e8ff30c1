import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import type { Body, Part } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { type CompiledBody, compileBody } from '../../src/load/scenario/body.ts';
import type { IterationValues } from '../../src/load/scenario/values.ts';
import { valuesOf } from '../support/iteration-values.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-body-'));
after(() => rmSync(folder, { recursive: true }));
const picture = path.join(folder, 'cat.JPG');
const bytes = Buffer.from([0xff, 0xd8, 0, 13, 10, 13, 10, 45, 45, 0x80]);
writeFileSync(picture, bytes);

const AWKWARD = 'a "quoted"\r\nline & = + ü € 😀 ~\'()*%20';
const valuesAt = (index: number): IterationValues =>
  valuesOf({ index, known: { awkward: AWKWARD, item: { id: 7, tags: ['a'] }, none: null, half: 'x\ud800y' } });
const render = (body: Body, index = 0): string => compileBody(body).render(valuesAt(index)).toString();
const multipart = (...parts: Part[]): CompiledBody => compileBody({ kind: 'multipart', parts });
/** Taken apart by Node's own reader of forms. */
async function read(body: CompiledBody): Promise<[string, string | File][]> {
  const rendered = new Uint8Array(body.render(valuesAt(0)));
  const form = await new Response(rendered, { headers: { 'content-type': body.contentType! } }).formData();
  return [...form.entries()];
}

test('no body is static, and says nothing about its type', () => {
  const { static: fixed, contentType } = compileBody(null);
  assert.deepEqual({ fixed, contentType }, { fixed: null, contentType: null });
});

test('a text is JSON where it parses as JSON, placeholders or not', () => {
  const typeOf = (text: string): string | null => compileBody({ kind: 'text', text }).contentType;
  for (const text of ['{"a":1}', '[]', '12', '{"n": ${counter}, "s": "${awkward}"}', '["$${x}"]']) {
    assert.equal(typeOf(text), 'application/json', text);
  }
  for (const text of ['a=1', '', '{a: 1}', '${counter}', '<p>${counter}</p>']) assert.equal(typeOf(text), null, text);
});

test('a text without placeholders is made once', () => {
  const body = compileBody({ kind: 'text', text: 'grüße $${x}' });
  assert.equal(body.static?.toString(), 'grüße ${x}');
  assert.equal(body.render(valuesAt(0)), body.static);
  assert.equal(compileBody({ kind: 'text', text: '${counter}' }).static, undefined);
  assert.equal(render({ kind: 'text', text: '{"n":${counter}}' }, 41), '{"n":42}');
});

test('JSON is what JSON.stringify makes of it, with placeholders as values of their type', () => {
  const still = { a: [1, 'x"\n', true, null, { 'k"': -0.5 }], e: {}, l: [], lit: '$${x}' };
  const body = compileBody({ kind: 'json', value: still });
  assert.equal(body.contentType, 'application/json');
  assert.equal(body.static?.toString(), JSON.stringify({ ...still, lit: '${x}' }));
  const value = {
    n: '${counter}',
    text: 'no ${counter}: ${awkward}',
    item: '${item}',
    list: ['${none}', 2, '${item}'],
    '${counter}': '${awkward}',
    constant: [[[]], 'c'],
  };
  const expected = {
    n: 5,
    text: `no 5: ${AWKWARD}`,
    item: { id: 7, tags: ['a'] },
    list: [null, 2, { id: 7, tags: ['a'] }],
    '${counter}': AWKWARD,
    constant: [[[]], 'c'],
  };
  assert.equal(compileBody({ kind: 'json', value }).static, undefined);
  assert.equal(render({ kind: 'json', value }, 4), JSON.stringify(expected));
  for (const leaf of ['a', 1, null, false, [], {}])
    assert.equal(render({ kind: 'json', value: leaf }), JSON.stringify(leaf));
  assert.equal(render({ kind: 'json', value: '${item}' }), '{"id":7,"tags":["a"]}');
});

test('a form is what URLSearchParams makes of it', () => {
  const fields = { plain: 'x', 'na me&': AWKWARD, empty: '', value: '${awkward}', n: 'no ${counter}' };
  const expected = { ...fields, value: AWKWARD, n: 'no 3' };
  const body = compileBody({ kind: 'form', fields });
  assert.equal(body.contentType, 'application/x-www-form-urlencoded');
  assert.equal(body.static, undefined);
  assert.equal(body.render(valuesAt(2)).toString(), new URLSearchParams(expected).toString());
  const { value, n, ...still } = fields;
  const fixed = compileBody({ kind: 'form', fields: still });
  assert.equal(fixed.static?.toString(), new URLSearchParams(still).toString());
  assert.equal(render({ kind: 'form', fields: { a: '${half}' } }), 'a=x%EF%BF%BDy');
});

test('multipart is read back as it was meant', async () => {
  const body = multipart(
    { name: 'text', value: 'grüße\r\n--x' },
    { name: 'placeholder', value: 'no ${counter}: ${awkward}' },
    { name: 'empty', value: '' },
    { name: 'image', file: picture, filename: 'cat ü.jpg', type: 'image/jpeg' },
    { name: 'same', file: picture, filename: 'n${counter}.jpg', type: 'image/x-own' },
    { name: 'same', value: '$${x}' },
  );
  assert.equal(body.static, undefined);
  const [text, placeholder, empty, image, same, again] = await read(body);
  assert.deepEqual(text, ['text', 'grüße\r\n--x']);
  assert.deepEqual(placeholder, ['placeholder', `no 1: ${AWKWARD}`]);
  assert.deepEqual(empty, ['empty', '']);
  assert.deepEqual(again, ['same', '${x}']);
  for (const [entry, name, type] of [
    [image, 'cat ü.jpg', 'image/jpeg'],
    [same, 'n1.jpg', 'image/x-own'],
  ] as const) {
    const file = entry![1] as File;
    assert.equal(file.name, name);
    assert.equal(file.type, type);
    assert.ok(Buffer.from(await file.arrayBuffer()).equals(bytes));
  }
});

test('a name in multipart cannot break out of its quotes', async () => {
  const body = multipart(
    { name: 'a"; filename="x\r\nX: y', value: '1' },
    { name: 'f', file: picture, filename: '${awkward}', type: 'image/jpeg' },
  );
  const [first, second, ...others] = await read(body);
  assert.deepEqual(others, []);
  assert.equal(first![1], '1');
  assert.match(body.render(valuesAt(0)).toString(), /name="a%22; filename=%22x%0D%0AX: y"\r\n\r\n1\r\n/);
  assert.equal((second![1] as File).name.replaceAll('%0D%0A', '\r\n').replaceAll('%22', '"'), AWKWARD);
});

test('multipart without placeholders is made once, and the same in every process', () => {
  const make = (): CompiledBody =>
    multipart({ name: 'a', value: 'b' }, { name: 'f', file: picture, filename: 'c', type: 'image/jpeg' });
  assert.ok(Buffer.isBuffer(make().static));
  assert.deepEqual(make().static, make().static);
  assert.equal(make().contentType, make().contentType);
  assert.notEqual(make().contentType, multipart({ name: 'a', value: 'c' }).contentType);
});

test('a file is sent as it is, with the type its name tells', () => {
  const body = compileBody({ kind: 'file', file: picture });
  assert.ok(body.static?.equals(bytes));
  assert.equal(body.contentType, 'image/jpeg');
  for (const [name, type] of [
    ['a.wav', 'audio/wav'],
    ['a.json', 'application/json'],
    ['a.npy', 'application/octet-stream'],
    ['noextension', 'application/octet-stream'],
  ] as const) {
    const file = path.join(folder, name);
    writeFileSync(file, '${counter}');
    const compiled = compileBody({ kind: 'file', file });
    assert.equal(compiled.contentType, type);
    assert.equal(compiled.static?.toString(), '${counter}');
  }
});

test('a file that is not there is said when the plan is read', () => {
  const file = path.join(folder, 'missing.png');
  const is = (words: RegExp) => (error: unknown) => error instanceof PlanError && words.test(error.message);
  assert.throws(() => compileBody({ kind: 'file', file }), is(/missing\.png: there is no such file/));
  assert.throws(() => compileBody({ kind: 'file', file: folder }), is(/is a folder/));
  assert.throws(() => multipart({ name: 'f', file, filename: 'f', type: 'image/png' }), is(/no such file/));
  assert.throws(
    () => multipart({ name: 'f', file: picture, filename: 'f', type: 'a\r\nb: c' }),
    is(/not a content type/),
  );
});
