import { figure, wholePercent } from '../load/measure/figure.ts';
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
  readonly failed: number;
  readonly completed: number;
}

/** A thread or a machine that rests less than this is what others wait for. */
const BUSY = 0.9;
const IDLE = 0.6;
/** More waiting than being worked on. */
const QUEUE = 1.5;

/** What ran out first, as a sentence; null where nothing tells. */
export function whatSaturated({ server, cores, underWay, servers, failed, completed }: Strain): string | null {
  const queue = queueText(underWay, servers);
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
