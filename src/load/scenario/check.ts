import type { Check, Test } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import type { Answer } from './answer.ts';
import { compileDemand, type Demand } from './demand.ts';
import { nothingAt } from './extraction.ts';
import { compileJsonPath } from './json-path.ts';
import { shownValue } from './value-text.ts';
import type { IterationValues } from './values.ts';

/** A check made ready once. */
export interface CompiledCheck {
  readonly needs: { readonly body: boolean };
  /** null where it holds, else a sentence. Throws a `StepError` of kind `template` for a name without a value. */
  judge(answer: Answer, values: IterationValues): string | null;
}

/** What a check looks at in an answer. */
interface Subject {
  readonly label: string;
  readonly needsBody: boolean;
  /** Whether values are compared as JSON, or as text. */
  readonly typed: boolean;
  /** undefined: it is not there. */
  read(answer: Answer): unknown;
  missing(answer: Answer): string;
  /** Why nothing can be said about it, not even that it is absent; null where it can. */
  unreadable(answer: Answer): string | null;
}

/** Throws a {@link PlanError} for a path, pattern or status that is none. */
export function compileCheck(check: Check): CompiledCheck {
  switch (check.on) {
    case 'status':
      return statusCheck(check.accept);
    case 'latency':
      return latencyCheck(check.below);
    case 'json':
      return subjectCheck(jsonSubject(check.path), check);
    case 'header':
      return subjectCheck(headerSubject(check.name), check);
    case 'body':
      return subjectCheck(BODY, check);
  }
}

function statusCheck(accept: readonly (number | string)[]): CompiledCheck {
  const accepted = new Set(accept.flatMap(codesOf));
  const expected = accept.length > 1 ? `${accept.slice(0, -1).join(', ')} or ${accept.at(-1)}` : `${accept[0]}`;
  return {
    needs: { body: false },
    judge: ({ status }) => (accepted.has(status) ? null : `status ${status}, expected ${expected}`),
  };
}

function codesOf(status: number | string): number[] {
  const text = String(status);
  if (/^[1-5]\d\d$/.test(text)) return [Number(text)];
  const hundreds = /^([1-5])xx$/i.exec(text)?.[1];
  if (hundreds !== undefined) return Array.from({ length: 100 }, (_, at) => Number(hundreds) * 100 + at);
  throw new PlanError(`"${text}" is not a status. Write one such as 200, or a class such as 2xx.`);
}

function latencyCheck(below: number): CompiledCheck {
  return {
    needs: { body: false },
    judge: ({ latency }) =>
      latency < below ? null : `latency ${Number(latency.toPrecision(5))} ms, expected below ${below} ms`,
  };
}

function jsonSubject(path: string): Subject {
  const find = compileJsonPath(path);
  return {
    label: path,
    needsBody: true,
    typed: true,
    read: ({ json }) => find(json),
    missing: (answer) => nothingAt(path, answer),
    unreadable: (answer) => (answer.json === undefined ? nothingAt(path, answer) : null),
  };
}

function headerSubject(written: string): Subject {
  const name = written.toLowerCase();
  return {
    label: `header ${name}`,
    needsBody: false,
    typed: false,
    read: (answer) => answer.header(name),
    missing: () => `no header ${name} in the answer`,
    unreadable: () => null,
  };
}

const BODY: Subject = {
  label: 'the body',
  needsBody: true,
  typed: false,
  read: ({ text }) => (text === '' ? undefined : text),
  missing: () => 'the body is empty',
  unreadable: () => null,
};

function subjectCheck(subject: Subject, test: Test): CompiledCheck {
  const needs = { body: subject.needsBody };
  const { label, read } = subject;
  switch (test.test) {
    case 'exists':
      return { needs, judge: (answer) => (read(answer) === undefined ? subject.missing(answer) : null) };
    case 'absent':
      return {
        needs,
        judge: (answer) => {
          const value = read(answer);
          if (value === undefined) return subject.unreadable(answer);
          return `${label} is ${shownValue(value)}, expected none`;
        },
      };
    case 'nonempty':
      return {
        needs,
        judge: (answer) => {
          const value = read(answer);
          if (value === undefined) return subject.missing(answer);
          return isEmpty(value, subject.typed)
            ? `${label} is empty${subject.typed ? `: ${shownValue(value)}` : ''}`
            : null;
        },
      };
    default:
      return { needs, judge: demanding(subject, compileDemand(test, subject.typed)) };
  }
}

function demanding(subject: Subject, demandOf: (values: IterationValues) => Demand): CompiledCheck['judge'] {
  return (answer, values) => {
    const demand = demandOf(values);
    const value = subject.read(answer);
    if (value === undefined) return `${subject.missing(answer)}, expected ${demand.wanted}`;
    if (demand.holds(value)) return null;
    return `${subject.label} is ${shownValue(value)}, expected ${demand.wanted}`;
  };
}

/** JSON: null, "", [] and {}. Text: nothing but blanks. */
function isEmpty(value: unknown, typed: boolean): boolean {
  if (typeof value === 'string') return typed ? value === '' : value.trim() === '';
  if (typeof value !== 'object') return false;
  return value === null || Object.keys(value).length === 0;
}
