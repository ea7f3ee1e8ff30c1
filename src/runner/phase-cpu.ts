import type { RunClock } from '../runs/clock.ts';
import type { Phase } from '../runs/request-table.ts';
import type { RunLog } from '../runs/run-log.ts';

/** Logs how much CPU this process, which is the generator, used in each phase. */
export class PhaseCpu {
  readonly #clock: RunClock;
  readonly #log: RunLog;
  #current: { phase: Phase; used: NodeJS.CpuUsage; since: number } | null = null;

  constructor(clock: RunClock, log: RunLog) {
    this.#clock = clock;
    this.#log = log;
  }

  enter(phase: Phase): void {
    this.end();
    this.#current = { phase, used: process.cpuUsage(), since: this.#clock.now() };
  }

  end(): void {
    if (this.#current === null) return;
    const { phase, used, since } = this.#current;
    const { user, system } = process.cpuUsage(used);
    const cores = (user + system) / 1000 / Math.max(1, this.#clock.now() - since);
    this.#log.event({ type: 'cpu', phase, cores });
    this.#current = null;
  }
}
