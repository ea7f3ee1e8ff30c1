import type { Plan } from './plan.ts';

/** Whether some of its rows are prompts for language models. */
export function hasPrompts(plan: Plan): boolean {
  return Object.values(plan.data).some((source) => 'turns' in source);
}

/** The plan as one run sends it: prompts that are to be fresh are those of no other run. */
export function forOneRun(plan: Plan, nonce: number): Plan {
  return { ...plan, data: withNonce(plan.data, nonce) };
}

/** A plan's data as all its runs have it: prompts that are fresh are others in every run, and as long. */
export function dataOfEveryRun(data: Plan['data']): Plan['data'] {
  return withNonce(data, 0);
}

function withNonce(data: Plan['data'], nonce: number): Plan['data'] {
  return Object.fromEntries(
    Object.entries(data).map(([name, source]) => [
      name,
      'fresh' in source && source.fresh ? { ...source, nonce } : source,
    ]),
  );
}
