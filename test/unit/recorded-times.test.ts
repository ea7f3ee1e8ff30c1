import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRecordedTimes } from '../../src/load/arrivals/recorded-times.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';

const csv = (text: string, speed = 1): number[] => parseRecordedTimes(text, '/tmp/arrivals.csv', speed);
const json = (text: string, speed = 1): number[] => parseRecordedTimes(text, '/tmp/arrivals.jsonl', speed);
const near = (actual: readonly number[], expected: readonly number[], within: number): void => {
  assert.equal(actual.length, expected.length);
  actual.forEach((time, i) => {
    assert.ok(Math.abs(time - expected[i]!) <= within, `${actual}, not ${expected}`);
  });
};
const fault = (read: () => unknown, message: RegExp): void => {
  assert.throws(read, (error) => error instanceof PlanError && message.test(error.message));
};

describe('recorded times in CSV', () => {
  test('are the first column, with a header or without', () => {
    assert.deepEqual(csv('0\n1.5\n2\n'), [0, 1500, 2000]);
    assert.deepEqual(csv('time,tokens\n0,12\n1.5,80\n'), [0, 1500]);
    assert.deepEqual(csv('0,12\n1.5,80'), [0, 1500]);
    assert.deepEqual(csv('\uFEFFTIMESTAMP\r\n0\r\n\r\n .25 \r\n1e0\r\n'), [0, 250, 1000]);
  });

  test('are sorted and begin with the first of them', () => {
    assert.deepEqual(csv('12\n10\n11.5\n10\n'), [0, 0, 1500, 2000]);
    assert.deepEqual(csv('-2\n-1\n'), [0, 1000]);
  });

  test('are as much denser as the speed says', () => {
    assert.deepEqual(csv('5\n6\n8\n', 2), [0, 500, 1500]);
    assert.deepEqual(csv('5\n6\n8\n', 0.5), [0, 2000, 6000]);
    for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) fault(() => csv('1\n', speed), /speed/);
  });

  test('may be quoted, beside columns with commas, quotes and line breaks', () => {
    assert.deepEqual(csv('"time","prompt"\n"1","say ""hi"", twice\nor more"\n"2.5",x\n'), [0, 1500]);
    assert.deepEqual(csv('1,"a\n7,b"\n\n2,c\n'), [0, 1000]);
    fault(() => csv('time,prompt\n1,"a\nb"\n\n2,"c"\nsoon,"d"\n'), /arrivals\.csv, line 6: "soon" is no time/);
    fault(() => csv('1,"a\n2,b\n'), /arrivals\.csv is no CSV: Quote Not Closed/);
  });

  test('may be since 1970, in s, ms, µs or ns', () => {
    assert.deepEqual(csv('1700000000\n1700000002\n'), [0, 2000]);
    assert.deepEqual(csv('1700000000.25\n1700000000.5\n'), [0, 250]);
    assert.deepEqual(csv('1700000000000\n1700000000125\n'), [0, 125]);
    assert.deepEqual(csv('1700000000000000\n1700000000125500\n'), [0, 125.5]);
    near(csv('1700000000000000000\n1700000000125500000\n'), [0, 125.5], 0.001);
  });

  test('may be dates, to below the ms', () => {
    assert.deepEqual(csv('2026-01-31T12:00:00Z\n2026-01-31T13:00:00.5+01:00\n2026-02-01\n'), [0, 500, 43_200_000]);
    near(csv('TIMESTAMP,Tokens\n2023-11-16 18:17:03.9799600,4\n2023-11-16 18:17:04.0319600,9\n'), [0, 52], 0.001);
    assert.deepEqual(csv('2026-03-29 01:30\n2026-03-29 02:30\n2026-03-29 03:30\n'), [0, 3_600_000, 7_200_000]);
    assert.deepEqual(csv('2026-01-31T12:00:00-0030\n"2026-01-31T12:30:00,25z"\n'), [0, 250]);
  });
});

test('recorded times in JSON lines are numbers, dates, or in an object', () => {
  assert.deepEqual(json('3\n4.5\n"1970-01-01T00:00:05Z"\n'), [0, 1500, 2000]);
  assert.deepEqual(json('{"t":1,"tokens":5}\n\n{"t":1.25}\n'), [0, 250]);
  assert.deepEqual(json('{"time":"2026-01-31T12:00:01Z"}\n{"time":"2026-01-31T12:00:00Z"}\n'), [0, 1000]);
  assert.deepEqual(json('{"prompt":"{\\"","timestamp":"2.5"}\n{"timestamp":3}'), [0, 500]);
  assert.deepEqual(parseRecordedTimes('{"t":1}\n{"t":2}\n', '/tmp/arrivals.log', 1), [0, 1000]);
});

describe('what is no time', () => {
  test('is said with its file and line', () => {
    fault(() => csv('time\n0\n1\nsoon\n'), /^\/tmp\/arrivals\.csv, line 4: "soon" is no time\. Give seconds/);
    fault(() => csv('0\n\n,5\n'), /line 3: "" is no time/);
    fault(() => json('{"t":1}\n{"at":2}\n'), /arrivals\.jsonl, line 2: "\{"at":2\}" is no time/);
    fault(() => json('{"t":1}\n{"t":\n'), /line 2/);
    fault(() => json('1\ntrue\n'), /line 2/);
  });

  test('is not taken for one', () => {
    for (const text of [
      '0x10',
      '1_000',
      '1.2.3',
      '12:30',
      'Infinity',
      '2026-13-01',
      '2026-01-31T25:00',
      '5 s',
      '31/12/2025',
    ]) {
      fault(() => csv(`1\n${text}\n`), /line 2/);
    }
    fault(() => json('1\n1e999\n'), /line 2/);
  });

  test('may be a header only in the first line, and only where it looks like a name', () => {
    fault(() => csv('time\nmore\n1\n'), /line 2: "more"/);
    fault(() => csv('1.2.3\n1\n'), /line 1/);
    fault(() => csv('[1, 2, 3]'), /line 1/);
    // Where a comma may be the decimal point the times would be read as whole seconds.
    fault(() => csv('time;tokens\n0,5;3\n'), /line 1: separate the columns by commas/);
  });

  test('leaves a file without times', () => {
    fault(() => csv(''), /has no times/);
    fault(() => csv('time\n'), /has no times/);
    fault(() => json('\n\n'), /has no times/);
  });
});

test('up to 10,000,000 times are read, and no more', () => {
  assert.equal(csv('7\n'.repeat(1_000_000)).length, 1_000_000);
  fault(() => csv('7\n'.repeat(10_000_001)), /more than 10,000,000 times/);
});
