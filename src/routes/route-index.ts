import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './messages.ts';
import type { Route } from './route.ts';

interface Asked {
  readonly resolve: (routes: Route[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The routes of a workspace's sources, found in a worker thread. Nothing is parsed before routes are asked for, and the thread starts with
 * the first file.
 */
export class RouteIndex {
  readonly #program: string;
  #worker: Worker | null = null;
  #ids = 0;
  readonly #asked = new Map<number, Asked>();
  /** Called when the thread has ended and what it was told is gone with it. */
  onLost: () => void = () => {};

  /** `program` is the built worker, `dist/routes.cjs`. */
  constructor(program: string) {
    this.#program = program;
  }

  /** Takes a file, or a new version of one. Of a large file only what differs from the version before is parsed. */
  update(file: string, source: string): void {
    this.#send({ kind: 'update', file, source });
  }

  remove(file: string): void {
    if (this.#worker !== null) this.#send({ kind: 'remove', file });
  }

  /** The routes declared in one file, by line; more than one at a line where it is mounted under several prefixes. */
  routesOf(file: string): Promise<Route[]> {
    return this.#ask(file);
  }

  /** By file and line. Throws where the thread cannot go on; it starts again, empty, with the next update. */
  all(): Promise<Route[]> {
    return this.#ask(null);
  }

  dispose(): void {
    const worker = this.#worker;
    this.#lose('The index of routes is closed.');
    void worker?.terminate();
  }

  #ask(file: string | null): Promise<Route[]> {
    if (this.#worker === null) return Promise.resolve([]);
    const id = this.#ids++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#worker?.ref();
      this.#send({ kind: 'ask', id, file });
    });
  }

  #send(message: ToWorker): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    // Only whoever waits for an answer is kept from leaving.
    worker.unref();
    worker.on('message', (message: FromWorker) => this.#answered(message));
    worker.on('error', (error) => {
      if (worker !== this.#worker) return;
      this.#lose(`Routes could not be looked for: ${error.message}`);
      this.onLost();
    });
    return worker;
  }

  #answered(message: FromWorker): void {
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (this.#asked.size === 0) this.#worker?.unref();
    if (message.kind === 'routes') asked?.resolve([...message.routes]);
    else asked?.reject(new Error(`Routes could not be looked for: ${message.reason}`));
  }

  #lose(reason: string): void {
    this.#worker = null;
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
  }
}
