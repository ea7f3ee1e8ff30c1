import { Worker } from 'node:worker_threads';
import type { FromLoadWorker, LoadWorkerData, ToLoadWorker } from '../load/messages.ts';

/** The thread that sends. Everything slow (writing, profiling, counting) stays on the runner's own. */
export class LoadThread {
  readonly #worker: Worker;
  readonly #done: Promise<void>;

  constructor(file: string, data: LoadWorkerData, onMessage: (message: FromLoadWorker) => void) {
    this.#worker = new Worker(file, { workerData: data });
    this.#worker.on('message', onMessage);
    this.#done = new Promise((resolve, reject) => {
      this.#worker.on('error', reject);
      this.#worker.on('exit', () => resolve());
    });
  }

  /** Resolves when everything is answered or given up and all messages have come. */
  get done(): Promise<void> {
    return this.#done;
  }

  post(message: ToLoadWorker): void {
    this.#worker.postMessage(message);
  }
}
