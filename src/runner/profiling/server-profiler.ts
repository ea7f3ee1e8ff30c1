import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'undici';
import { type Addresses, Transport } from '../../load/http/transport.ts';
import type { Target } from '../../load/plan/plan.ts';

/** Inside the run's folder; SGLang writes where it is told to. */
export const SERVER_PROFILE_FOLDER = 'server-profile';
/** A trace of kernels grows by many MB a second, and what it costs the server with it. */
const LONGEST_MS = 10_000;
const START_MS = 30_000;
/** vLLM answers once it has written its trace. */
const STOP_MS = 180_000;

/**
 * The profiler that vLLM and SGLang have in them, in one run: begun and ended by `POST /start_profile` and `/stop_profile`, after 10 s at the
 * latest. It never fails the run: what went wrong is {@link ServerProfiler.trouble}.
 */
export class ServerProfiler {
  readonly #client: Client;
  readonly #folder: string;
  #timer: NodeJS.Timeout | null = null;
  #begun = false;
  #stopping: Promise<void> | null = null;
  #trouble: string | null = null;

  /** @param origin of the server @param folder of the run, absolute */
  constructor(target: Target, addresses: Addresses, origin: string, folder: string) {
    // Whoever reads what a socket brought keeps it for a while: its buffer must not be used again.
    this.#client = new Transport(target, addresses, START_MS).open(origin, 1, () => true);
    this.#folder = path.join(folder, SERVER_PROFILE_FOLDER);
  }

  /** What went wrong, as a sentence; null where nothing did. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Resolves to whether the server profiles itself. */
  async begin(): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true });
    // What the request began is to be ended also where its answer was lost.
    this.#begun = true;
    const fault = await this.#post('/start_profile', START_MS);
    if (fault === null) {
      this.#timer = setTimeout(() => void this.end(), LONGEST_MS);
      return true;
    }
    this.#trouble = `The server does not profile itself: POST /start_profile ${fault}. vLLM has to be started with --profiler-config (before 0.13 with VLLM_TORCH_PROFILER_DIR).`;
    return false;
  }

  /** Ends it, once, and waits for the server to write. */
  end(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** What the server wrote into the run's folder, relative to that. */
  async files(): Promise<string[]> {
    const files = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return files
      .filter((file) => file.isFile())
      .map((file) =>
        path.join(SERVER_PROFILE_FOLDER, path.relative(this.#folder, path.join(file.parentPath, file.name))),
      )
      .sort();
  }

  async #stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#begun) {
      const fault = await this.#post('/stop_profile', STOP_MS);
      if (fault !== null) this.#trouble ??= `The server may still profile itself: POST /stop_profile ${fault}.`;
    }
    await this.#client.destroy().catch(() => {});
  }

  /** Resolves to the end of a sentence; null where it went well. */
  async #post(route: string, timeout: number): Promise<string | null> {
    try {
      const { statusCode, body } = await this.#client.request({
        path: route,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'tailflame' },
        // vLLM does not look at it.
        body:
          route === '/start_profile' ? JSON.stringify({ output_dir: this.#folder, activities: ['CPU', 'GPU'] }) : '',
        headersTimeout: timeout,
        bodyTimeout: timeout,
      });
      await body.dump();
      return statusCode < 300 ? null : `answered ${statusCode}`;
    } catch (error) {
      return `failed: ${(error as Error).message}`;
    }
  }
}
