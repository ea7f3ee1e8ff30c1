import { seededRandom } from '../../src/load/arrivals/random.ts';
import { OUTCOMES, PHASES, REQUEST_COLUMNS, type RequestTable, tableFromRows } from '../../src/runs/request-table.ts';
import { normalFrom } from './normal.ts';

/** A target that works on `servers` requests at once, first come first served. Times in ms, rates a second. */
export interface SimulatedTarget {
  readonly seed: number;
  readonly servers: number;
  /** Mean of one request's time; `spread`: sigma of the log-normal factor on it. */
  readonly service: number;
  readonly spread?: number;
  readonly duration: number;
  /** Users who ask again at once, or a rate at each moment. */
  readonly load: { readonly users: number } | { readonly rate: (time: number) => number; readonly most: number };
}

export interface SimulatedLoad {
  readonly requests: RequestTable;
  /** Ms at which a reading is taken, and over the time before it the mean of requests worked on and of those that waited. */
  readonly time: Float64Array;
  readonly busy: Float64Array;
  readonly queued: Float64Array;
}

const READ_EVERY_MS = 500;

interface Visit {
  readonly came: number;
  readonly began: number;
  readonly end: number;
}

/** What a load on it comes to, and what it had to do meanwhile: both from the same visits. */
export function simulateTarget(target: SimulatedTarget): SimulatedLoad {
  const visits = visitsOf(target).filter(({ came }) => came < target.duration);
  visits.sort((a, b) => a.end - b.end);
  const count = Math.floor(target.duration / READ_EVERY_MS);
  return {
    requests: tableOf(visits),
    time: Float64Array.from({ length: count }, (_, index) => (index + 1) * READ_EVERY_MS),
    busy: meansOf(
      visits.map(({ began, end }) => [began, end]),
      count,
    ),
    queued: meansOf(
      visits.map(({ came, began }) => [came, began]),
      count,
    ),
  };
}

function visitsOf({ seed, servers, service, spread = 0.2, duration, load }: SimulatedTarget): Visit[] {
  const random = seededRandom(seed);
  const normal = normalFrom(random);
  const free = new Array<number>(servers).fill(0);
  const visits: Visit[] = [];
  const visit = (came: number): number => {
    const server = free.indexOf(Math.min(...free));
    const began = Math.max(came, free[server]!);
    const end = began + service * Math.exp(spread * normal() - spread ** 2 / 2);
    free[server] = end;
    visits.push({ came, began, end });
    return end;
  };
  if ('users' in load) {
    const next = Array.from({ length: load.users }, () => random() * service);
    while (Math.min(...next) < duration) {
      const user = next.indexOf(Math.min(...next));
      next[user] = visit(next[user]!);
    }
    return visits;
  }
  // Poisson arrivals at a changing rate, by thinning those at the highest one.
  for (let time = 0; time < duration; time += (-Math.log(1 - random()) * 1000) / load.most) {
    if (random() * load.most < load.rate(time)) visit(time);
  }
  return visits;
}

function tableOf(visits: readonly Visit[]): RequestTable {
  const rows = new Float64Array(visits.length * REQUEST_COLUMNS.length);
  visits.forEach(({ came, end }, id) => {
    const row: Record<(typeof REQUEST_COLUMNS)[number], number> = {
      id,
      phase: PHASES.indexOf('measured'),
      outcome: OUTCOMES.indexOf('ok'),
      status: 200,
      bytes: 2,
      intended: came,
      dispatched: came,
      acquired: came,
      sent: came,
      firstByte: end,
      end,
      step: 0,
      iteration: id,
      group: Number.NaN,
    };
    REQUEST_COLUMNS.forEach((name, index) => {
      rows[id * REQUEST_COLUMNS.length + index] = row[name];
    });
  });
  return tableFromRows(rows);
}

/** Of each reading how many of the stretches it lay in, in the mean. */
function meansOf(stretches: readonly (readonly [number, number])[], count: number): Float64Array {
  const sums = new Float64Array(count);
  for (const [from, to] of stretches) {
    for (let index = Math.floor(from / READ_EVERY_MS); index < count && index * READ_EVERY_MS < to; index++) {
      const inside = Math.min(to, (index + 1) * READ_EVERY_MS) - Math.max(from, index * READ_EVERY_MS);
      sums[index]! += inside / READ_EVERY_MS;
    }
  }
  return sums;
}
