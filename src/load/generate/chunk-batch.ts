import { CHUNK_WIDTH } from '../../runs/chunk-table.ts';
import { OUTCOMES, type Outcome, PHASES } from '../../runs/request-table.ts';
import type { StreamReading } from '../stream/stream-reading.ts';
import type { DueRequest } from './due-request.ts';
import { PackedNumbers } from './packed-numbers.ts';

/** Collects the chunks of streams that have ended as packed rows. */
export class ChunkBatch {
  readonly #chunks = new PackedNumbers(CHUNK_WIDTH);

  add({ id, due }: DueRequest, outcome: Outcome, { times, tokens }: StreamReading): void {
    const phase = PHASES.indexOf(due.phase);
    const code = OUTCOMES.indexOf(outcome);
    let before = NaN;
    for (const [index, time] of times.entries()) {
      let at = this.#chunks.begin();
      const { numbers } = this.#chunks;
      // The order of CHUNK_COLUMNS.
      numbers[at++] = id;
      numbers[at++] = phase;
      numbers[at++] = code;
      numbers[at++] = due.step;
      numbers[at++] = time;
      numbers[at++] = time - before;
      numbers[at] = tokens[index]!;
      before = time;
    }
  }

  /** What was collected since the last call; empty when nothing. */
  take(): Float64Array {
    return this.#chunks.take();
  }
}
