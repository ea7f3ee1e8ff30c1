import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveSnapshot } from '../load/measure/recorder.ts';
import type { Plan, ResolvedPlan } from '../load/plan/plan.ts';
import { RunnerClient } from '../runner/client.ts';
import { type FromRunner, RunnerError, type RunRequest } from '../runner/messages.ts';
import { openRequests, openRun } from '../runner/opened/open-run.ts';
import { ATTRIBUTION_VARIABLE, AttributionFolder } from '../runner/profiling/attribution-folder.ts';
import { startTarget } from '../runner/target/start-target.ts';
import type { StartedTarget } from '../runner/target/started-target.ts';
import type { RequestTable } from '../runs/request-table.ts';
import type { RunDocument, SearchFacts } from '../runs/run-document.ts';

/** How a search or a sweep goes, to be shown while it does. */
export type SearchEvent =
  | { readonly type: 'stage'; readonly text: string }
  | { readonly type: 'begins'; readonly label: string }
  | { readonly type: 'live'; readonly label: string; readonly snapshot: LiveSnapshot };

/** A run that was made for a question, to its end. */
export interface MadeRun {
  readonly folder: string;
  readonly document: RunDocument;
  readonly plan: ResolvedPlan;
  readonly requests: RequestTable;
  /** Whether it was stopped because more was under way than {@link ProbeRunner.run} was told to bear. */
  readonly overwhelmed: boolean;
  /** What all of it took, ms. */
  readonly took: number;
}

/** What is kept of a run once it was read: its requests may be millions. */
export type KeptRun = Omit<MadeRun, 'folder' | 'requests'>;

export function keptRun({ document, plan, overwhelmed, took }: MadeRun): KeptRun {
  return { document, plan, overwhelmed, took };
}

/** A server that had to be given up on gets no longer than this to work off what it was sent. */
const LONGEST_REST_MS = 5000;
/** Looks in a row, half a second apart, at which too much has to be under way: a server may stall for a moment. */
const OVER_FOR = 3;
/** A run that was asked to end and has not by then is given up on. */
const PATIENCE_MS = 5000;

/** Makes runs of one plan with changes, one after the other, each in its folder. A target that it starts stays on between them. */
export class ProbeRunner {
  readonly #dist: string;
  readonly #request: RunRequest;
  readonly #kind: SearchFacts['kind'];
  readonly #id: string;
  readonly #onEvent: (event: SearchEvent) => void;
  readonly #abort = new AbortController();
  /** A second signal ends this process at once, without {@link close}. */
  readonly #abandon = (): void => this.#attribution?.abandon();
  #attribution: AttributionFolder | null = null;
  #target: StartedTarget | null = null;
  #client: RunnerClient | null = null;

  /** @param dist the folder of the bundles @param request whose plan the runs are made from @param id of the search, where others make runs for it too */
  constructor(
    dist: string,
    request: RunRequest,
    kind: SearchFacts['kind'],
    onEvent: (event: SearchEvent) => void,
    id = randomBytes(6).toString('hex'),
  ) {
    this.#id = id;
    this.#dist = dist;
    this.#request = request;
    this.#kind = kind;
    this.#onEvent = onEvent;
  }

  get stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Starts the target where the request asks for that. Rejects with a {@link RunnerError}. */
  async open(): Promise<void> {
    const { start, plan } = this.#request;
    if (start === null) return;
    this.#onEvent({ type: 'stage', text: 'Starting the target' });
    const environment: Record<string, string> = {};
    if (plan.target.attribution) {
      // The runs find it in the target's environment.
      this.#attribution = await AttributionFolder.create();
      process.once('exit', this.#abandon);
      environment[ATTRIBUTION_VARIABLE] = this.#attribution.path;
    }
    this.#target = await startTarget(start, this.#request, environment, this.#abort.signal);
  }

  async close(): Promise<void> {
    await this.#target?.stop();
    await this.#attribution?.release();
    process.off('exit', this.#abandon);
  }

  /** Ends the run under way; what it measured is its result. There are no more after it. */
  stop(): void {
    this.#abort.abort(new RunnerError(130, 'Stopped before any load was sent.'));
    this.#client?.stop();
  }

  /**
   * One run. Rejects with a {@link RunnerError}.
   * @param bears at most so many requests under way, or it is stopped @param profile whether the target is profiled once it is measured
   */
  async run(plan: Plan, label: string, bears: number, profile: 'auto' | 'off' = 'off'): Promise<MadeRun> {
    this.#abort.signal.throwIfAborted();
    const began = performance.now();
    let overwhelmed = false;
    let over = 0;
    const onEvent = (event: FromRunner): void => {
      if (event.type === 'stage') this.#onEvent({ type: 'stage', text: `${label}: ${event.text}` });
      else if (event.type === 'live') {
        const { snapshot } = event;
        this.#onEvent({ type: 'live', label, snapshot });
        over = snapshot.inFlight > bears ? over + 1 : 0;
        if (over < OVER_FOR || overwhelmed) return;
        overwhelmed = true;
        client.stop();
      }
    };
    this.#onEvent({ type: 'begins', label });
    const search = { kind: this.#kind, id: this.#id, label };
    const request = { ...this.#request, plan, start: null, out: null, profile, search };
    const client = new RunnerClient(this.#dist, request, onEvent);
    this.#client = client;
    try {
      const { folder, document } = await this.#ended(client);
      const run = await openRun(folder);
      const requests = await openRequests(run);
      return { folder, document, plan: run.plan, requests, overwhelmed, took: performance.now() - began };
    } finally {
      this.#client = null;
    }
  }

  /** Until what was cut off is worked off, at the rate at which the server answered. @param most ms */
  async rest({ load }: RunDocument, most: number): Promise<void> {
    const backlog = (load.interrupted / Math.max(1, load.rate.got)) * 1000;
    const ms = Math.min(backlog, LONGEST_REST_MS, most);
    if (ms < 1) return;
    this.#onEvent({ type: 'stage', text: 'Letting the server work off what is left' });
    await sleep(ms, undefined, { signal: this.#abort.signal }).catch(() => {});
  }

  /** A runner that does not end when it is asked to must not keep its asker. */
  async #ended(client: RunnerClient): Promise<Awaited<RunnerClient['result']>> {
    const { signal } = this.#abort;
    const tooLong = new AbortController();
    const givenUp = new Promise<never>((_, reject) => {
      const wait = (): void => {
        sleep(PATIENCE_MS, undefined, { signal: tooLong.signal, ref: false }).then(
          () => {
            client.abandon();
            reject(new RunnerError(1, 'The runner did not end when it was asked to.'));
          },
          () => {},
        );
      };
      if (signal.aborted) wait();
      else signal.addEventListener('abort', wait, { once: true, signal: tooLong.signal });
    });
    givenUp.catch(() => {});
    try {
      return await Promise.race([client.result, givenUp]);
    } finally {
      tooLong.abort();
    }
  }
}
