import { opening } from '../correlate/sentences.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { type JUnitCase, junitXml } from './junit-xml.ts';

/** A run as a suite of tests: its verdict, and each objective, of which those that cannot be told are skipped. */
export function runJUnit(document: RunDocument): string {
  const { run, target, verdict, state, startedAt, objectives, phases } = document;
  const outcome = state === 'interrupted' ? 'inconclusive' : verdict.status;
  const kinds = {
    passed: 'passed',
    measured: 'passed',
    failed: 'failed',
    void: 'error',
    inconclusive: 'error',
  } as const;
  const verdictCase: JUnitCase = {
    name: 'verdict',
    outcome: kinds[outcome],
    message: kinds[outcome] === 'passed' ? '' : `${opening(verdict.sentence)}.`,
  };
  const cases = objectives.map(
    ({ objective, ok, reason }): JUnitCase => ({
      name: objective,
      outcome: ok === null ? 'skipped' : ok ? 'passed' : 'failed',
      message: ok === true ? '' : (reason ?? 'It does not hold.'),
    }),
  );
  return junitXml({
    name: 'tailflame run',
    subject: target.url,
    startedAt,
    took: Math.max(0, ...phases.map(({ end }) => end)),
    properties: { run },
    cases: [verdictCase, ...cases],
  });
}
