/** A plan that cannot be run, said to the person who wrote it. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}
