import type { Site } from '../program/module.ts';
import type { Router } from '../program/router.ts';
import { lineOf, type Place } from '../syntax/syntax.ts';

/** Puts a route on a router, once for each method. A path that is not known declares nothing. */
export function declared(
  router: Router,
  methods: readonly (string | null)[],
  path: string | null,
  place: Place,
  site: Site,
): void {
  if (path === null) return;
  const { file } = site.scope.module;
  for (const method of methods) router.routes.push({ method, path, file, line: lineOf(place) });
}
