import type { Test } from '../plan/plan.ts';
import { jsonEquals } from './json-equality.ts';
import { compileJson } from './json-template.ts';
import { compilePattern, reasonOf } from './pattern.ts';
import { StepError } from './step-error.ts';
import { compileTemplate, renderText, type Template } from './template.ts';
import { shownValue, textOf } from './value-text.ts';
import type { IterationValues } from './values.ts';

/** What is asked of a value that is there. */
export interface Demand {
  /** After "expected". */
  readonly wanted: string;
  holds(value: unknown): boolean;
}

type ComparingTest = Exclude<Test, { readonly test: 'exists' | 'absent' | 'nonempty' }>;

/**
 * A test made ready once; one without placeholders gives the same demand each time. Throws a `PlanError` for a pattern that is none.
 *
 * @param typed whether values are compared as JSON, where 1 is not "1", or as the text they stand for
 */
export function compileDemand(test: ComparingTest, typed: boolean): (values: IterationValues) => Demand {
  switch (test.test) {
    case 'equals': {
      const json = compileJson(test.value);
      return json.static ? always(equal(json.value, typed)) : (values) => equal(json.render(values), typed);
    }
    case 'contains':
      return ofText(compileTemplate(test.value), containing);
    case 'matches': {
      const template = compileTemplate(test.value);
      // A pattern that is wrong in every iteration is the plan's fault; one that a value made wrong is the step's.
      return template.static
        ? always(matching(compilePattern(template.text)))
        : (values) => matching(patternOf(renderText(template, values)));
    }
    case 'above':
      return always(numeric(`above ${test.value}`, typed, (number) => number > test.value));
    case 'below':
      return always(numeric(`below ${test.value}`, typed, (number) => number < test.value));
  }
}

function always(demand: Demand): () => Demand {
  return () => demand;
}

function ofText(template: Template, demandOf: (text: string) => Demand): (values: IterationValues) => Demand {
  return template.static ? always(demandOf(template.text)) : (values) => demandOf(renderText(template, values));
}

function equal(expected: unknown, typed: boolean): Demand {
  const text = textOf(expected);
  return typed
    ? { wanted: shownValue(expected), holds: (value) => jsonEquals(value, expected) }
    : { wanted: shownValue(text), holds: (value) => value === text };
}

/** Of a text its part, of an array an element, of all else a part of its JSON. */
function containing(part: string): Demand {
  return {
    wanted: `it to contain ${shownValue(part)}`,
    holds: (value) =>
      Array.isArray(value) ? value.some((element) => textOf(element) === part) : textOf(value).includes(part),
  };
}

function matching(pattern: RegExp): Demand {
  return { wanted: `it to match /${pattern.source}/`, holds: (value) => pattern.test(textOf(value)) };
}

function numeric(range: string, typed: boolean, inside: (number: number) => boolean): Demand {
  return {
    wanted: `a number ${range}`,
    holds: (value) => {
      const number = !typed && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && inside(number);
    },
  };
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new StepError('template', `"${text}" is not a regular expression: ${reasonOf(error)}.`);
  }
}
