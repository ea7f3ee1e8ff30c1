import assert from 'node:assert/strict';
import test from 'node:test';
import type { Check } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { Answer, type AnswerHeaders } from '../../src/load/scenario/answer.ts';
import { compileCheck } from '../../src/load/scenario/check.ts';
import { StepError } from '../../src/load/scenario/step-error.ts';
import { valuesOf } from '../support/iteration-values.ts';

const values = valuesOf({ index: 4, environment: { LABEL: 'cat', OPEN: '(' }, known: { count: 3 } });
const answerOf = (body: string, headers: AnswerHeaders = {}, status = 200, latency = 12.345): Answer =>
  new Answer(status, headers, Buffer.from(body), latency);
const judge = (check: Check, answer: Answer): string | null => compileCheck(check).judge(answer, values);
const JSON_ANSWER = answerOf(
  JSON.stringify({
    label: 'cat',
    score: 0.5,
    count: 3,
    text: '12',
    none: null,
    blank: '',
    list: [],
    map: {},
    zero: 0,
    no: false,
    tags: ['a', 'b', 3],
    box: { x: 1, y: [2, { z: null }] },
  }),
);
type JsonCheck = Extract<Check, { on: 'json' }>;
type JsonTest = JsonCheck extends infer C
  ? C extends { on: 'json'; path: string }
    ? Omit<C, 'on' | 'path'>
    : never
  : never;
const at = (path: string, test: JsonTest): Check => ({ on: 'json', path, ...test }) as Check;
const holds = (check: Check, answer = JSON_ANSWER): void => assert.equal(judge(check, answer), null);
const says = (check: Check, sentence: string, answer = JSON_ANSWER): void =>
  assert.equal(judge(check, answer), sentence);
const isNone = (check: Check, words: RegExp): void => {
  assert.throws(
    () => compileCheck(check),
    (error) => error instanceof PlanError && words.test(error.message),
  );
};

test('a status is one of the codes or classes', () => {
  const check: Check = { on: 'status', accept: ['2xx'] };
  for (const status of [200, 201, 299]) holds(check, answerOf('', {}, status));
  says(check, 'status 500, expected 2xx', answerOf('', {}, 500));
  says(check, 'status 300, expected 2xx', answerOf('', {}, 300));
  says({ on: 'status', accept: [200, 404, '3XX'] }, 'status 201, expected 200, 404 or 3XX', answerOf('', {}, 201));
  holds({ on: 'status', accept: [200, 404, '3XX'] }, answerOf('', {}, 307));
  isNone({ on: 'status', accept: ['2x'] }, /"2x" is not a status/);
  isNone({ on: 'status', accept: [99] }, /"99" is not a status/);
});

test('latency is below its limit', () => {
  holds({ on: 'latency', below: 12.4 });
  says({ on: 'latency', below: 12 }, 'latency 12.345 ms, expected below 12 ms');
  says({ on: 'latency', below: 12.345 }, 'latency 12.345 ms, expected below 12.345 ms');
});

test('JSON exists where there is a node, null included', () => {
  for (const path of ['$.label', '$.none', '$.no', '$.box.y[1].z']) {
    holds(at(path, { test: 'exists' }));
    assert.notEqual(judge(at(path, { test: 'absent' }), JSON_ANSWER), null);
  }
  holds(at('$.missing', { test: 'absent' }));
  says(at('$.none', { test: 'absent' }), '$.none is null, expected none');
  says(at('$.a', { test: 'exists' }), 'nothing at $.a in the answer: {"b":1}', answerOf('{"b":1}'));
});

test('of an answer that is not JSON nothing holds, not even that a value is absent', () => {
  const sentence = 'nothing at $.a: the answer is not JSON: <html>';
  for (const test of ['exists', 'absent', 'nonempty'] as const) says(at('$.a', { test }), sentence, answerOf('<html>'));
  says(at('$.a', { test: 'equals', value: 1 }), `${sentence}, expected 1`, answerOf('<html>'));
  says(at('$.a', { test: 'absent' }), 'nothing at $.a: the body is empty', answerOf(''));
});

test('JSON is nonempty unless null, "", [] or {}', () => {
  for (const path of ['$.label', '$.zero', '$.no', '$.tags', '$.box']) holds(at(path, { test: 'nonempty' }));
  says(at('$.none', { test: 'nonempty' }), '$.none is empty: null');
  says(at('$.blank', { test: 'nonempty' }), '$.blank is empty: ""');
  says(at('$.list', { test: 'nonempty' }), '$.list is empty: []');
  says(at('$.map', { test: 'nonempty' }), '$.map is empty: {}');
  assert.match(judge(at('$.missing', { test: 'nonempty' }), JSON_ANSWER)!, /^nothing at \$\.missing/);
});

test('JSON equals in depth and by type, whatever the order of members', () => {
  holds(at('$.label', { test: 'equals', value: 'cat' }));
  holds(at('$.no', { test: 'equals', value: false }));
  holds(at('$.none', { test: 'equals', value: null }));
  holds(at('$.box', { test: 'equals', value: { y: [2, { z: null }], x: 1 } }));
  holds(at('$.zero', { test: 'equals', value: 0 }), answerOf('{"zero":-0}'));
  says(at('$.label', { test: 'equals', value: 'dog' }), '$.label is "cat", expected "dog"');
  says(at('$.text', { test: 'equals', value: 12 }), '$.text is "12", expected 12');
  for (const value of [{ x: 1 }, { x: 1, y: [2, {}] }, { x: 1, y: [{ z: null }, 2] }, [1], null, 'box']) {
    assert.notEqual(judge(at('$.box', { test: 'equals', value }), JSON_ANSWER), null, JSON.stringify(value));
  }
  assert.notEqual(judge(at('$.tags', { test: 'equals', value: { 0: 'a', 1: 'b', 2: 3 } }), JSON_ANSWER), null);
});

test('what is expected may be a template, with the type of its value', () => {
  holds(at('$.count', { test: 'equals', value: '${count}' }));
  says(at('$.text', { test: 'equals', value: '${count}' }), '$.text is "12", expected 3');
  holds(at('$.box', { test: 'equals', value: { x: 1, y: [2, { z: null }] } }));
  holds(at('$', { test: 'equals', value: { a: ['${count}', 'n${counter}'] } }), answerOf('{"a":[3,"n5"]}'));
  holds(at('$.label', { test: 'contains', value: '${env.LABEL}' }));
  holds(at('$.label', { test: 'matches', value: '^${env.LABEL}$' }));
  holds({ on: 'body', test: 'equals', value: '$${x}' }, answerOf('${x}'));
  for (const test of [
    { test: 'equals', value: '${gone}' },
    { test: 'matches', value: '${env.OPEN}' },
  ] as const) {
    assert.throws(
      () => judge(at('$.label', test), JSON_ANSWER),
      (error) => error instanceof StepError && error.kind === 'template',
    );
  }
});

test('contains: of a text a part, of an array an element', () => {
  holds(at('$.label', { test: 'contains', value: 'at' }));
  holds(at('$.tags', { test: 'contains', value: 'b' }));
  holds(at('$.tags', { test: 'contains', value: '3' }));
  holds(at('$.box', { test: 'contains', value: '"x":1' }));
  says(at('$.tags', { test: 'contains', value: 'c' }), '$.tags is ["a","b",3], expected it to contain "c"');
});

test('matches, above and below', () => {
  holds(at('$.label', { test: 'matches', value: '^c.t$' }));
  says(at('$.label', { test: 'matches', value: '^d' }), '$.label is "cat", expected it to match /^d/');
  holds(at('$.score', { test: 'above', value: 0.4 }));
  says(at('$.text', { test: 'below', value: 12.5 }), '$.text is "12", expected a number below 12.5');
  says(at('$.score', { test: 'above', value: 0.5 }), '$.score is 0.5, expected a number above 0.5');
  says(at('$.label', { test: 'below', value: 3 }), '$.label is "cat", expected a number below 3');
  for (const path of ['$.none', '$.blank', '$.no', '$.list']) {
    assert.notEqual(judge(at(path, { test: 'below', value: 1 }), JSON_ANSWER), null, path);
  }
  isNone(at('$.a', { test: 'matches', value: '[' }), /not a regular expression/);
  isNone(at('a', { test: 'exists' }), /not a JSONPath/);
});

test('a header is compared as text, its name in any case', () => {
  const answer = answerOf('', { 'content-type': 'application/json', 'x-n': '5', vary: ['a', 'b'], 'x-blank': ' ' });
  holds({ on: 'header', name: 'Content-Type', test: 'contains', value: 'json' }, answer);
  holds({ on: 'header', name: 'X-N', test: 'equals', value: 5 }, answer);
  holds({ on: 'header', name: 'x-n', test: 'above', value: 4 }, answer);
  holds({ on: 'header', name: 'vary', test: 'equals', value: 'a, b' }, answer);
  holds({ on: 'header', name: 'etag', test: 'absent' }, answer);
  says({ on: 'header', name: 'ETag', test: 'exists' }, 'no header etag in the answer', answer);
  says({ on: 'header', name: 'x-blank', test: 'nonempty' }, 'header x-blank is empty', answer);
  says({ on: 'header', name: 'x-n', test: 'equals', value: '6' }, 'header x-n is "5", expected "6"', answer);
  says({ on: 'header', name: 'etag', test: 'equals', value: 1 }, 'no header etag in the answer, expected "1"', answer);
});

test('a body is looked at as text', () => {
  holds({ on: 'body', test: 'nonempty' }, answerOf('x'));
  says({ on: 'body', test: 'nonempty' }, 'the body is empty', answerOf(''));
  says({ on: 'body', test: 'nonempty' }, 'the body is empty', answerOf(' \n'));
  says({ on: 'body', test: 'exists' }, 'the body is empty', answerOf(''));
  holds({ on: 'body', test: 'absent' }, answerOf(''));
  holds({ on: 'body', test: 'matches', value: 'o.k' }, answerOf('xo-kx'));
  holds({ on: 'body', test: 'equals', value: 'grüße' }, answerOf('grüße'));
  says({ on: 'body', test: 'contains', value: 'ok' }, 'the body is "no", expected it to contain "ok"', answerOf('no'));
  says({ on: 'body', test: 'contains', value: 'ok' }, 'the body is empty, expected it to contain "ok"', answerOf(''));
});

test('a check says whether it needs the body', () => {
  const needs = (check: Check): boolean => compileCheck(check).needs.body;
  assert.equal(needs({ on: 'status', accept: [200] }), false);
  assert.equal(needs({ on: 'latency', below: 1 }), false);
  assert.equal(needs({ on: 'header', name: 'a', test: 'exists' }), false);
  assert.equal(needs({ on: 'body', test: 'exists' }), true);
  assert.equal(needs({ on: 'json', path: '$.a', test: 'exists' }), true);
});
