import { listeningPart, type PortTraffic, portTraffic } from '../../telemetry/tcp-connections.ts';
import { readProcFile } from './proc-file.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** Of all connections; of those not accepted as often as is asked for, both as far as the next one allows. */
const WHOLE_EVERY_MS = 1000;
/** Of a core, at the most: where the kernel's table is large it takes a millisecond to walk over it, however few are in it. */
const MOST_SHARE = 0.002;

/** A table in which the target's ports are. */
interface Table {
  readonly file: string;
  /** Bytes that tell of sockets that listen. */
  readonly listening: number;
  readonly listeners: number;
}

/** Connections to a target's ports, and those that wait to be accepted. */
export class TargetSockets {
  readonly #ports: Set<number>;
  #tables: readonly Table[] = [];
  #isFirst = true;
  #nextWhole = Number.NEGATIVE_INFINITY;
  #next = Number.NEGATIVE_INFINITY;

  constructor(ports: Iterable<number>) {
    this.#ports = new Set(ports);
  }

  /** Not a port of the service: an inspector's for example. */
  leaveOut(port: number): void {
    this.#ports.delete(port);
    this.#nextWhole = Number.NEGATIVE_INFINITY;
  }

  /** NaN for what was not looked at now. @param now run time, ms */
  look(now: number): Pick<PortTraffic, 'connections' | 'unaccepted'> {
    const nothing = { connections: Number.NaN, unaccepted: Number.NaN };
    const isWhole = now >= this.#nextWhole;
    if (this.#ports.size === 0 || (!isWhole && now < this.#next)) return nothing;
    const before = process.cpuUsage();
    const found = isWhole ? this.#whole() : (this.#queues() ?? this.#whole());
    const { user, system } = process.cpuUsage(before);
    // The first time also those tables are read in which the ports are not.
    const pause = this.#isFirst ? 0 : (user + system) / 1000 / MOST_SHARE;
    this.#isFirst = false;
    this.#next = now + pause;
    if (!Number.isNaN(found.connections)) this.#nextWhole = now + Math.max(WHOLE_EVERY_MS, pause);
    return found;
  }

  #whole(): Pick<PortTraffic, 'connections' | 'unaccepted'> {
    // Where the ports are in one of the tables, their connections are in it too.
    const files = this.#tables.length > 0 ? this.#tables.map(({ file }) => file) : TABLES;
    const all = files.map((file) => {
      const table = readProcFile(file) ?? '';
      return { file, listening: listeningPart(table), ...portTraffic(table, this.#ports) };
    });
    this.#tables = all.filter(({ listeners }) => listeners > 0);
    return { connections: total(all, 'connections'), unaccepted: total(all, 'unaccepted') };
  }

  /** Null where others have begun to listen, so that what was read may end before the target's sockets. */
  #queues(): Pick<PortTraffic, 'connections' | 'unaccepted'> | null {
    const all = this.#tables.map(({ file, listening }) =>
      portTraffic(readProcFile(file, listening) ?? '', this.#ports),
    );
    if (all.some(({ listeners }, index) => listeners !== this.#tables[index]!.listeners)) return null;
    return { connections: Number.NaN, unaccepted: total(all, 'unaccepted') };
  }
}

function total(all: readonly PortTraffic[], of: keyof PortTraffic): number {
  return all.reduce((sum, traffic) => sum + traffic[of], 0);
}
