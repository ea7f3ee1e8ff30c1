import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listening, listen } from './answering-server.ts';

/** What a batch of b rows takes: `base` + `each` × b ms, and `paging` × (b − `fits`) ms more for what does not fit. */
export interface BatchCost {
  readonly base: number;
  readonly each: number;
  /** Rows that fit into memory. */
  readonly fits: number;
  readonly paging: number;
}

/**
 * A server that works on one request at a time, and whose best batch is known: rows a second rise with the batch up to `fits`, and fall
 * beyond. It takes `{"instances": […]}` at `/v1/models/known:predict`, and says how it spent its time by `Server-Timing`.
 */
export async function startBatchingServer(cost: BatchCost): Promise<Listening> {
  let working: Promise<void> = Promise.resolve();
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const came = performance.now();
    const { instances } = JSON.parse(Buffer.concat(chunks).toString()) as { instances: unknown[] };
    const turn = working.then(async () => {
      const began = performance.now();
      await sleep(batchTime(cost, instances.length));
      const timing = `queue;dur=${began - came}, inference;dur=${performance.now() - began}`;
      response.writeHead(200, { 'content-type': 'application/json', 'server-timing': timing });
      response.end(JSON.stringify({ predictions: instances.map(() => 0) }));
    });
    working = turn.catch(() => {});
    await turn;
  });
  return listen(server);
}

/** Ms for a batch of so many rows. */
export function batchTime({ base, each, fits, paging }: BatchCost, rows: number): number {
  return base + each * rows + paging * Math.max(0, rows - fits);
}
