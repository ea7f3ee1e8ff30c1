/** What a number of users who each wait for an answer came to. */
export interface Rung {
  readonly users: number;
  /** Answers a second. */
  readonly rate: number;
  /** Mean latency, ms; null where nothing was answered. */
  readonly latency: number | null;
  readonly valid: boolean;
}

/** What the rungs together say. */
export interface Climb {
  /** Answers a second of one user: the server without any queue. */
  readonly unloaded: number;
  /** The most answers a second that were seen. */
  readonly capacity: number;
  /** Whether more users brought no more answers. */
  readonly saturated: boolean;
  /** About how many requests the server works on at once. */
  readonly servers: number;
  /** Users, minus those that answers × latency accounts for, over users: 0 where Little's law holds. Null unknown. */
  readonly unaccounted: number | null;
}

/** The next rung has this many times the users. */
export const RUNG_FACTOR = 4;
/** More users bring more answers when they bring this much more. */
const GAIN = 1.15;

/** Null where nothing was answered. */
export function climbOf(rungs: readonly Rung[]): Climb | null {
  const valid = rungs.filter(({ valid: ok, rate }) => ok && rate > 0);
  const first = valid[0];
  if (first === undefined) return null;
  const unloaded = first.rate / first.users;
  const capacity = Math.max(...valid.map(({ rate }) => rate));
  const last = valid.at(-1)!;
  const before = valid.at(-2);
  const accounted = last.latency === null ? null : (last.rate * last.latency) / 1000;
  return {
    unloaded,
    capacity,
    saturated: before !== undefined && last.rate < before.rate * GAIN,
    servers: Math.max(1, capacity / unloaded),
    unaccounted: accounted === null ? null : (last.users - accounted) / last.users,
  };
}

/**
 * The rate to try first: where a queue in front of as many servers would have its limit. The wait in such a queue falls off by e every
 * service time × ρ / (2 · servers · (1 − ρ)) when service times do not vary (the exponential tail of M/D/c), and the rate is where `allowed` of
 * it is left. Nothing rests on it but where the search begins.
 * @param limit ms that a request may take; null where the objective is no such limit
 */
export function startRate(
  { unloaded, capacity, saturated, servers }: Climb,
  limit: number | null,
  allowed: number,
): number {
  if (!saturated) return capacity;
  if (limit === null) return capacity * 0.8;
  const room = (limit * unloaded) / 1000 - 1;
  if (room <= 0) return capacity * 0.1;
  return capacity / (1 + Math.log(1 / allowed) / (2 * servers * room));
}
