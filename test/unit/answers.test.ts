import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AnswerQuestion, comparedAnswers } from '../../src/find/answer-comparison.ts';
import { AnswerRule } from '../../src/find/answer-rule.ts';
import type { GivenAnswer } from '../../src/find/given-answers.ts';
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

describe('the answers of two builds', () => {
  const given = (value: unknown, label: string | null = null): GivenAnswer => {
    return { answers: [value], failure: null, label };
  };
  const equal: AnswerQuestion = { count: 3, rule: new AnswerRule([]), label: null };

  test('of which the baseline is not sure itself say nothing', () => {
    const told = comparedAnswers(
      {
        baseline: [1, 2, 3].map((value) => given(value)),
        again: [1, 9, 3].map((value) => given(value)),
        candidate: [1, 2, 4].map((value) => given(value)),
      },
      equal,
    );
    assert.deepEqual(
      [told.unstable, told.different, told.status, told.examples],
      [1, 1, 'failed', [{ input: 3, path: '$', baseline: '3', candidate: '4' }]],
    );
  });

  test('differ where one fails and the other does not', () => {
    const failed: GivenAnswer = { answers: [], failure: 'POST /x answered 500', label: null };
    const same = comparedAnswers({ baseline: [failed], again: [failed], candidate: [failed] }, equal);
    assert.equal(same.status, 'passed');
    const worse = comparedAnswers({ baseline: [given(1)], again: [given(1)], candidate: [failed] }, equal);
    assert.deepEqual([worse.status, worse.examples[0]!.candidate], ['failed', 'POST /x answered 500']);
  });

  test('by labels fail where surely fewer are right, and not for a few either way', () => {
    const label: AnswerQuestion = { ...equal, label: { name: 'rows.label', path: compileJsonPath('$.label') } };
    const of = (wrong: ReadonlySet<number>): GivenAnswer[] =>
      Array.from({ length: 100 }, (_, at) => given({ label: wrong.has(at) ? 'no' : 'yes' }, 'yes'));
    const told = (before: readonly number[], now: readonly number[]) => {
      const baseline = of(new Set(before));
      return comparedAnswers({ baseline, again: baseline, candidate: of(new Set(now)) }, label);
    };
    const worse = told([0, 1], [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(worse.accuracy, { baseline: 0.98, candidate: 0.92, lost: 6, won: 0 });
    assert.equal(worse.status, 'failed');
    // 5 to 0 comes up in 1 of 32 where both are as right.
    assert.equal(told([0], [0, 1, 2, 3, 4, 5]).status, 'passed');
    assert.equal(told([0, 1, 2], [2, 3, 4]).status, 'passed');
  });
});
