import path from 'node:path';
import type { Finding } from '../../../src/runs/run-document.ts';
import { type ExpectedAnswer, isExpectedFunction } from './expected-answer.ts';
import { portableFile, REPOSITORY } from './recording.ts';

/** What a run's findings are worth, by docs/accuracy.md. */
export type Judgement = 'right' | 'wrong' | 'cannot tell';

/** Of a finding, what is judged. `file` from the repository's root. */
export type JudgedFinding = Pick<
  Finding,
  'kind' | 'function' | 'file' | 'line' | 'tailShare' | 'sentence' | 'evidence'
>;

/** Under what the findings came about. */
export interface Circumstances {
  readonly cell: string;
  /** Whether the server answered as fast as it was asked. */
  readonly carried: boolean;
  /** Words for what is used up where it did not. */
  readonly overload: RegExp;
}

/** The first finding that tells slow requests from others is the answer; one of the whole run is where it is right. */
export function judge(
  findings: readonly JudgedFinding[],
  expected: ExpectedAnswer,
  circumstances: Circumstances,
): Judgement {
  const answer = findings.find((finding) => tellsSlow(finding) || isRight(finding, expected, circumstances));
  if (answer === undefined) return 'cannot tell';
  return isRight(answer, expected, circumstances) ? 'right' : 'wrong';
}

/** Whether a finding, of whatever rank, is a right answer. */
export function isRight(finding: JudgedFinding, expected: ExpectedAnswer, circumstances: Circumstances): boolean {
  if (finding.kind === 'resource') {
    const { resource } = expected;
    if (resource?.cells.includes(circumstances.cell) === true && resource.says.test(finding.sentence)) return true;
    if (namesOverload(finding, circumstances)) return true;
  }
  if (!expected.kinds.includes(finding.kind)) return false;
  if (finding.line === null && finding.kind === 'waited') return expected.answer === 'waited';
  if (finding.file !== null && expected.lines.has(`${finding.file}:${finding.line}`)) return true;
  if (expected.says === null) return false;
  return (
    expected.says.test([finding.sentence, ...(finding.evidence ?? [])].join(' ')) ||
    (finding.function !== null && isExpectedFunction(expected, finding.function))
  );
}

/** Whether findings claim something where nothing was planted. */
export function claimsSomething(findings: readonly JudgedFinding[]): boolean {
  return findings.some(tellsSlow);
}

function tellsSlow({ kind, tailShare }: JudgedFinding): boolean {
  return kind !== 'resource' || tailShare !== null;
}

function namesOverload(finding: JudgedFinding, { carried, overload }: Circumstances): boolean {
  return !carried && overload.test(finding.sentence);
}

/** A finding with its file named from the repository's root. */
export function fromRoot<T extends JudgedFinding>(finding: T, root: string): T {
  const { file } = finding;
  if (file === null || !path.isAbsolute(file)) return finding;
  return { ...finding, file: portableFile(file, root)!.replace(REPOSITORY, '') };
}
