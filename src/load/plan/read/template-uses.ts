import { placeholdersOf } from '../../scenario/template.ts';
import type { PlanDocument } from '../schema/plan-schema.ts';
import type { PartDocument, StepDocument } from '../schema/step-schema.ts';
import { methodOf, type PlacedStep, placedScenarios, placedSetup } from './placed-steps.ts';

type Path = readonly PropertyKey[];

/** A `${…}` of a document. */
export interface TemplateUse {
  /** What stands between the braces. */
  readonly name: string;
  /** Of its `${` in the text at `path`, UTF-16 units. */
  readonly offset: number;
  readonly path: Path;
  readonly scope: Scope;
}

/** What there is where a `${…}` stands. */
export interface Scope {
  /** Names extracted before. */
  readonly known: ReadonlySet<string>;
  /** Names extracted elsewhere, with the end of a sentence that says where. */
  readonly elsewhere: ReadonlyMap<string, string>;
  /** The step that sends it, where it is written in none: a header of the target's. */
  readonly sentBy: string | null;
}

interface Text {
  readonly text: string;
  readonly path: Path;
}

/** All of them but the target's address: that of the headers of the target once for each step that sends them. */
export function templateUses(document: PlanDocument): TemplateUse[] {
  const setup = placedSetup(document);
  const scenarios = placedScenarios(document);
  const fromSetup = namesOf(setup);
  const others = new Map(
    scenarios.flatMap(({ name, steps }) =>
      namesOf(steps).map((extracted) => [extracted, `scenario "${name}" extracts it.`] as const),
    ),
  );
  const after: Scope = { known: new Set(fromSetup), elsewhere: others, sentBy: null };
  const common = commonHeaders(document);
  return [
    ...usesOfSteps(setup, common, { ...after, known: new Set() }),
    ...usesIn(textsOf(document.setup?.refresh, ['setup', 'refresh']), after),
    ...usesIn(metricsHeaders(document), after),
    ...scenarios.flatMap(({ steps }) => usesOfSteps(steps, common, after)),
    ...(scenarios.length > 0 ? [] : usesIn([...common.values()].flat(), after)),
  ];
}

function usesOfSteps(steps: readonly PlacedStep[], common: ReadonlyMap<string, Text[]>, around: Scope): TemplateUse[] {
  const known = new Set(around.known);
  return steps.flatMap(({ step, path }, at) => {
    const elsewhere = new Map(around.elsewhere);
    for (const later of steps.slice(at + 1)) {
      for (const name of namesOf([later]))
        elsewhere.set(name, `step "${labelOf(later.step)}" extracts it, and comes later.`);
    }
    for (const name of namesOf([{ step }])) elsewhere.set(name, 'this step extracts it, from its answer.');
    const scope = { known: new Set(known), elsewhere, sentBy: null };
    const own = new Set(Object.keys(step.headers ?? {}).map((name) => name.toLowerCase()));
    const inherited = [...common].filter(([name]) => !own.has(name)).flatMap(([, texts]) => texts);
    for (const name of namesOf([{ step }])) known.add(name);
    return [...usesIn(textsOfStep(step, path), scope), ...usesIn(inherited, { ...scope, sentBy: labelOf(step) })];
  });
}

function usesIn(texts: readonly Text[], scope: Scope): TemplateUse[] {
  return texts.flatMap(({ text, path }) =>
    placeholdersOf(text).map(({ name, offset }) => ({ name, offset, path, scope })),
  );
}

/** By their names in lower case. */
function commonHeaders({ target }: PlanDocument): Map<string, Text[]> {
  const headers = typeof target === 'string' ? {} : (target.headers ?? {});
  return new Map(
    Object.entries(headers).map(([name, text]) => [name.toLowerCase(), [{ text, path: ['target', 'headers', name] }]]),
  );
}

function metricsHeaders({ target }: PlanDocument): Text[] {
  const metrics = typeof target === 'string' ? undefined : target.metrics;
  if (metrics === undefined || typeof metrics === 'string') return [];
  return metrics.flatMap((entry, at) =>
    typeof entry === 'string' ? [] : textsOf(entry.headers, ['target', 'metrics', at, 'headers']),
  );
}

function textsOfStep(step: StepDocument, path: Path): Text[] {
  const method = methodOf(step);
  const parts = Object.entries(step.multipart ?? {}).map(([name, part]) => [
    name,
    Array.isArray(part) ? part.map(templatesOfPart) : templatesOfPart(part),
  ]);
  const { query, headers, json, body, form, batch } = step;
  const checks = step.check?.map(({ equals, contains, matches, body }) => ({ equals, contains, matches, body }));
  const texts = {
    [method]: step[method],
    query,
    headers,
    json,
    body,
    form,
    batch,
    multipart: Object.fromEntries(parts),
    check: checks,
  };
  return textsOf(texts, path);
}

function templatesOfPart(part: PartDocument): unknown {
  return typeof part === 'string' ? part : { filename: part.filename };
}

/** All texts within a value. */
function textsOf(value: unknown, path: Path): Text[] {
  if (typeof value === 'string') return [{ text: value, path }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => textsOf(member, [...path, name]));
}

function namesOf(steps: readonly Pick<PlacedStep, 'step'>[]): string[] {
  return steps.flatMap(({ step }) => Object.keys(step.extract ?? {}));
}

function labelOf(step: StepDocument): string {
  const method = methodOf(step);
  return step.name ?? `${method.toUpperCase()} ${step[method]}`;
}
