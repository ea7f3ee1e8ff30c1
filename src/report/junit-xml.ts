import XmlBuilder from 'fast-xml-builder';
import { harmless } from './styled-line.ts';

/** What a pipeline lists as one test. */
export interface JUnitCase {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** Why it did not pass, the first line as its heading; empty where it passed. */
  readonly message: string;
}

/** What was measured, with everything that was asked of it. */
export interface JUnitSuite {
  readonly name: string;
  /** What the cases are of, such as an address. */
  readonly subject: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What all of it took, ms; the cases were measured together and take none of their own. */
  readonly took: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly JUnitCase[];
}

const ELEMENTS = { failed: 'failure', error: 'error', skipped: 'skipped' } as const;

/** A suite in the format of Jenkins' and GitLab's JUnit readers: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd). */
export function junitXml({ name, subject, startedAt, took, properties, cases }: JUnitSuite): string {
  const count = (outcome: JUnitCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const counts = { '@_tests': cases.length, '@_failures': count('failed'), '@_errors': count('error') };
  const seconds = (took / 1000).toFixed(3);
  const suite = {
    '@_name': shown(name),
    ...counts,
    '@_skipped': count('skipped'),
    '@_time': seconds,
    '@_timestamp': startedAt.slice(0, 19),
    properties: {
      property: Object.entries(properties).map(([key, value]) => ({ '@_name': key, '@_value': shown(value) })),
    },
    testcase: cases.map((one) => caseElement(one, subject)),
  };
  const builder = new XmlBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const document = { testsuites: { '@_name': shown(name), ...counts, '@_time': seconds, testsuite: suite } };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(document)}`;
}

function caseElement({ name, outcome, message }: JUnitCase, subject: string): Record<string, unknown> {
  const facts = { '@_classname': shown(subject), '@_name': shown(name), '@_time': '0.000' };
  if (outcome === 'passed') return facts;
  const lines = message.split('\n').map(shown);
  return { ...facts, [ELEMENTS[outcome]]: { '@_message': lines[0], '#text': lines.join('\n') } };
}

/** XML has no place for most control characters, not even escaped. */
function shown(text: string): string {
  return harmless(text).replace(/[\uFFFE\uFFFF]|\p{Surrogate}/gu, '');
}
