import {
  DETAIL_COLUMNS,
  DETAIL_WIDTH,
  type DetailValues,
  OUTCOMES,
  type Outcome,
  PHASES,
  REQUEST_WIDTH,
} from '../../runs/request-table.ts';
import type { Exchange } from '../http/exchange.ts';
import type { DueRequest } from './due-request.ts';
import { PackedNumbers } from './packed-numbers.ts';

/** Collects ended requests as packed rows. */
export class RowBatch {
  readonly #rows = new PackedNumbers(REQUEST_WIDTH);
  readonly #details: PackedNumbers | null;

  /** @param keepsDetails whether every row has its details, known or not */
  constructor(keepsDetails: boolean) {
    this.#details = keepsDetails ? new PackedNumbers(DETAIL_WIDTH) : null;
  }

  /** @param group number of the answer's group; NaN where it has none @param details null: nothing is known */
  add(
    request: DueRequest,
    outcome: Outcome,
    exchange: Exchange | null,
    group: number,
    details: DetailValues | null,
  ): void {
    const { due } = request;
    let at = this.#rows.begin();
    const rows = this.#rows.numbers;
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
    if (this.#details !== null) this.#addDetails(this.#details, details);
  }

  #addDetails(packed: PackedNumbers, details: DetailValues | null): void {
    const from = packed.begin();
    const { numbers } = packed;
    DETAIL_COLUMNS.forEach((name, index) => {
      numbers[from + index] = details === null ? NaN : details[name];
    });
  }

  /** What was collected since the last call; empty when nothing. */
  take(): { readonly rows: Float64Array; readonly details: Float64Array | null } {
    return { rows: this.#rows.take(), details: this.#details?.take() ?? null };
  }
}
