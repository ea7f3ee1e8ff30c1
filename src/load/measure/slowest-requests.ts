/** A request by its marks, ms on the run's clock, NaN where the moment never came; `phase` and `step` by their index. */
export interface MarkedRequest {
  readonly phase: number;
  readonly step: number;
  readonly status: number;
  readonly intended: number;
  readonly dispatched: number;
  readonly acquired: number;
  readonly sent: number;
  readonly firstByte: number;
  /** Of streams: the first and the last chunk that had something in it. */
  readonly firstContent: number;
  readonly lastContent: number;
  readonly end: number;
}

/** The slowest of all that it is told of, by latency from the intended start. */
export class SlowestRequests {
  readonly #most: number;
  /** The slowest first. */
  readonly #slowest: MarkedRequest[] = [];
  #least = Number.NEGATIVE_INFINITY;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a request of that latency (ms) is among them as things stand: asked before one is made, since hardly any is. */
  wants(latency: number): boolean {
    return latency > this.#least;
  }

  add(request: MarkedRequest): void {
    const latency = latencyOf(request);
    if (!this.wants(latency)) return;
    const after = this.#slowest.findIndex((other) => latencyOf(other) < latency);
    this.#slowest.splice(after < 0 ? this.#slowest.length : after, 0, request);
    if (this.#slowest.length > this.#most) this.#slowest.pop();
    if (this.#slowest.length === this.#most) this.#least = latencyOf(this.#slowest.at(-1)!);
  }

  get list(): readonly MarkedRequest[] {
    return this.#slowest;
  }
}

function latencyOf({ end, intended }: MarkedRequest): number {
  return end - intended;
}
