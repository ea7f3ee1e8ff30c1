import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listening, listen } from './answering-server.ts';

/*
 * A server of the Open Inference Protocol v2 with Triton's binary and statistics extensions, written from their documents. It answers 400
 * to whatever departs from them by a byte. Its one model, `sums`, takes `x` [-1, 3] FP32, `n` [-1, 1] INT64 and `t` [-1, 1] BYTES, and
 * gives `sum` [-1, 1] FP32, of x and n and the bytes of t. A dynamic batcher puts requests together.
 */

const BYTES_OF: Readonly<Record<string, number>> = { FP32: 4, INT64: 8 };
const MODEL = [
  { name: 'x', datatype: 'FP32', shape: [-1, 3] },
  { name: 'n', datatype: 'INT64', shape: [-1, 1] },
  { name: 't', datatype: 'BYTES', shape: [-1, 1] },
] as const;

export interface BatcherOptions {
  /** At most so many rows in one execution. */
  readonly maxRows: number;
  /** Ms the first request of a batch waits for others. */
  readonly delay: number;
  /** Ms an execution takes: base + each × rows. */
  readonly base: number;
  readonly each: number;
}

export interface TritonStub extends Listening {
  /** Why requests were refused, in order. */
  readonly faults: readonly string[];
  /** Rows of the requests that were answered. */
  readonly rows: readonly number[];
}

class Fault extends Error {}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Fault(what);
}

interface Tensor {
  readonly name: string;
  readonly rows: number;
  readonly values: readonly (number | bigint | string)[];
}

interface Parsed {
  readonly id: string | undefined;
  readonly tensors: readonly Tensor[];
  readonly rows: number;
  readonly binaryOutput: boolean;
}

const INFER = /^\/v2\/models\/sums(?:\/versions\/1)?\/infer$/;
const STATS = /^\/v2\/models\/sums(?:\/versions\/1)?\/stats$/;

export async function startTritonStub(options: BatcherOptions): Promise<TritonStub> {
  const faults: string[] = [];
  const rows: number[] = [];
  const batcher = new Batcher(options);
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const json = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (STATS.test(request.url!)) {
      json(200, batcher.statistics());
      return;
    }
    if (request.url === '/metrics') {
      json(404, { error: 'not here' });
      return;
    }
    try {
      demand(INFER.test(request.url!), `path ${request.url}`);
      demand(request.method === 'POST', `method ${request.method}`);
      const body = Buffer.concat(chunks);
      const parsed = read(request.headers, body);
      await batcher.execute(parsed.rows);
      rows.push(parsed.rows);
      answer(response, parsed);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error.message);
      json(400, { error: error.message });
    }
  });
  return { ...(await listen(server)), faults, rows };
}

function read(headers: http.IncomingHttpHeaders, body: Buffer): Parsed {
  demand(headers['content-length'] === String(body.length), 'Content-Length is not the length of the body');
  const written = headers['inference-header-content-length']?.toString();
  demand(written === undefined || /^[1-9]\d*$/.test(written), `Inference-Header-Content-Length "${written}"`);
  const length = written === undefined ? body.length : Number(written);
  demand(length <= body.length, 'Inference-Header-Content-Length is beyond the body');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf8', { fatal: true }).decode(body.subarray(0, length)));
  } catch {
    throw new Fault('the JSON does not end where it is said to end');
  }
  const request = keys(value, ['id', 'parameters', 'inputs', 'outputs'], 'request');
  demand(request['id'] === undefined || typeof request['id'] === 'string', 'id is no string');
  demand(Array.isArray(request['inputs']) && request['inputs'].length === MODEL.length, 'not the inputs of the model');
  let at = length;
  const tensors = request['inputs'].map((input: unknown, index): Tensor => {
    const expected = MODEL[index]!;
    const fields = keys(input, ['name', 'shape', 'datatype', 'parameters', 'data'], 'input');
    const { name, datatype } = expected;
    const { shape } = fields;
    demand(fields['name'] === name, `input "${String(fields['name'])}" instead of "${name}"`);
    demand(fields['datatype'] === datatype, `${name} is ${String(fields['datatype'])}`);
    demand(
      Array.isArray(shape) &&
        shape.length === 2 &&
        shape[1] === expected.shape[1] &&
        Number.isInteger(shape[0]) &&
        shape[0] > 0,
      `${name} has the shape ${JSON.stringify(shape)}`,
    );
    const count = (shape[0] as number) * (shape[1] as number);
    const size =
      fields['parameters'] === undefined
        ? undefined
        : keys(fields['parameters'], ['binary_data_size'], 'parameters')['binary_data_size'];
    if (size === undefined) {
      return { name, rows: shape[0] as number, values: elementsOf(fields['data'], shape as number[], datatype, name) };
    }
    demand(fields['data'] === undefined, `${name} has data and binary_data_size`);
    demand(written !== undefined, `${name} has binary_data_size and the request no Inference-Header-Content-Length`);
    demand(Number.isInteger(size) && at + (size as number) <= body.length, `${name} goes beyond the body`);
    const bytes = body.subarray(at, at + (size as number));
    at += size as number;
    return { name, rows: shape[0] as number, values: binaryOf(bytes, count, datatype, name) };
  });
  demand(at === body.length, `${body.length - at} bytes are left over`);
  const batch = tensors[0]!.rows;
  demand(
    tensors.every(({ rows }) => rows === batch),
    'the inputs have not as many rows each',
  );
  const outputs = request['outputs'];
  demand(outputs === undefined || (Array.isArray(outputs) && outputs.length === 1), 'not the outputs of the model');
  const output = outputs === undefined ? {} : keys((outputs as unknown[])[0], ['name', 'parameters'], 'output');
  demand(outputs === undefined || output['name'] === 'sum', `output "${String(output['name'])}"`);
  const wanted = output['parameters'] === undefined ? {} : keys(output['parameters'], ['binary_data'], 'parameters');
  return { id: request['id'], tensors, rows: batch, binaryOutput: wanted['binary_data'] === true };
}

function keys(value: unknown, known: readonly string[], what: string): Readonly<Record<string, unknown>> {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), `the ${what} is no object`);
  const other = Object.keys(value).find((key) => !known.includes(key));
  demand(other === undefined, `the ${what} has "${other}"`);
  return value as Readonly<Record<string, unknown>>;
}

function elementsOf(data: unknown, shape: readonly number[], datatype: string, name: string): (number | string)[] {
  demand(Array.isArray(data), `${name} has no data`);
  const nested = data.some(Array.isArray);
  if (nested) {
    demand(data.length === shape[0], `${name} has ${data.length} rows`);
    for (const row of data)
      demand(Array.isArray(row) && row.length === shape[1], `${name} has a row of another length`);
  }
  const flat = data.flat() as (number | string)[];
  demand(flat.length === shape[0]! * shape[1]!, `${name} has ${flat.length} elements for ${JSON.stringify(shape)}`);
  for (const element of flat) {
    const fits = datatype === 'BYTES' ? typeof element === 'string' : typeof element === 'number';
    demand(fits && (datatype !== 'INT64' || Number.isInteger(element)), `${name} has ${JSON.stringify(element)}`);
  }
  return flat;
}

function binaryOf(bytes: Buffer, count: number, datatype: string, name: string): (number | bigint | string)[] {
  if (datatype !== 'BYTES') {
    demand(bytes.length === BYTES_OF[datatype]! * count, `${name} has ${bytes.length} bytes for ${count} elements`);
    return Array.from({ length: count }, (_, at) =>
      datatype === 'FP32' ? bytes.readFloatLE(at * 4) : bytes.readBigInt64LE(at * 8),
    );
  }
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    demand(at + 4 <= bytes.length, `${name} ends within a length`);
    const end = at + 4 + bytes.readUInt32LE(at);
    demand(end <= bytes.length, `${name} has an element beyond its end`);
    texts.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  demand(texts.length === count, `${name} has ${texts.length} elements instead of ${count}`);
  return texts;
}

function answer(response: http.ServerResponse, { id, tensors, rows, binaryOutput }: Parsed): void {
  const [x, n, t] = tensors;
  const sums = Float32Array.from({ length: rows }, (_, row) => {
    const floats = x!.values.slice(row * 3, row * 3 + 3).map(Number);
    return floats.reduce((a, b) => a + b) + Number(n!.values[row]) + Buffer.byteLength(String(t!.values[row]));
  });
  const bytes = Buffer.from(sums.buffer);
  const content = binaryOutput ? { parameters: { binary_data_size: bytes.length } } : { data: [...sums] };
  const value = {
    ...(id === undefined ? {} : { id }),
    model_name: 'sums',
    model_version: '1',
    outputs: [{ name: 'sum', datatype: 'FP32', shape: [rows, 1], ...content }],
  };
  const head = Buffer.from(JSON.stringify(value));
  if (binaryOutput) {
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(head.length),
    });
    response.end(Buffer.concat([head, bytes]));
  } else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(head);
  }
}

interface Waiting {
  readonly rows: number;
  readonly came: number;
  done(): void;
}

/** Executes requests together, one batch at a time, and counts as Triton does, ns. */
class Batcher {
  readonly #options: BatcherOptions;
  #waiting: Waiting[] = [];
  #running = false;
  #requests = 0;
  #rows = 0;
  #executions = 0;
  #queueNs = 0;
  #inferNs = 0;
  readonly #bySize = new Map<number, { count: number; ns: number }>();

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  execute(rows: number): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ rows, came: performance.now(), done });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    const { maxRows, delay, base, each } = this.#options;
    while (this.#waiting.length > 0) {
      await sleep(delay);
      const batch: Waiting[] = [];
      let rows = 0;
      while (this.#waiting.length > 0 && (batch.length === 0 || rows + this.#waiting[0]!.rows <= maxRows)) {
        const next = this.#waiting.shift()!;
        rows += next.rows;
        batch.push(next);
      }
      const began = performance.now();
      await sleep(base + each * rows);
      const ns = Math.round((performance.now() - began) * 1e6);
      this.#executions++;
      this.#rows += rows;
      this.#requests += batch.length;
      this.#queueNs += batch.reduce((sum, { came }) => sum + Math.round((began - came) * 1e6), 0);
      this.#inferNs += ns * batch.length;
      const size = this.#bySize.get(rows) ?? { count: 0, ns: 0 };
      this.#bySize.set(rows, { count: size.count + 1, ns: size.ns + ns });
      for (const { done } of batch) done();
    }
    this.#running = false;
  }

  statistics(): unknown {
    const of = (ns: number) => ({ count: this.#requests, ns });
    return {
      model_stats: [
        {
          name: 'sums',
          version: '1',
          last_inference: 0,
          inference_count: this.#rows,
          execution_count: this.#executions,
          inference_stats: {
            success: of(this.#queueNs + this.#inferNs),
            fail: { count: 0, ns: 0 },
            queue: of(this.#queueNs),
            compute_input: of(0),
            compute_infer: of(this.#inferNs),
            compute_output: of(0),
            cache_hit: { count: 0, ns: 0 },
            cache_miss: { count: 0, ns: 0 },
          },
          batch_stats: [...this.#bySize].map(([batch_size, { count, ns }]) => ({
            batch_size,
            compute_input: { count, ns: 0 },
            compute_infer: { count, ns },
            compute_output: { count, ns: 0 },
          })),
        },
      ],
    };
  }
}
