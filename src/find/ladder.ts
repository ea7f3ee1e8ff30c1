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
  /** Whether more users brought no more answers although all of them waited for some, as Little's law tells. */
  readonly saturated: boolean;
  /** About how many requests the server works on at once. */
  readonly servers: number;
}

/** The next rung has this many times the users. */
export const RUNG_FACTOR = 4;
/** More users bring more answers when they bring this much more. */
const GAIN = 1.15;
/** Of the users, so many have to be waiting. Answers that came at the ends of so short a time blur it. */
const WAITING = 0.75;

/** Null where nothing was answered. */
export function climbOf(rungs: readonly Rung[]): Climb | null {
  const valid = rungs.filter(({ valid: ok, rate }) => ok && rate > 0);
  const first = valid[0];
  if (first === undefined) return null;
  const unloaded = first.rate / first.users;
  const capacity = Math.max(...valid.map(({ rate }) => rate));
  const last = valid.at(-1)!;
  const before = valid.at(-2);
  return {
    unloaded,
    capacity,
    saturated: before !== undefined && last.rate < before.rate * GAIN && waitingShare(last) > WAITING,
    servers: Math.max(1, capacity / unloaded),
  };
}

/** By Little's law answers a second × latency are waiting; who is not thinks, or waits in this program. 1 where it is unknown. */
function waitingShare({ users, rate, latency }: Rung): number {
  return latency === null ? 1 : (rate * latency) / 1000 / users;
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
