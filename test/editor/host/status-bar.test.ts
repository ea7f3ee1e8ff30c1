import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as vscode from 'vscode';
import { describeState } from '../../../src/editor/status-bar.ts';
import { LIVE_SNAPSHOT } from '../../support/live-snapshot.ts';
import { documentOf } from '../../support/stored-run.ts';

const SNAPSHOT = { ...LIVE_SNAPSHOT, failed: 3, dropped: 9 };

test('what failed and what was not sent are told apart, while a run lasts, in a search and at the end', () => {
  const running = describeState({ kind: 'running', snapshot: SNAPSHOT });
  assert.equal(running?.text, '$(pulse) p99 63 ms · 60 of 60/s · 3 failed · 9 not sent');
  assert.ok(running.warning);
  const asking = describeState({ kind: 'asking', text: '50/s', snapshot: { ...SNAPSHOT, failed: 0 } });
  assert.equal(asking?.text, '$(pulse) 50/s · p99 63 ms · 9 not sent');
  const document = documentOf({ load: { ...documentOf().load, dropped: 9 } });
  const ended = describeState({ kind: 'finished', result: { document, folder: '/w/.tailflame/runs/one' } });
  assert.equal(ended?.text, '$(flame) p99 63 ms · 9 not sent');
  assert.ok(ended.warning);
  // Not whatever the last one is by then.
  assert.deepEqual((ended.command as vscode.Command).arguments, ['/w/.tailflame/runs/one']);
});
