import { allSteps, type Plan } from '../plan/plan.ts';
import { prepareStep } from '../scenario/prepared-step.ts';
import { type Addresses, resolveHost } from './transport.ts';

/** The origins a plan's steps go to, as far as they are no templates, the first step's first. Throws a `PlanError`. */
export function originsOf(plan: Plan): string[] {
  const steps = [...allSteps(plan).map(({ step }) => step), ...(plan.setup?.steps ?? [])];
  const origins = steps.flatMap((step, index) => prepareStep(step, plan.target, index).origin ?? []);
  return [...new Set(origins.length > 0 ? origins : [new URL(plan.target.url).origin])];
}

/** Looks every host up once. A name that is not known is left to the connection, which says so. */
export async function resolveHosts(origins: readonly string[]): Promise<Addresses> {
  const hosts = [...new Set(origins.map((origin) => new URL(origin).hostname.replace(/^\[(.*)\]$/, '$1')))];
  const found = await Promise.all(hosts.map(async (host) => [host, await resolveHost(host)] as const));
  return Object.fromEntries(found.flatMap(([host, address]) => (address === null ? [] : [[host, address]])));
}
