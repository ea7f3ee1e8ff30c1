import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { METRIC_NAMES, METRICS } from '../../src/load/measure/metric.ts';
import { supportFor } from '../../src/load/measure/percentile.ts';
import { STREAM_TIMES } from '../../src/report/stream-words.ts';
import { CHUNK_COLUMNS } from '../../src/runs/chunk-table.ts';
import { DETAIL_COLUMNS, OUTCOMES, PHASES, REQUEST_COLUMNS } from '../../src/runs/request-table.ts';

const page = readFileSync('docs/metrics.md', 'utf8');
const told = new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!));

/** The names of all interfaces of a file, as they are declared. */
function declaredNames(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
  return [...text.matchAll(/[{;]\s*(\w+)\??:/g)].map(([, name]) => name!);
}

function assertTold(names: readonly string[], least: number): void {
  assert.ok(names.length >= least, `${names.length} names were found`);
  assert.deepEqual(
    [...new Set(names)].filter((name) => !told.has(name)),
    [],
    'docs/metrics.md does not tell of these.',
  );
}

test('every metric of objectives is defined, also by the names of others', () => {
  assertTold(Object.keys(METRICS), 19);
  assertTold(METRIC_NAMES, 30);
});

test('every name of run.json and of hotspots is told of', () => {
  assertTold(declaredNames('src/runs/run-document.ts'), 120);
  assertTold(
    declaredNames('src/report/hotspots-document.ts').filter((name) => !ENVELOPE.includes(name)),
    10,
  );
});

/** Of the document around the figures. */
const ENVELOPE: readonly string[] = ['view', 'schema'];

test('every column of the tables is told of, and every way a request can end', () => {
  assertTold([...REQUEST_COLUMNS, ...DETAIL_COLUMNS, ...CHUNK_COLUMNS], 30);
  assertTold([...OUTCOMES, ...PHASES], 20);
});

test('the support of percentiles is the one that is asked for', () => {
  const row = /needs as many values\s*\|(.*)\|/.exec(page)![1]!;
  const numbers = row.split('|').map((cell) => Number(cell.trim().replace(',', '')));
  assert.deepEqual(
    numbers,
    [0.5, 0.9, 0.95, 0.99, 0.999].map((q) => supportFor(q)),
  );
});

test('what is printed beside the figures of streams is defined by their names', () => {
  for (const { name } of Object.values(STREAM_TIMES)) assert.ok(page.includes(`| ${name}, `), name);
});
