import type { RunDocument } from '../runs/run-document.ts';

/** What the command line ends with, as k6 users expect where k6 has a code. */
export function exitCode({ state, verdict }: RunDocument): number {
  if (state === 'interrupted') return 130;
  if (verdict.status === 'void') return 98;
  if (verdict.status === 'failed') return 99;
  if (verdict.status === 'inconclusive') return 97;
  return 0;
}
