import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Reads SQL from its first argument and writes the answer's rows as JSON, an object each. */
const QUERY = `
import duckdb, json, sys
answer = duckdb.sql(sys.argv[1])
print(json.dumps([dict(zip(answer.columns, row)) for row in answer.fetchall()]))
`;

/** What DuckDB, which had no part in writing a run's files, makes of them. Doubles come back as they are. */
export async function duckdb<Row>(sql: string): Promise<Row[]> {
  const python = process.env['TAILFLAME_TEST_PYTHON'];
  assert.ok(python, 'TAILFLAME_TEST_PYTHON names the Python that the tests use: run them with npm test.');
  const { stdout } = await run(python, ['-c', QUERY, sql], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Row[];
}
