import type { Plan, Target } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { withEnvironment } from '../plan/target-url.ts';
import { prepareStep } from '../scenario/prepared-step.ts';
import { type Addresses, type Protocol, resolveHost } from './transport.ts';

/** The origins a plan's steps go to, as far as they are no templates, the first step's first. Throws a `PlanError`. */
export function originsOf(plan: Plan): string[] {
  const steps = [...allSteps(plan).map(({ step }) => step), ...(plan.setup?.steps ?? [])];
  const origins = steps.flatMap((step, index) => {
    // What stands in the environment is known by now.
    const url = withEnvironment(step.url, plan.environment);
    return prepareStep({ ...step, url }, plan.target, index).origin ?? [];
  });
  return [...new Set(origins.length > 0 ? origins : [new URL(plan.target.url).origin])];
}

/** Those that speak HTTP/2. */
export function multiplexedOrigins(protocols: ReadonlyMap<string, Protocol>): string[] {
  return [...protocols].flatMap(([origin, protocol]) => (protocol === 'h2' ? [origin] : []));
}

/**
 * Requests at a time on one connection to an origin: many only where it speaks HTTP/2, since over HTTP/1.1 each would wait for the one
 * before it. @param origin null: not known yet @param multiplexed origins that were seen to speak HTTP/2
 */
export function streamsTo(origin: string | null, { http, streams }: Target, multiplexed: readonly string[]): number {
  return http === '2' || (origin !== null && multiplexed.includes(origin)) ? streams : 1;
}

/**
 * The fewest requests at a time on one connection to any origin that the steps of the load go to. One that a template makes may be an
 * origin that nobody has seen. @param protocols by origin, what was seen of it
 */
export function fewestStreams(plan: Plan, protocols: ReadonlyMap<string, Protocol>): number {
  const multiplexed = multiplexedOrigins(protocols);
  const origins = allSteps(plan).map(({ step }, index) => prepareStep(step, plan.target, index).origin);
  return Math.min(...origins.map((origin) => streamsTo(origin, plan.target, multiplexed)));
}

/**
 * Looks where each origin leads up once. A name that is not known is left to the connection, which says so.
 * @param known what was looked up before, which is part of the result
 */
export async function resolveOrigins(origins: readonly string[], known: Addresses): Promise<Addresses> {
  const open = origins.filter((origin) => !Object.hasOwn(known, origin));
  const found = await Promise.all(open.map(async (origin) => [origin, await resolveHost(new URL(origin))] as const));
  const told = found.flatMap(([origin, address]) => (address === null ? [] : [[origin, address] as const]));
  return { ...known, ...Object.fromEntries(told) };
}
