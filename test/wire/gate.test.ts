import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tailflame } from '../support/tailflame.ts';

test('what cannot be held against each other is refused before anything is sent', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await tailflame('.', 'gate', 'http://127.0.0.1:9/', ...args);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(
    await refused('--against', 'http://127.0.0.1:9/old', '--time', '30s'),
    /The time is too short for 42 segments: give at least --time 109s/,
  );
  assert.match(await refused('--against', 'old.json'), /The baseline old\.json cannot be read/);
  assert.match(await refused('--write-baseline', 'not/there.json'), /its folder is not there/);
  assert.match(await refused('--against', 'http://127.0.0.1:9/old', '--github'), /elsewhere give --markdown FILE/);
  assert.match(await refused(), /--against/);
});
