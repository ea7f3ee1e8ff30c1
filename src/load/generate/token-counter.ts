import { Worker } from 'node:worker_threads';

export interface CountRequest {
  readonly id: number;
  /** The `tokenizer.json`, absolute. */
  readonly file: string;
  readonly text: string;
}

export type CountAnswer =
  | { readonly id: number; readonly tokens: number }
  /** @param failed a sentence for people */
  | { readonly id: number; readonly failed: string };

/** Counts the tokens of texts with a model's own tokenizer, on another thread, which is there only once there is something to count. */
export class TokenCounter {
  readonly #program: string;
  readonly #failed: (text: string) => void;
  readonly #waiting = new Map<number, (tokens: number) => void>();
  #worker: Worker | null = null;
  #count = 0;

  /** @param program the bundle of `count-tokens.ts` @param failed told each time it cannot count, with a sentence */
  constructor(program: string, failed: (text: string) => void) {
    this.#program = program;
    this.#failed = failed;
  }

  /** @param counted called with the number, later */
  count(file: string, text: string, counted: (tokens: number) => void): void {
    const id = this.#count++;
    this.#waiting.set(id, counted);
    this.#worker ??= this.#start();
    const request: CountRequest = { id, file, text };
    this.#worker.postMessage(request);
  }

  close(): void {
    void this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    worker.on('message', (answer: CountAnswer) => {
      const counted = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('failed' in answer) this.#failed(answer.failed);
      else counted?.(answer.tokens);
    });
    worker.on('error', (error) => this.#failed(`Tokens cannot be counted: ${error.message}.`));
    return worker;
  }
}
