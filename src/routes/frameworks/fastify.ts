import path from 'node:path';
import type { Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Router } from '../program/router.ts';
import type { Value } from '../program/value.ts';
import type { CallSyntax, Expression, FunctionSyntax } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { HTTP_METHODS, methodsFrom } from './http-methods.ts';
import { joined } from './joined.ts';

export const fastify: Framework = {
  join: joined,
  makes: { fastify: instance, 'fastify.fastify': instance },
  types: ['fastify.FastifyInstance'],
  pluginTypes: ['FastifyPluginAsync', 'FastifyPluginCallback', 'FastifyPlugin'].map((name) => `fastify.${name}`),
  declare(app, name, call, site, program) {
    const method = name === 'all' ? null : HTTP_METHODS.get(name);
    const [first] = call.args;
    if (first === undefined) return;
    if (method !== undefined && call.args.length > 1)
      declared(app, [method], program.path(first, site), call.place, site);
    else if (name === 'route') {
      const url = program.entry(first, site, 'url') ?? program.entry(first, site, 'path');
      const methods = program.entry(first, site, 'method');
      if (url === null || methods === null) return;
      const names = program.texts(methods.value, methods.site);
      declared(app, methodsFrom(names, []), program.path(url.value, url.site), call.place, site);
    } else if (name === 'register') register(app, call, site, program);
  },
  result(app, name) {
    return CHAINED.has(name) || HTTP_METHODS.has(name) ? { kind: 'routers', routers: [app] } : null;
  },
};

const CHAINED = new Set([
  'register',
  'route',
  'all',
  'withTypeProvider',
  'decorate',
  'addHook',
  'after',
  'setErrorHandler',
]);

function instance(call: CallSyntax, _site: Site, program: Program): Value {
  return { kind: 'routers', routers: [program.router(call, fastify)] };
}

/** A plugin gets an instance of its own, under the prefix. One wrapped by fastify-plugin gets this very instance. */
function register(app: Router, call: CallSyntax, site: Site, program: Program): void {
  const [given, options] = call.args;
  if (given === undefined) return;
  const prefix = program.entry(options ?? null, site, 'prefix');
  const under = prefix === null ? '' : program.prefix(prefix.value, prefix.site);
  const value = program.value(given, site);
  const wrapped = value.kind === 'called' && value.name === 'fastify-plugin' ? value.call.args[0] : undefined;
  if (value.kind === 'outside' && value.name === '@fastify/autoload') autoload(app, under, call, site, program);
  else if (wrapped !== undefined && value.kind === 'called')
    plug(app, '', program.functionOf(wrapped, value.site), call, program, true);
  else plug(app, under, program.functionOf(given, site), call, program, false);
}

function plug(
  app: Router,
  prefix: string,
  plugin: FunctionSyntax | null,
  key: object,
  program: Program,
  same: boolean,
): void {
  if (plugin === null) return;
  if (same) {
    program.bind(plugin, 0, { key: app, value: () => ({ kind: 'routers', routers: [app] }) });
    return;
  }
  const inner = program.router(key, fastify);
  app.mount(inner, prefix);
  program.bind(plugin, 0, { key, value: () => ({ kind: 'routers', routers: [program.router(key, fastify)] }) });
}

/** Every file of a folder is a plugin, under the prefix its folder's name is. */
function autoload(app: Router, under: string, call: CallSyntax, site: Site, program: Program): void {
  const dir = program.entry(call.args[1] ?? null, site, 'dir');
  const options = program.entry(call.args[1] ?? null, site, 'options');
  const inOptions = options === null ? null : program.entry(options.value, options.site, 'prefix');
  const outer = inOptions === null ? under : program.prefix(inOptions.value, inOptions.site);
  const folder = dir === null ? null : folderOf(dir.value, dir.site, program);
  if (folder === null) return;
  for (const [file, module] of program.modules) {
    const inside = path.relative(folder, file);
    if (inside.startsWith('..') || path.isAbsolute(inside) || module.language !== 'javascript') continue;
    const exported = module.exports.get('default') ?? module.exports.get('=');
    if (exported === undefined) continue;
    const own = module.exports.get('autoPrefix');
    const named = own === undefined ? null : program.text(own.value, own.site);
    const prefix = joined(
      outer,
      named ??
        path
          .dirname(inside)
          .split(path.sep)
          .filter((part) => part !== '.')
          .join('/'),
    );
    const value = program.valueOf(exported);
    const wrapped = value.kind === 'called' && value.name === 'fastify-plugin' ? value.call.args[0] : undefined;
    if (wrapped !== undefined && value.kind === 'called')
      plug(app, '', program.functionOf(wrapped, value.site), module, program, true);
    else plug(app, prefix, program.functionOf(exported.value, exported.site), module, program, false);
  }
}

/** `path.join(__dirname, 'routes')` and the ways modules say the same. */
function folderOf(of: Expression, site: Site, program: Program): string | null {
  const here = path.dirname(site.scope.module.file);
  if (of.kind === 'call') {
    const callee = program.value(of.callee, site);
    const name = callee.kind === 'outside' ? callee.name : '';
    const [first, ...rest] = of.args;
    if (first === undefined) return null;
    if (/(^|\.)(join|resolve)$/.test(name)) {
      const base = folderOf(first, site, program);
      const parts = rest.map((part) => program.text(part, site));
      return base === null || parts.includes(null) ? null : path.join(base, ...parts.map(String));
    }
    if (/(^|\.)URL$/.test(name)) {
      const text = program.text(first, site);
      return text === null ? null : path.join(here, text);
    }
    if (/(^|\.)fileURLToPath$/.test(name)) return folderOf(first, site, program);
    if (/(^|\.)dirname$/.test(name)) return here;
    return null;
  }
  if (of.kind === 'member' && of.name === 'dirname') return here;
  if (of.kind === 'sum') {
    const [base, ...rest] = of.parts;
    const folder = base === undefined ? null : folderOf(base, site, program);
    const texts = rest.map((part) => program.text(part, site));
    return folder === null || texts.includes(null) ? null : path.join(folder, texts.join(''));
  }
  if (of.kind !== 'name') return null;
  const bound = site.scope.module.scope.names.get(of.name)?.at(-1);
  if (bound !== undefined) return folderOf(bound.value, bound.site, program);
  return of.name === '__dirname' ? here : null;
}
