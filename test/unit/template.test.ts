import assert from 'node:assert/strict';
import test from 'node:test';
import { literal } from '../../src/load/plan/plain-plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { Feeder } from '../../src/load/scenario/feeder.ts';
import { StepError } from '../../src/load/scenario/step-error.ts';
import { compileTemplate, placeholdersOf, renderText, renderValue } from '../../src/load/scenario/template.ts';
import type { IterationValues, ValueSources } from '../../src/load/scenario/values.ts';
import { chiSquare } from '../support/chi-square.ts';
import { valuesOf } from '../support/iteration-values.ts';

const rows = [
  { item: 'cup', price: 3 },
  { item: 'pan', price: 20 },
];
const feeder = new Feeder({ file: 'items.jsonl', rows }, { order: 'sequence', end: 'repeat' }, 1);
const sources: ValueSources = {
  index: 0,
  user: 0,
  seed: 1,
  environment: { REGION: 'eu' },
  secrets: { token: 's3cret' },
  feeders: new Map([['items', feeder]]),
  known: { session: { id: 7 } },
};
const valuesAt = (index: number, seed = 1): IterationValues => valuesOf({ ...sources, index, seed });
const textAt = (text: string, index = 0): string => renderText(compileTemplate(text), valuesAt(index));
const valueAt = (text: string, index = 0): unknown => renderValue(compileTemplate(text), valuesAt(index));
const planFault = (text: string, words: RegExp): void => {
  assert.throws(
    () => compileTemplate(text),
    (error) => error instanceof PlanError && words.test(error.message),
    text,
  );
  assert.throws(() => placeholdersOf(text), PlanError, text);
};

test('a text without placeholders is static, with every $${ made ${', () => {
  assert.deepEqual(compileTemplate('a $5 {b} }'), { static: true, text: 'a $5 {b} }' });
  assert.deepEqual(compileTemplate('$${x} and $$${'), { static: true, text: '${x} and $${' });
  assert.deepEqual(compileTemplate(''), { static: true, text: '' });
});

test('what literal() wrote down means just the text it was given', () => {
  for (const text of ['${a}', '$${a}', '$$${', '${', 'a$', '$$', '${${x}}', 'plain', '$${a}${b}$']) {
    assert.deepEqual(compileTemplate(literal(text)), { static: true, text });
  }
});

test('placeholders are filled from the iteration', () => {
  assert.equal(textAt('${counter}/${iteration}/${ user }', 41), '42/41/0');
  assert.equal(textAt('${env.REGION}-${secrets.token}'), 'eu-s3cret');
  assert.equal(textAt('${items.item}', 0) + textAt('${items.item}', 1) + textAt('${items.item}', 2), 'cuppancup');
  assert.equal(textAt('s=${session}'), 's={"id":7}');
  assert.equal(textAt('$${counter} is $${${counter}}'), '${counter} is ${1}');
  const now = valueAt('${now}') as number;
  assert.ok(Math.abs(now - Date.now()) < 1000, String(now));
});

test('a single placeholder gives its value with its type; anything around it makes a text', () => {
  assert.equal(valueAt('${items.price}'), 3);
  assert.deepEqual(valueAt('${session}'), { id: 7 });
  assert.equal(valueAt(' ${items.price}'), ' 3');
  assert.equal(valueAt('${items.price}${counter}'), '31');
  assert.equal(valueAt('plain'), 'plain');
});

test('what a step extracted is known to the steps after it, over what the set-up extracted', () => {
  const values = valuesAt(0);
  values.set('session', false);
  values.set('nothing', null);
  assert.equal(renderValue(compileTemplate('${session}'), values), false);
  assert.equal(renderText(compileTemplate('${session} ${nothing}'), values), 'false null');
  assert.deepEqual(valueAt('${session}'), { id: 7 });
});

test('a name without a value fails the step and says which', () => {
  const fails = (text: string, words: RegExp): void => {
    assert.throws(
      () => textAt(text),
      (error) => error instanceof StepError && error.kind === 'template' && words.test(error.message),
    );
  };
  fails('${token}', /\$\{token\}.*extracted/);
  fails('${env.MISSING}', /env\.MISSING.*environment/);
  fails('${env.constructor}', /constructor/);
  fails('${toString}', /toString/);
  fails('${secrets.other}', /secret "other"/);
  fails('${users.name}', /no data named "users"/);
  fails('${items.colour}', /no column "colour".*item, price/);
});

test('placeholders are listed with their places', () => {
  assert.deepEqual(placeholdersOf('a ${ users.first name }$${no}${random.int(1,6)}'), [
    { name: 'users.first name', offset: 2 },
    { name: 'random.int(1,6)', offset: 29 },
  ]);
});

test('what cannot mean anything is said when the template is read', () => {
  planFault('x ${counter', /\$\{counter.*close/);
  planFault('${}', /names nothing/);
  planFault('${random.itn(1,2)}', /Did you mean random\.int\(1,100\)/);
  planFault('${random.uid}', /Did you mean random\.uuid/);
  planFault('${random}', /random/);
  planFault('${coutner()}', /Did you mean counter/);
  planFault('${env.}', /env\.NAME/);
  planFault('${.a}', /not a name/);
  for (const form of ['int(1)', 'int(2,1)', 'int(1,2.5)', 'int(a,b)', 'int(,2)', 'int', 'float(1)', 'float(1,x)']) {
    planFault(`\${random.${form}}`, /cannot be drawn/);
  }
  for (const form of [
    'text(0)',
    'text()',
    'text(1.5)',
    'text(-3)',
    'pick()',
    'pick(a,,b)',
    'uuid(4)',
    'text(99999999)',
  ]) {
    planFault(`\${random.${form}}`, /cannot be drawn/);
  }
});

test('random forms stay within what they say and reach both ends', () => {
  const dice = Array.from({ length: 3000 }, (_, index) => valueAt('${random.int(1,6)}', index) as number);
  for (let side = 1; side <= 6; side++) {
    const count = dice.filter((value) => value === side).length;
    assert.ok(Math.abs(count - 500) < 4.5 * Math.sqrt(500 * (5 / 6)), `${side}: ${count}`);
  }
  assert.deepEqual(new Set(dice), new Set([1, 2, 3, 4, 5, 6]));
  const wide = Array.from(
    { length: 200 },
    (_, index) => valueAt('${random.int(-9007199254740990,0)}', index) as number,
  );
  assert.ok(wide.every((value) => Number.isSafeInteger(value) && value <= 0));
  assert.ok(
    wide.some((value) => value % 2 !== 0),
    'a wide range has odd numbers too',
  );
  for (let index = 0; index < 200; index++) {
    const float = valueAt('${random.float(-1,0.5)}', index) as number;
    assert.ok(float >= -1 && float < 0.5);
    assert.match(textAt('${random.text(12)}', index), /^[a-z0-9]{12}$/);
    assert.ok(['a', 'b b', 'c'].includes(valueAt('${random.pick(a, b b ,c)}', index) as string));
    assert.ok([1, 8, 32].includes(valueAt('${random.pick(1,8,32)}', index) as number));
    assert.ok(['01', '8'].includes(valueAt('${random.pick(01,8)}', index) as string));
  }
});

test('random UUIDs are of version 4, and no two are the same', () => {
  const seen = new Set<string>();
  for (let index = 0; index < 50_000; index++) {
    const [first, second] = textAt('${random.uuid} ${random.uuid}', index).split(' ');
    seen.add(first!).add(second!);
  }
  assert.equal(seen.size, 100_000);
  const version4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.deepEqual(
    [...seen].filter((uuid) => !version4.test(uuid)),
    [],
  );
  assert.deepEqual(new Set([...seen].map((uuid) => uuid[19])), new Set(['8', '9', 'a', 'b']));
});

test('an iteration draws the same whoever runs it, and another seed draws something else', () => {
  const draw = (index: number, seed: number): string => {
    return renderText(
      compileTemplate('${random.uuid} ${random.int(1,1000000)} ${random.text(8)}'),
      valuesAt(index, seed),
    );
  };
  assert.equal(draw(17, 1), draw(17, 1));
  assert.notEqual(draw(17, 1), draw(18, 1));
  assert.notEqual(draw(17, 1), draw(17, 2));
  assert.notEqual(draw(17, 1), draw(17, 1 + 2 ** 32));
  assert.notEqual(draw(2 ** 32 + 17, 1), draw(17, 1));
});

test('neighbouring iterations, draws and seeds have nothing to do with each other', () => {
  const count = 20_000;
  const bound = 4 / Math.sqrt(count);
  const firsts = Array.from({ length: count + 1 }, (_, index) => valuesAt(index).random());
  const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
  assert.ok(Math.abs(mean - 0.5) < 4 / Math.sqrt(12 * count), `mean ${mean}`);
  for (const lag of [1, 2, 3, 4, 8, 16, 64, 256]) {
    const rho = correlation(firsts.slice(0, -lag), firsts.slice(lag));
    assert.ok(Math.abs(rho) < bound, `lag ${lag}: ${rho}`);
  }
  const pairs = Array.from({ length: count }, (_, index) => {
    const values = valuesAt(index);
    return [values.random(), values.random()] as const;
  });
  assert.ok(
    Math.abs(
      correlation(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
      ),
    ) < bound,
  );
  const others = Array.from({ length: count }, (_, index) => valuesAt(index, 2).random());
  assert.ok(Math.abs(correlation(firsts.slice(0, count), others)) < bound);
  // Pairs of neighbours fill the square evenly: 63 degrees of freedom, P(χ² > 113) < 0.0001.
  const cells = new Array<number>(64).fill(0);
  for (let at = 0; at < count; at += 2) cells[Math.floor(firsts[at]! * 8) * 8 + Math.floor(firsts[at + 1]! * 8)]!++;
  const chi = chiSquare(cells, new Array<number>(64).fill(1));
  assert.ok(chi < 113, `chi-square ${chi}`);
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    ab += (a[at]! - ma) * (b[at]! - mb);
    aa += (a[at]! - ma) ** 2;
    bb += (b[at]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
