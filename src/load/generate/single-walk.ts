import { setTimeout as sleep } from 'node:timers/promises';
import type { Addresses } from '../http/transport.ts';
import { Transport } from '../http/transport.ts';
import type { Plan } from '../plan/plan.ts';
import type { PreparedScenario } from '../scenario/prepared-scenario.ts';
import type { IterationValues } from '../scenario/values.ts';
import { Iteration, type StepEnd } from './iteration.ts';
import { Sender } from './sender.ts';

const EXPIRE_EVERY_MS = 10;

/** Walks through scenarios one at a time, over one connection to each origin: for the preflight and the set-up. */
export class SingleWalk {
  readonly #transport: Transport;
  readonly #sender: Sender;
  readonly #requireOrigin: (origin: string) => void;

  /** Throws a `PlanError` where a certificate or key cannot be read. @param requireOrigin throws where load may not go */
  constructor(plan: Plan, addresses: Addresses, requireOrigin: (origin: string) => void) {
    this.#transport = new Transport(plan.target, addresses, plan.timeout);
    const { redirects } = plan.target;
    const options = { connections: 1, streams: () => 1, redirects, now: () => performance.now() };
    this.#sender = new Sender(this.#transport, options, plan.timeout, { generator: 0, generators: 1, trace: null });
    this.#requireOrigin = requireOrigin;
  }

  /** By origin, what the last connection to it agreed to speak. */
  get protocols(): Transport['protocols'] {
    return this.#transport.protocols;
  }

  /** Resolves to how each step went, up to the first that failed; rejects where `signal` aborts. */
  async walk(scenario: PreparedScenario, values: IterationValues, signal: AbortSignal): Promise<StepEnd[]> {
    const ends: StepEnd[] = [];
    let over = false;
    const iteration = new Iteration(values.index, 'warmup', 1, scenario, {
      sender: this.#sender,
      thinking: new Set(),
      now: () => performance.now(),
      valuesOf: () => values,
      requireOrigin: this.#requireOrigin,
      stepDue: () => {},
      stepEnded: (end) => ends.push(end),
      iterationEnded: () => {
        over = true;
      },
    });
    iteration.begin(performance.now());
    while (!over) {
      if (signal.aborted) {
        iteration.interrupt();
        this.#sender.interrupt();
        signal.throwIfAborted();
      }
      this.#sender.expire();
      await sleep(EXPIRE_EVERY_MS);
    }
    return ends;
  }

  close(): void {
    this.#sender.close();
  }
}
