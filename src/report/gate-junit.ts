import { opening } from '../correlate/sentences.ts';
import type { GateDocument } from '../find/gate-document.ts';
import { type GateChoice, gateOutcome } from './gate-outcome.ts';
import { gateRows } from './gate-rows.ts';
import { type JUnitCase, junitXml } from './junit-xml.ts';
import { slowerSentences } from './slower-sentences.ts';

/**
 * A gate as a suite of tests: what it says in all, which decides, and each figure, of which those that cannot be told are skipped.
 * @param root what files are named relative to
 */
export function gateJUnit(document: GateDocument, root: string, choice: GateChoice): string {
  const { baseline, candidate, startedAt, took, looks, pairs, runs } = document;
  const cases = gateRows(document).map(
    ({ name, status, told, allowed }): JUnitCase => ({
      name,
      outcome: status === 'inconclusive' ? 'skipped' : status,
      message: status === 'passed' ? '' : `${told}; ${allowed} is allowed`,
    }),
  );
  const properties = {
    baseline,
    candidate,
    compared: String(Math.max(pairs.length, runs.length)),
    looks: looks.join(', '),
  };
  return junitXml({
    name: 'tailflame gate',
    subject: candidate,
    startedAt,
    took,
    properties,
    cases: [verdictCase(document, root, choice), ...cases],
  });
}

function verdictCase(document: GateDocument, root: string, choice: GateChoice): JUnitCase {
  const outcome = { passed: 'passed', failed: 'failed', warned: 'skipped', unknown: 'error' } as const;
  const sentences = [`${opening(document.sentence)}.`, ...slowerSentences(document, root)];
  const kind = outcome[gateOutcome(document, choice)];
  return { name: 'not slower than allowed', outcome: kind, message: kind === 'passed' ? '' : sentences.join('\n') };
}
