import type { Site, Test } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression, Statement } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { appended } from './joined.ts';

const SERVERS = /^(http|https|http2)\.create(Secure)?Server$/;
const LISTENERS = /^(http|https|http2)\.create(Secure)?Server\(\)\.(on|addListener)$/;
const REQUEST: Value = { kind: 'asked', what: 'request' };

/** A server without a framework: a route is where what a request asks is compared with a path. */
export const nodeHttp: Framework = {
  join: appended,
  called(name, call, site, program) {
    const listens = LISTENERS.test(name) && program.text(call.args[0] ?? null, site) === 'request';
    if (SERVERS.test(name) || listens) handler(call, site, program);
  },
  test(test, program) {
    const { left, right, place, site } = test;
    for (const [asked, path] of [
      [left, right],
      [right, left],
    ] as const) {
      const text = program.text(path, site);
      if (text === null) continue;
      const both = /^([A-Z]+) (\/.*)$/.exec(text);
      if (text.startsWith('/') && asks(asked, 'url', site, program)) {
        const router = program.router(test, nodeHttp);
        const methods = methodsOf(test, program);
        declared(router, methods.length === 0 ? [null] : methods, text, place, site);
      } else if (both !== null && asked.kind === 'sum' && asksBoth(asked.parts, site, program))
        declared(program.router(test, nodeHttp), [both[1]!], both[2]!, place, site);
    }
  },
};

/** The last function given to a server gets its requests. */
function handler(call: CallSyntax, site: Site, program: Program): void {
  const given = call.args.at(-1);
  const of = given === undefined ? null : program.functionOf(given, site);
  if (of !== null) program.bind(of, 0, { key: call, value: () => REQUEST });
}

function asks(of: Expression, what: 'url' | 'method', site: Site, program: Program): boolean {
  const value = program.value(of, site);
  return value.kind === 'asked' && value.what === what;
}

function asksBoth(parts: readonly Expression[], site: Site, program: Program): boolean {
  return (
    parts.some((part) => asks(part, 'method', site, program)) && parts.some((part) => asks(part, 'url', site, program))
  );
}

/** The methods tested around the path's test, or where it holds. */
function methodsOf({ given, body, site }: Test, program: Program): string[] {
  // The innermost test that says any: of `GET || HEAD` both.
  const around = given.map((test) => methodsIn(test, site, program)).findLast((found) => found.length > 0);
  return around ?? body.flatMap((statement) => methodsUnder(statement, site, program));
}

function methodsIn(test: Expression, site: Site, program: Program): string[] {
  if (test.kind === 'all' || test.kind === 'choice') return test.of.flatMap((part) => methodsIn(part, site, program));
  if (test.kind !== 'compare') return [];
  const { left, right } = test;
  if (asks(left, 'method', site, program)) return upper(program.text(right, site));
  return asks(right, 'method', site, program) ? upper(program.text(left, site)) : [];
}

function methodsUnder(statement: Statement, site: Site, program: Program): string[] {
  if (statement.kind === 'block') return statement.body.flatMap((each) => methodsUnder(each, site, program));
  if (statement.kind !== 'if') return [];
  const here = methodsIn(statement.test, site, program);
  return [...here, ...statement.otherwise.flatMap((each) => methodsUnder(each, site, program))];
}

function upper(text: string | null): string[] {
  return text === null ? [] : [text.toUpperCase()];
}
