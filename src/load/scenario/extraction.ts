import type { Extraction } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import type { Answer } from './answer.ts';
import { compileJsonPath } from './json-path.ts';
import { compilePattern, groupsOf } from './pattern.ts';
import { StepError } from './step-error.ts';

/** An extraction made ready once. */
export interface Extractor {
  readonly needsBody: boolean;
  /** The value found, else what stands in for it. Throws a {@link StepError} of kind `extract` where there is neither. */
  extract(answer: Answer): unknown;
}

/** Where a value is looked for, and the sentence where nothing is there. */
interface Source {
  readonly needsBody: boolean;
  find(answer: Answer): unknown;
  missing(answer: Answer): string;
}

/** Throws a {@link PlanError} for a path or pattern that is none. */
export function compileExtraction(extraction: Extraction): Extractor {
  const { needsBody, find, missing } = sourceOf(extraction);
  const { otherwise } = extraction;
  return {
    needsBody,
    extract(answer) {
      const value = find(answer);
      if (value !== undefined) return value;
      if (otherwise !== null) return otherwise;
      throw new StepError('extract', missing(answer));
    },
  };
}

function sourceOf(extraction: Extraction): Source {
  switch (extraction.from) {
    case 'json':
      return jsonSource(extraction.path);
    case 'header':
      return headerSource(extraction.name);
    case 'regex':
      return regexSource(extraction.pattern, extraction.group);
  }
}

function jsonSource(path: string): Source {
  const find = compileJsonPath(path);
  return { needsBody: true, find: ({ json }) => find(json), missing: (answer) => nothingAt(path, answer) };
}

/** What is wrong with an answer that has nothing at a path. */
export function nothingAt(path: string, answer: Answer): string {
  if (answer.body.length === 0) return `nothing at ${path}: the body is empty`;
  if (answer.json === undefined) return `nothing at ${path}: the answer is not JSON: ${answer.excerpt}`;
  return `nothing at ${path} in the answer: ${answer.excerpt}`;
}

function headerSource(written: string): Source {
  const name = written.toLowerCase();
  const find = ({ headers }: Answer): unknown => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return Array.isArray(value) ? value[0] : value;
  };
  return { needsBody: false, find, missing: () => `no header ${name} in the answer` };
}

function regexSource(text: string, group: number): Source {
  const pattern = compilePattern(text);
  const groups = groupsOf(pattern);
  if (!Number.isInteger(group) || group < 0 || group > groups) {
    throw new PlanError(`"${text}" has ${groups} groups, so there is no group ${group}. Group 0 is the whole match.`);
  }
  return {
    needsBody: true,
    find: (answer) => pattern.exec(answer.text)?.[group],
    missing: (answer) => `nothing matches /${pattern.source}/ in the answer: ${answer.excerpt}`,
  };
}
