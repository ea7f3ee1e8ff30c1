import { compileTemplate, renderValue, type Template } from './template.ts';
import type { IterationValues } from './values.ts';

/** A JSON value whose strings are templates (its members' names are not). */
export type JsonTemplate =
  | { readonly static: true; readonly value: unknown }
  | { readonly static: false; render(values: IterationValues): unknown };

export function compileJson(value: unknown): JsonTemplate {
  if (typeof value === 'string') {
    const template = compileTemplate(value);
    if (template.static) return { static: true, value: template.text };
    return { static: false, render: (values) => renderValue(template, values) };
  }
  if (typeof value !== 'object' || value === null) return { static: true, value };
  const members = Object.entries(value).map(([name, member]) => [name, compileJson(member)] as const);
  const build = (pick: (member: JsonTemplate) => unknown): unknown =>
    Array.isArray(value)
      ? members.map(([, member]) => pick(member))
      : Object.fromEntries(members.map(([name, member]) => [name, pick(member)]));
  if (members.every(([, member]) => member.static)) {
    return { static: true, value: build((member) => (member.static ? member.value : undefined)) };
  }
  return {
    static: false,
    render: (values) => build((member) => (member.static ? member.value : member.render(values))),
  };
}

/**
 * Such a value as JSON text, in pieces: all that does not change is written once, and the templates in between are to be rendered by
 * {@link renderValue} and written as JSON.
 */
export function jsonPieces(value: unknown): (string | Template)[] {
  const pieces: (string | Template)[] = [];
  const write = (piece: string | Template): void => {
    const last = pieces.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  };
  writeValue(value, write);
  return pieces;
}

function writeValue(value: unknown, write: (piece: string | Template) => void): void {
  if (typeof value === 'string') {
    const template = compileTemplate(value);
    write(template.static ? JSON.stringify(template.text) : template);
  } else if (typeof value !== 'object' || value === null) {
    write(JSON.stringify(value) ?? 'null');
  } else {
    const array = Array.isArray(value);
    write(array ? '[' : '{');
    Object.entries(value).forEach(([name, member], at) => {
      if (at > 0) write(',');
      if (!array) write(`${JSON.stringify(name)}:`);
      writeValue(member, write);
    });
    write(array ? ']' : '}');
  }
}
