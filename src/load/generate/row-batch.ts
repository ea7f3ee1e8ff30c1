import type { Outcome } from '../../runs/request-table.ts';
import { OUTCOMES, PHASES, REQUEST_WIDTH } from '../../runs/request-table.ts';
import type { Exchange } from '../http/exchange.ts';
import type { DueRequest } from './due-request.ts';

const INITIAL_ROWS = 1024;

/** Collects ended requests as packed rows, to be handed on without a copy. */
export class RowBatch {
  #rows = new Float64Array(INITIAL_ROWS * REQUEST_WIDTH);
  #used = 0;

  /** @param group number of the answer's group; NaN where it has none */
  add(request: DueRequest, outcome: Outcome, exchange: Exchange | null, group: number): void {
    const { due } = request;
    if (this.#used + REQUEST_WIDTH > this.#rows.length) {
      const larger = new Float64Array(this.#rows.length * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    const rows = this.#rows;
    let at = this.#used;
    // The order of REQUEST_COLUMNS.
    rows[at++] = request.id;
    rows[at++] = PHASES.indexOf(due.phase);
    rows[at++] = OUTCOMES.indexOf(outcome);
    rows[at++] = exchange?.status ?? 0;
    rows[at++] = exchange?.bytes ?? 0;
    rows[at++] = due.intended;
    rows[at++] = request.dispatched;
    rows[at++] = request.acquired;
    rows[at++] = exchange?.sent ?? NaN;
    rows[at++] = exchange?.firstByte ?? NaN;
    rows[at++] = exchange?.end ?? NaN;
    rows[at++] = due.step;
    rows[at++] = due.iteration;
    rows[at++] = group;
    this.#used = at;
  }

  /** What was collected since the last call; empty when nothing. */
  take(): Float64Array {
    const taken = this.#rows.slice(0, this.#used);
    this.#used = 0;
    return taken;
  }
}
