import { readdirSync, readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import type { HealthSample } from '../../runs/health-sample.ts';

/** Watches the process that sends. */
export class GeneratorHealth {
  readonly #observer: PerformanceObserver;
  readonly #descriptorLimit = descriptorLimit();
  #gcTotal = 0;
  #gcMax = 0;
  #turnedAt = Number.POSITIVE_INFINITY;
  #stall = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#gcTotal += duration;
        this.#gcMax = Math.max(this.#gcMax, duration);
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** The sending thread has its turn. @param now run time, ms @param longest that may lie between two turns, ms */
  turned(now: number, longest: number): void {
    this.#stall = Math.max(this.#stall, now - this.#turnedAt - longest);
    this.#turnedAt = now;
  }

  /** @param flown ms that all requests together have been in flight */
  sample(at: number, opened: number, flown: number): HealthSample {
    const { user, system } = process.cpuUsage();
    const [ran, waited] = scheduling();
    const [gcMax, stall] = [this.#gcMax, this.#stall];
    this.#gcMax = 0;
    this.#stall = 0;
    return {
      at,
      cpu: (user + system) / 1000,
      ran,
      waited,
      gcTotal: this.#gcTotal,
      gcMax,
      stall,
      fds: this.#descriptors(),
      ports: localPorts(),
      opened,
      flown,
    };
  }

  close(): void {
    this.#observer.disconnect();
  }

  #descriptors(): HealthSample['fds'] {
    const limit = this.#descriptorLimit;
    if (limit === null) return null;
    try {
      return { used: readdirSync('/proc/self/fd').length, limit };
    } catch {
      return null;
    }
  }
}

/** `/proc/self/schedstat` tells of the process's first thread, which is the one that sends: ns on a core, ns ready without one. */
function scheduling(): [number | null, number | null] {
  const [ran, waited] = read('/proc/self/schedstat').split(' ').map(Number);
  return ran === undefined || waited === undefined || Number.isNaN(ran) ? [null, null] : [ran / 1e6, waited / 1e6];
}

/** Does not change while a process runs. Null where the system does not tell. */
function descriptorLimit(): number | null {
  const limit = /^Max open files\s+(\d+)/m.exec(read('/proc/self/limits'))?.[1];
  return limit === undefined ? null : Number(limit);
}

/** Sockets in use, of IPv4 and IPv6, and in TIME_WAIT, which keep their local port, against the range the kernel hands out. */
function localPorts(): HealthSample['ports'] {
  const range = read('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/).map(Number);
  const [, used, waiting] = /^TCP: inuse (\d+).* tw (\d+)/m.exec(read('/proc/net/sockstat')) ?? [];
  if (range.length !== 2 || used === undefined) return null;
  // Those in TIME_WAIT are of both in the one number.
  const used6 = /^TCP6: inuse (\d+)/m.exec(read('/proc/net/sockstat6'))?.[1] ?? 0;
  return { used: Number(used) + Number(used6) + Number(waiting), available: range[1]! - range[0]! + 1 };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
