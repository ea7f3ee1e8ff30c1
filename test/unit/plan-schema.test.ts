import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { planJsonSchema } from '../../src/load/plan/schema/plan-schema.ts';

type Schema = Readonly<Record<string, unknown>>;

const schema = planJsonSchema() as Schema;

/** Every property of a schema and what is below it, with the keys that lead there. */
function* propertiesOf(part: unknown, path: string): Generator<[string, Schema]> {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key === 'properties') {
      for (const [name, property] of Object.entries(value as Schema)) yield [`${path}.${name}`, property as Schema];
    }
    yield* propertiesOf(value, key === 'properties' ? path : `${path}.${key}`);
  }
}

test('the published schema is the one of the code', () => {
  const published = JSON.parse(readFileSync('schema/load-plan.schema.json', 'utf8'));
  assert.deepEqual(published, schema, 'It is out of date. Run node scripts/plan-schema.mjs.');
});

test('it is a draft every editor knows, with a title and no keys but its own', () => {
  assert.equal(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
  assert.equal(schema['title'], 'Tailflame load plan');
  assert.deepEqual(schema['required'], ['target']);
  assert.equal(schema['additionalProperties'], false);
});

test('every key has something to say when the mouse is over it', () => {
  const properties = [...propertiesOf(schema, '')];
  assert.ok(properties.length > 80, String(properties.length));
  for (const [path, { description }] of properties) {
    assert.ok(typeof description === 'string' && /^\S.{9,}[.…]$/s.test(description), path);
  }
});

test('defaults and examples are told as they are written', () => {
  const properties = new Map(propertiesOf(schema, ''));
  const defaults = new Map(
    [...properties].flatMap(([path, property]) => ('default' in property ? [[path, property['default']]] : [])),
  );
  assert.equal(defaults.get('.duration'), '10s');
  assert.equal(defaults.get('.warmup'), '2s');
  assert.equal(defaults.get('.timeout'), '30s');
  assert.equal(defaults.get('.maxInFlight'), 100_000);
  assert.deepEqual(properties.get('.load')!['examples'], ['60/s', '8 users', { rate: 60, arrivals: 'constant' }]);
  assert.deepEqual(properties.get('.target')!['examples'], ['http://127.0.0.1:8000']);
});

test('what goes with a key is there once for every way to write a step', () => {
  const { step } = schema['definitions'] as { step: Schema };
  assert.deepEqual(
    step['oneOf'],
    ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'grpc'].map((key) => ({ required: [key] })),
  );
});
