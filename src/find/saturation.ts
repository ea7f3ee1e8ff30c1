import { figure, wholePercent } from '../load/measure/figure.ts';
import type { RunDocument } from '../runs/run-document.ts';
import type { ProcessLoad } from './process-load.ts';

/** How a server fared at the lowest load that was too much for it, or the highest there was. */
export interface Strain {
  readonly server: ProcessLoad | null;
  /** Cores of the machine, where the server runs on it. */
  readonly cores: number;
  /** Mean of the requests under way by Little's law: answers a second × mean latency. Null unknown. */
  readonly underWay: number | null;
  /** About how many it works on at once, as a closed loop had it; null unknown. */
  readonly servers: number | null;
  /** How full the cache of keys and values was at most, as a language model's server tells it, 0–1; null unknown. */
  readonly cache: number | null;
  readonly failed: number;
  readonly completed: number;
}

/** The fullest that a server's cache of keys and values was at a scrape, 0–1. */
export function fullestCache({ serverMetrics = [] }: Pick<RunDocument, 'serverMetrics'>): number | null {
  const shares = serverMetrics.flatMap(({ figures }) =>
    figures.flatMap(({ name, unit, max }) => (name === 'KV cache' && unit === '%' && max !== null ? [max / 100] : [])),
  );
  return shares.length === 0 ? null : Math.max(...shares);
}

/** A thread or a machine that rests less than this is what others wait for. */
const BUSY = 0.9;
const IDLE = 0.6;
/** Of a cache that requests have to wait for room in. */
const FULL = 0.95;
/** More waiting than being worked on. */
const QUEUE = 1.5;

/** What ran out first, as a sentence; null where nothing tells. */
export function whatSaturated(strain: Strain): string | null {
  const { server, cores, underWay, servers, cache, failed, completed } = strain;
  const queue = queueText(underWay, servers);
  if (cache !== null && cache >= FULL) return `The server's KV cache: it was ${wholePercent(cache)} full.${queue}`;
  if (server !== null) {
    const { busiestThread, threads, processes } = server;
    const used = `${figure(server.cores)} of ${cores} cores`;
    if (server.cores >= BUSY * cores) return `The machine's CPU: the server used ${used}.${queue}`;
    if (busiestThread !== null && busiestThread >= BUSY) {
      const others = threads === null || threads < 2 ? '' : ` of ${threads}`;
      return `One thread${others} of the server: it ran ${wholePercent(Math.min(1, busiestThread))} of the time.${queue}`;
    }
    if (busiestThread === null && processes === 1 && server.cores >= BUSY && server.cores < 1.1) {
      return `One core: the server used ${used}.${queue}`;
    }
    const waits = underWay !== null && servers !== null && underWay > QUEUE * servers;
    if (server.cores < IDLE * Math.min(cores, Math.max(1, processes)) && waits) {
      const what = 'a lock, a pool, a device, or what it asks elsewhere';
      return `Not the CPU: requests queued while the server used ${used}, so it waited for something else (${what}).${queue}`;
    }
  }
  if (failed > completed * 0.05) return `Unknown; the server refused or failed ${figure(failed, 9)} requests.`;
  return null;
}

function queueText(underWay: number | null, servers: number | null): string {
  if (underWay === null || servers === null || underWay <= QUEUE * servers) return '';
  return ` About ${figure(underWay, 2)} requests were under way at once, and it works on about ${figure(servers, 2)}.`;
}
