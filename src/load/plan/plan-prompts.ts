import type { Plan } from './plan.ts';

/** Whether some of its rows are prompts for language models. */
export function hasPrompts(plan: Plan): boolean {
  return Object.values(plan.data).some((source) => 'turns' in source);
}

/** The plan as one run sends it: prompts that are to be fresh are those of no other run. */
export function forOneRun(plan: Plan, nonce: number): Plan {
  const data = Object.entries(plan.data).map(([name, source]) => [
    name,
    'fresh' in source && source.fresh ? { ...source, nonce } : source,
  ]);
  return { ...plan, data: Object.fromEntries(data) };
}
