import { OUTCOMES, type RequestTable } from '../../runs/request-table.ts';
import type { RunDocument } from '../../runs/run-document.ts';
import { Floats } from './floats.ts';
import { latencyOf } from './tally.ts';

const OK = OUTCOMES.indexOf('ok');

/** What a server says in its answers that it took for them. */
export class ServerTimes {
  readonly #queue = new Floats();
  readonly #compute = new Floats();

  add({ details, outcome }: RequestTable, row: number): void {
    if (details === null || outcome[row] !== OK) return;
    const [queue, compute] = [details.serverQueue[row]!, details.serverCompute[row]!];
    if (!Number.isNaN(queue)) this.#queue.push(queue);
    if (!Number.isNaN(compute)) this.#compute.push(compute);
  }

  /** Undefined where it said nothing. */
  figures(): RunDocument['server'] {
    const [queue, compute] = [this.#queue, this.#compute].map((times) => latencyOf(times.values.slice().sort()));
    return queue!.count + compute!.count === 0 ? undefined : { queue: queue!, compute: compute! };
  }
}
