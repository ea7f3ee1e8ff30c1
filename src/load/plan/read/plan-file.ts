import path from 'node:path';
import { durationText } from '../duration.ts';
import { isWithin, LIMITS } from '../limits.ts';
import type { Replay } from '../load-syntax.ts';
import type { Plan } from '../plan.ts';
import { PlanError } from '../plan-error.ts';
import { type PlanDocument, planSchema } from '../schema/plan-schema.ts';
import { faultOf } from '../schema/schema-parts.ts';
import { targetUrl } from '../target-url.ts';
import { objectiveFaults } from './objective-faults.ts';
import { nameFaults } from './placed-steps.ts';
import { planOf } from './plan-document.ts';
import { type Fault, PlanFileError } from './plan-fault.ts';
import { schemaFaults } from './schema-faults.ts';
import { streamFaults } from './stream-faults.ts';
import { addressOf, templateFaults, variablesOf } from './template-faults.ts';
import { YamlSource } from './yaml-source.ts';

/** What a plan file says. */
export interface ReadPlan {
  /** Where there is a replay, its load is null until {@link withReplay} gives it one. */
  readonly plan: Plan;
  /** Recorded arrivals to read: `parseRecordedTimes` makes times of the file's text. Null: there are none. */
  readonly replay: Replay | null;
}

/**
 * Reads the text of a plan file (`*.load.yaml`). Nothing else is read: whether the files it names are there is not known. Throws a
 * {@link PlanFileError} with the place of every fault.
 *
 * @param file its name: as people call it in messages, and what file names in it are relative to
 * @param environment the process's, for `${env.…}`
 */
export function readPlan(text: string, file: string, environment: NodeJS.ProcessEnv): ReadPlan {
  const source = new YamlSource(text);
  if (source.faults.length > 0) throw new PlanFileError(source.faults, file);
  const allow = (faults: readonly Fault[]): void => {
    if (faults.length === 0) return;
    throw new PlanFileError(
      faults.map((fault) => source.located(fault)),
      file,
    );
  };
  const parsed = planSchema.safeParse(source.value);
  allow(parsed.success ? [] : schemaFaults(parsed.error.issues, source.value));
  const document = parsed.data!;
  const values = environmentOf(document, environment);
  allow([...nameFaults(document), ...templateFaults(document, new Set(Object.keys(values)))]);
  allow(targetFaults(document, values));
  const read = planOf(document, values, path.dirname(path.resolve(file)));
  allow(streamFaults(document, read.plan));
  allow(objectiveFaults(document, read.plan, read.replay !== null));
  return read;
}

/**
 * The plan with the arrivals its replay names, to their end where it says no duration; later ones are no part of it. Throws a
 * {@link PlanError} where they are too long.
 *
 * @param times ms from the first of them, ascending, at least one
 */
export function withReplay(plan: Plan, replay: Replay, times: readonly number[]): Plan {
  const last = times.at(-1) ?? 0;
  // What comes at the very end of a load is not part of it.
  const duration = replay.duration ?? Math.max(LIMITS.duration.least, Math.floor(last) + 1);
  if (!isWithin(LIMITS.duration, duration)) {
    const most = durationText(LIMITS.duration.most);
    throw new PlanError(
      `${replay.file}: the arrivals are spread over more than ${most}. Write a duration, or a higher speed.`,
    );
  }
  return { ...plan, load: { model: 'replay', times: times.filter((time) => time < duration) }, duration };
}

/** What the plan gives a value, and what else it asks for that is set: the process's value wins. */
function environmentOf(document: PlanDocument, environment: NodeJS.ProcessEnv): Record<string, string> {
  const set = (name: string): string | undefined => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  const declared = Object.entries(document.environment ?? {}).map(
    ([name, value]) => [name, set(name) ?? value] as const,
  );
  const asked = variablesOf(document).map((name) => [name, set(name)] as const);
  return Object.fromEntries(
    [...declared, ...asked].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** What the target's address is shows only with the values of the environment. */
function targetFaults(document: PlanDocument, values: Readonly<Record<string, string>>): Fault[] {
  const { text, path } = addressOf(document);
  const message = faultOf(() => targetUrl(text, values));
  return message === null ? [] : [{ path, at: 'value', part: null, message }];
}
