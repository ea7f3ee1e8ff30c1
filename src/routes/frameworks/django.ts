import path from 'node:path';
import type { Binding, Module, Site } from '../program/module.ts';
import type { Program } from '../program/program.ts';
import type { Router } from '../program/router.ts';
import type { Expression } from '../syntax/syntax.ts';
import { declared } from './declared.ts';
import type { Framework } from './framework.ts';
import { appended } from './joined.ts';
import { methodsOfView } from './rest-framework.ts';
import { pathOfPattern } from './url-pattern.ts';

const PATHS = new Set(['django.urls.path', 'django.urls.conf.path']);
const PATTERNS = new Set(['django.urls.re_path', 'django.urls.conf.re_path', 'django.conf.urls.url']);
const INCLUDES = new Set(['django.urls.include', 'django.urls.conf.include', 'django.conf.urls.include']);

/** A URL takes any method: which ones, its view decides. */
export const django: Framework = {
  join: appended,
  module(module, program) {
    if (module.language !== 'python') return;
    const patterns = module.scope.names.get('urlpatterns') ?? [];
    const last = patterns.at(-1);
    if (last === undefined) return;
    const router = program.router(module, django);
    addPatterns(router, last, program);
    for (const each of patterns) mountRouters(router, each, program);
  },
};

/** `urlpatterns = router.urls`, or among what is added up: routers of Django REST framework. */
function mountRouters(router: Router, { value, site }: Binding, program: Program): void {
  for (const part of value.kind === 'sum' ? value.parts : [value]) {
    if (part.kind !== 'member') continue;
    for (const child of program.routersOf(part, site)) router.mount(child, '');
  }
}

function addPatterns(router: Router, list: Binding, program: Program): void {
  for (const item of program.items(list.value, list.site)) addPattern(router, item, program);
}

function addPattern(router: Router, item: Binding, program: Program): void {
  const made = program.valueOf(item);
  if (made.kind !== 'called') return;
  const { call, site, name } = made;
  if (!PATHS.has(name) && !PATTERNS.has(name)) return;
  const given = program.argument(call, 0, 'route') ?? program.argument(call, 0, 'regex');
  const written = program.prefix(given, site);
  const route = PATTERNS.has(name) ? pathOfPattern(written) : written;
  const view = program.argument(call, 1, 'view');
  const viewed = view === null ? null : program.value(view, site);
  if (viewed?.kind === 'called' && INCLUDES.has(viewed.name))
    include(router, route, viewed.call.args[0], viewed.site, program);
  else if (view?.kind === 'member' && view.name === 'urls') return;
  else declared(router, (view && methodsOfView(view, site, program)) ?? [null], route, call.place, site);
}

function include(router: Router, prefix: string, of: Expression | undefined, site: Site, program: Program): void {
  if (of === undefined) return;
  const value = program.value(of, site);
  // `include((patterns, 'app_name'))`
  const [first] = value.kind === 'list' ? value.items : [];
  const inner = first === undefined ? null : program.valueOf(first);
  // `include(router.urls)`
  if (value.kind === 'routers') for (const child of value.routers) router.mount(child, prefix);
  else if (first !== undefined && (inner?.kind === 'list' || inner?.kind === 'text' || inner?.kind === 'module'))
    include(router, prefix, first.value, first.site, program);
  else if (value.kind === 'list') {
    const child = program.router(of, django);
    for (const item of value.items) addPattern(child, item, program);
    router.mount(child, prefix);
  } else {
    const module =
      value.kind === 'module' ? value.module : value.kind === 'text' ? named(value.value, site, program) : null;
    if (module !== null) router.mount(program.router(module, django), prefix);
  }
}

/** A module by its dotted name, as Django imports it: from the project's folder, which is one above this file. */
function named(name: string, site: Site, program: Program): Module | null {
  const parts = name.split('.');
  for (let folder = path.dirname(site.scope.module.file); ; folder = path.dirname(folder)) {
    const stem = path.join(folder, ...parts);
    const found = program.modules.get(`${stem}.py`) ?? program.modules.get(path.join(stem, '__init__.py'));
    if (found !== undefined) return found;
    if (folder === path.dirname(folder)) return null;
  }
}
