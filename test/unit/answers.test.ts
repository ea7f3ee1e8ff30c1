import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AnsweredInput, type AnswerQuestion, comparedAnswers } from '../../src/find/answer-comparison.ts';
import { AnswerRule } from '../../src/find/answer-rule.ts';
import { answersSentence } from '../../src/find/gate-sentence.ts';
import type { GivenAnswer } from '../../src/find/given-answers.ts';
import { Redactor } from '../../src/load/plan/redaction.ts';
import { compileJsonPath } from '../../src/load/scenario/json-path.ts';

describe('two answers are the same', () => {
  const differs = (rule: readonly string[], baseline: unknown, candidate: unknown): string | null =>
    new AnswerRule(rule).difference(baseline, candidate)?.path ?? null;

  test('where all in them is equal, whatever the order of their members', () => {
    assert.equal(differs([], { a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }), null);
    assert.equal(differs([], { a: 1 }, { a: 1, b: undefined }), null);
    assert.equal(differs([], { a: [1, 2] }, { a: [1, 2, 3] }), '$["a"][2]');
    assert.equal(differs([], { a: {} }, { a: [] }), '$["a"]');
    assert.equal(differs([], { 'x"y': 1 }, { 'x"y': 2 }), '$["x\\"y"]');
    assert.equal(differs([], 'plain', 'other'), '$');
    assert.equal(differs([], { a: 0 }, { a: -0 }), null);
    assert.equal(differs([], {}, { constructor: 1, toString: 2 }), '$["constructor"]');
  });

  test('where numbers differ by no more than they may, as an amount or a share, and only there', () => {
    const before = { scores: [0.5, 100], id: 'a' };
    assert.equal(differs(['$.scores[*]=1%'], before, { ...before, scores: [0.505, 101] }), null);
    assert.equal(differs(['$.scores[*]=1%'], before, { ...before, scores: [0.506, 101] }), '$["scores"][0]');
    assert.equal(differs(['$.scores[0]=0.1'], before, { ...before, scores: [0.59, 100.05] }), '$["scores"][1]');
    assert.equal(differs(['$.id=any'], before, { ...before, id: { b: 1 } }), null);
    assert.equal(differs(['$.id=any'], before, { scores: before.scores }), null, 'also where it is missing');
    assert.equal(differs(['$.id=0.1'], before, { ...before, id: 'b' }), '$["id"]', 'what is no number');
  });

  test('and what is no rule is refused', () => {
    assert.throws(() => new AnswerRule(['scores=1']), /^PlanError: "scores=1" does not say where answers may differ/);
    assert.throws(() => new AnswerRule(['$.a[=1']), /is not a JSONPath/);
  });
});

const NONE = new Redactor([]);

describe('the answers of two builds', () => {
  const given = (value: unknown, label: string | null = null): GivenAnswer => {
    return { input: '', answers: [value], failure: null, label };
  };
  const failed: GivenAnswer = { input: '', answers: [], failure: 'POST /x answered 500', label: null };
  const equal: AnswerQuestion = { count: 3, rule: new AnswerRule([]), label: null };
  /** An input and what either build answers, time after time. */
  const input = (baseline: readonly unknown[], candidate: readonly unknown[]): AnsweredInput => {
    const answers = (values: readonly unknown[]): GivenAnswer[] =>
      values.map((value) => (value === failed ? failed : given(value)));
    return { baseline: answers(baseline), candidate: answers(candidate) };
  };

  test('fail a candidate that answers otherwise every time, and not one that does so now and then', () => {
    const told = comparedAnswers([input([1, 1], [1]), input([3, 3, 3, 3], [4, 4, 5])], equal, NONE);
    assert.deepEqual(
      [told.inputs, told.different, told.status, told.examples],
      [2, 1, 'failed', [{ input: 2, path: '$', baseline: '3', candidate: '4' }]],
    );
    const chance = comparedAnswers([input([1, 1, 1], [2, 1]), input([1, 1], [1])], equal, NONE);
    assert.deepEqual([chance.unstable, chance.different, chance.status], [1, 0, 'passed']);
    const baseline = comparedAnswers([input([2, 9], [2]), input([1, 1], [1])], equal, NONE);
    assert.deepEqual([baseline.unstable, baseline.status], [1, 'passed']);
  });

  test('where the candidate fails differ; where the baseline fails they say nothing', () => {
    const worse = comparedAnswers([input([1, 1], [failed])], equal, NONE);
    assert.deepEqual([worse.status, worse.examples[0]!.candidate], ['failed', 'POST /x answered 500']);
    const gone = comparedAnswers([input([failed, failed], [1])], equal, NONE);
    assert.deepEqual([gone.unanswered, gone.different, gone.status], [1, 0, 'inconclusive']);
    assert.match(answersSentence(gone), /^cannot tell: the baseline does not answer 1 of 1 inputs$/);
    assert.equal(comparedAnswers([input([failed, failed], [failed])], equal, NONE).status, 'inconclusive');
    assert.match(answersSentence(comparedAnswers([], equal, NONE)), /^cannot tell: no input was asked/);
  });

  test('by labels fail where surely fewer are right, and not for a few either way', () => {
    const label: AnswerQuestion = { ...equal, label: { name: 'rows.label', path: compileJsonPath('$.label') } };
    const told = (before: readonly number[], now: readonly number[], path = 'label') => {
      const of = (wrong: readonly number[], at: number): GivenAnswer[] => [
        given({ [path]: wrong.includes(at) ? 'no' : 'yes' }, 'yes'),
      ];
      const inputs = Array.from({ length: 100 }, (_, at) => ({ baseline: of(before, at), candidate: of(now, at) }));
      return comparedAnswers(inputs, label, NONE);
    };
    const worse = told([0, 1], [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(worse.accuracy, { baseline: 0.98, candidate: 0.92, lost: 6, won: 0 });
    assert.equal(worse.status, 'failed');
    // 5 to 0 comes up in 1 of 32 where both are as right.
    assert.equal(told([0], [0, 1, 2, 3, 4, 5]).status, 'passed');
    assert.equal(told([0, 1, 2], [2, 3, 4]).status, 'passed');
    assert.equal(told([], [], 'other').status, 'inconclusive', 'a path that leads nowhere');
  });

  test('by labels say nothing of inputs that the baseline does not answer', () => {
    const label: AnswerQuestion = { ...equal, label: { name: 'rows.label', path: compileJsonPath('$') } };
    const right = given('yes', 'yes');
    const inputs = [
      { baseline: [failed], candidate: [right] },
      { baseline: [right], candidate: [right] },
      { baseline: [right], candidate: [failed] },
    ];
    const told = comparedAnswers(inputs, label, NONE);
    assert.deepEqual(told.accuracy, { baseline: 1, candidate: 0.5, lost: 1, won: 0 });
    assert.match(answersSentence(told), /^answers are right in 50 % of 2 inputs, the baseline in 100 %/);
  });

  test('are shown without secrets, and without the beginning of one', () => {
    const secret = 'a-token-of-the-set-up';
    const answers = [input(['x'], [`${'y'.repeat(50)}${secret}`])];
    const [example] = comparedAnswers(answers, equal, new Redactor([secret])).examples;
    assert.equal(example!.candidate, `"${'y'.repeat(50)}<removed>…`);
    const shown = (baseline: unknown, candidate: unknown): string[] => {
      const [first] = comparedAnswers([input([baseline], [candidate])], equal, NONE).examples;
      return [first!.path, first!.baseline, first!.candidate];
    };
    const [path, ...values] = shown({ user: { access_token: 'dev-AAAA' } }, { user: { access_token: 'dev-BBBB' } });
    assert.deepEqual([path, ...values], ['$["user"]["access_token"]', '<removed>', '<removed>']);
    assert.deepEqual(shown({ user: { password: 'hunter22', id: 1 } }, { user: null }), [
      '$["user"]',
      '{"password":"<removed>","id":1}',
      'null',
    ]);
    assert.deepEqual(shown({ tokens: 3 }, { tokens: 4 }), ['$["tokens"]', '3', '4']);
  });
});
