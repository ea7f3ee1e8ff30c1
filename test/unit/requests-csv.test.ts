import assert from 'node:assert/strict';
import test from 'node:test';
import { parse } from 'csv-parse/sync';
import { requestsCsv } from '../../src/report/requests-csv.ts';
import {
  DETAIL_COLUMNS,
  DETAIL_WIDTH,
  detailedTable,
  OUTCOMES,
  PHASES,
  REQUEST_COLUMNS,
  REQUEST_WIDTH,
  type RequestTable,
  tableFromRows,
} from '../../src/runs/request-table.ts';

const STEPS = ['cart', 'say "hi", then\npay'];
const code = (list: readonly string[], word: string): number => list.indexOf(word);

/** id, phase, outcome, status, bytes, then the marks, step, iteration and group. */
const ANSWERED = [
  7,
  code(PHASES, 'measured'),
  code(OUTCOMES, 'ok'),
  200,
  512,
  1000,
  1000.1,
  1000.25,
  1000.3,
  1004,
  1004.5678,
  1,
  3,
  1,
];
const DROPPED = [8, code(PHASES, 'warmup'), code(OUTCOMES, 'dropped'), 0, 0, 1001, NaN, NaN, NaN, NaN, NaN, 0, 4, NaN];

function tableOf(...rows: number[][]): RequestTable {
  return tableFromRows(Float64Array.from(rows.flat()));
}

async function textOf(tables: Iterable<RequestTable>): Promise<string> {
  let text = '';
  for await (const piece of requestsCsv(tables, STEPS, ['miss', 'hit, warm'])) text += piece;
  return text;
}

test('every column is there, in words where the table has codes, and empty where nothing is known', async () => {
  const text = await textOf([tableOf(ANSWERED), tableOf(DROPPED)]);
  const [answered, dropped] = parse(text, { columns: true }) as [Record<string, string>, Record<string, string>];
  assert.deepEqual(Object.keys(answered), [...REQUEST_COLUMNS]);
  assert.deepEqual(answered, {
    id: '7',
    phase: 'measured',
    outcome: 'ok',
    status: '200',
    bytes: '512',
    intended: '1000',
    dispatched: '1000.1',
    acquired: '1000.25',
    sent: '1000.3',
    firstByte: '1004',
    end: '1004.568',
    step: STEPS[1],
    iteration: '3',
    group: 'hit, warm',
  });
  assert.deepEqual(dropped, {
    id: '8',
    phase: 'warmup',
    outcome: 'dropped',
    status: '',
    bytes: '0',
    intended: '1001',
    dispatched: '',
    acquired: '',
    sent: '',
    firstByte: '',
    end: '',
    step: 'cart',
    iteration: '4',
    group: '',
  });
});

test('details stand after the marks where there are some, unknown ones empty', async () => {
  const details = new Float64Array(2 * DETAIL_WIDTH).fill(Number.NaN);
  details.set([1200.12345, 1250, 1900], 0);
  details[DETAIL_WIDTH + DETAIL_COLUMNS.indexOf('outputTokens')] = 17;
  const table = detailedTable(Float64Array.from([...ANSWERED, ...DROPPED]), details);
  const rows = parse(await textOf([table]), { columns: true }) as Record<string, string>[];
  assert.deepEqual(Object.keys(rows[0]!), [...REQUEST_COLUMNS, ...DETAIL_COLUMNS]);
  const told = rows.map(({ id, firstContent, lastContent, outputTokens }) => [
    id,
    firstContent,
    lastContent,
    outputTokens,
  ]);
  assert.deepEqual(told, [
    ['7', '1200.123', '1900', ''],
    ['8', '', '', '17'],
  ]);
});

test('lines are as plain as they can be', async () => {
  const lines = (await textOf([tableOf(DROPPED)])).split('\n');
  assert.deepEqual(lines, [REQUEST_COLUMNS.join(','), '8,warmup,dropped,,0,1001,,,,,,cart,4,', '']);
});

test('a run without requests is a header', async () => {
  assert.equal(await textOf([]), `${REQUEST_COLUMNS.join(',')}\n`);
});

test('a step that the plan does not know has no name', async () => {
  const [row] = parse(await textOf([tableOf(ANSWERED.with(11, 9))]), { columns: true }) as Record<string, string>[];
  assert.equal(row!['step'], '');
});

test('it is written as it is read: no table is asked for before the one ahead is out, and pieces stay small', async () => {
  const rows = new Float64Array(10_000 * REQUEST_WIDTH);
  for (let i = 0; i < 10_000; i++) rows.set(ANSWERED.with(0, i), i * REQUEST_WIDTH);
  const table = tableFromRows(rows);
  let asked = 0;
  let longest = 0;
  let lines = 0;
  async function* source(): AsyncGenerator<RequestTable> {
    while (asked < 30) {
      asked++;
      yield table;
    }
  }
  for await (const piece of requestsCsv(source(), ['cart', 'pay'])) {
    lines += piece.split('\n').length - 1;
    assert.equal(asked, Math.ceil((lines - 1) / 10_000));
    longest = Math.max(longest, piece.length);
  }
  assert.equal(lines, 1 + 30 * 10_000);
  assert.ok(longest < 500_000, `${longest}`);
});
