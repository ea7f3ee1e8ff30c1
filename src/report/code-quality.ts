import { createHash } from 'node:crypto';
import type { GateDocument } from '../find/gate-document.ts';
import { slowerPlaces } from './slower-places.ts';

/** An entry of GitLab's code-quality report: https://docs.gitlab.com/ci/testing/code_quality/ */
export interface CodeQualityIssue {
  readonly description: string;
  readonly check_name: string;
  /** The same for the same function, however its lines move and its times vary. */
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

/** What got slower, for the changes of a merge request; empty where nothing did. @param root of the repository */
export function codeQuality(document: GateDocument, root: string): CodeQualityIssue[] {
  return slowerPlaces(document, root).map(({ file, line, function: name, sentence }) => ({
    description: sentence,
    check_name: 'tailflame-gate',
    fingerprint: createHash('sha256')
      .update(JSON.stringify([file, name]))
      .digest('hex'),
    severity: 'major',
    location: { path: file, lines: { begin: line } },
  }));
}
