/** A profiler that makes the median this much longer has changed what it watches. */
const MAX_DISTURBANCE = 0.5;

/**
 * Why findings cannot be trusted: the profiled median lies above the unprofiled one by more than chance (their 95 % intervals do not
 * meet) and by more than {@link MAX_DISTURBANCE}. Null where they can. Intervals in ms, null where unsupported.
 */
export function disturbance(plain: [number, number] | null, profiled: [number, number] | null): string | null {
  if (!plain || !profiled) return null;
  const before = (plain[0] + plain[1]) / 2;
  const after = (profiled[0] + profiled[1]) / 2;
  const beyondChance = profiled[0] > plain[1] || profiled[1] < plain[0];
  if (!beyondChance || Math.abs(after - before) <= MAX_DISTURBANCE * before) return null;
  return (
    `Findings are withheld: the profiled stretch was another load than the unprofiled one, its p50 was ${after.toFixed(1)} ms ` +
    `against ${before.toFixed(1)} ms. A lower rate disturbs less.`
  );
}
