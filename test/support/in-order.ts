/** Something to be written so long after what is before it, ms. */
export interface TimedWrite {
  readonly wait: number;
  write(): unknown;
}

/**
 * Writes each at its time from now, one after the other: one that is late does not make the next ones late, and none is before another,
 * as timers of several lengths can be where a process is late.
 */
export function inOrder(writes: readonly TimedWrite[]): void {
  const start = performance.now();
  let due = 0;
  const next = (index: number): void => {
    const one = writes[index];
    if (one === undefined) return;
    due += one.wait;
    setTimeout(
      () => {
        one.write();
        next(index + 1);
      },
      Math.max(0, start + due - performance.now()),
    );
  };
  next(0);
}
