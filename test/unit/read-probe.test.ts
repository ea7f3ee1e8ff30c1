import assert from 'node:assert/strict';
import test from 'node:test';
import { readProbe } from '../../src/find/read-probe.ts';
import { detailedTable } from '../../src/runs/request-table.ts';
import { begunDocument } from '../support/begun-document.ts';
import { limit, type MadeRequest, packed, streamPlan } from '../support/stream-run.ts';

test('a limit on gaps is judged as the run judged it, one on TTFT by its misses', () => {
  const plan = streamPlan({ objectives: [limit('gap: p(99)<100'), limit('ttft: p(99)<150')] });
  // The n-th of 400 comes to its first token after n ms.
  const made = Array.from({ length: 400 }, (_, i): MadeRequest => {
    const intended = 2000 + 20 * i;
    return { intended, chunks: [intended + i + 1, intended + i + 21], end: intended + i + 22 };
  });
  const { rows, details } = packed(made);
  const document = {
    ...begunDocument(plan),
    phases: [{ phase: 'measured' as const, start: 2000, end: 12_000 }],
    objectives: [
      { objective: 'gap: p(99)<100', value: 20, ok: true },
      { objective: 'ttft: p(99)<150', value: 396, ok: false },
    ],
  };
  const { reading } = readProbe({ document, plan, requests: detailedTable(rows, details) }, 50, false);
  const [gap, ttft] = reading.objectives;
  assert.deepEqual(gap, { ok: true });
  assert.ok(ttft !== undefined && 'misses' in ttft);
  // From 150 ms on, of 400.
  assert.deepEqual([ttft.misses.count, ttft.misses.missed], [400, 251]);
});
