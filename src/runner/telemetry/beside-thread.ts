import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TransferListItem, Worker } from 'node:worker_threads';

/** The load waits no longer for a thread to be ready. */
const FIRST_MS = 2000;
/** From asking for the end to going without it. */
const LAST_MS = 3000;
/** What a thread keeps in memory is small; what makes it large is the end of the thread and not of the run. */
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32 };

/** A thread that watches something beside the load. That it fails is told, and is the end of the thread alone. */
export class BesideThread<In, Out> {
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  #isReady: () => void = () => {};
  #failure: string | null = null;

  /** @param program its bundle @param data what it begins with */
  constructor(program: string, data: unknown, hear: (message: Out) => void) {
    this.#worker = new Worker(program, { workerData: data, resourceLimits: LIMITS });
    this.#ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    this.#worker.on('message', hear);
    this.#worker.on('error', (error) => {
      this.#failure = error.message;
      this.#isReady();
    });
    this.#worker.on('exit', () => this.#isReady());
  }

  /** What it failed of; null while it has not. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Whoever hears that it is ready says so. */
  ready(): void {
    this.#isReady();
  }

  /** Resolves when it is ready or has ended, or has taken too long for that. */
  async begun(): Promise<void> {
    await Promise.race([this.#ready, sleep(FIRST_MS, undefined, { ref: false })]);
  }

  post(message: In, handedOver: readonly TransferListItem[] = []): void {
    if (this.#failure === null) this.#worker.postMessage(message, [...handedOver]);
  }

  /** Asks it to end, and ends it where it does not. @param message that asks for it */
  async end(message: In): Promise<void> {
    if (this.#failure === null) {
      const ended = once(this.#worker, 'exit').catch(() => {});
      this.post(message);
      await Promise.race([ended, sleep(LAST_MS, undefined, { ref: false })]);
    }
    await this.#worker.terminate();
  }

  abandon(): void {
    void this.#worker.terminate();
  }
}
