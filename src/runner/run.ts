import path from 'node:path';
import type { FromLoadWorker } from '../load/messages.ts';
import { checkPlan, gentleLoad, PlanError, type ResolvedPlan, resolvePlan } from '../load/plan.ts';
import { PreflightError, preflight } from '../load/preflight.ts';
import { Recorder } from '../load/recorder.ts';
import { withoutSecrets } from '../load/redaction.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import { RunClock, takeOrigin } from '../runs/clock.ts';
import type { Phase } from '../runs/request-table.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { createRunFolder, writeRunDocument } from '../runs/run-folder.ts';
import { RunLog } from '../runs/run-log.ts';
import { conclude, readMeasured, settle } from './conclude.ts';
import { describeEnvironment } from './environment.ts';
import { LoadThread } from './load-thread.ts';
import { type FromRunner, RunnerError, type RunRequest } from './messages.ts';

const LIVE_EVERY_MS = 250;
/** A target that nobody is asked to start gets this long to come up. */
const PATIENCE_MS = 1000;
const GRACE_AFTER_STOP_MS = 500;

/** One run, from its request to its folder. `stop` may be called at any time. */
export class Run {
  readonly #request: RunRequest;
  readonly #dist: string;
  readonly #post: (message: FromRunner) => void;
  readonly #abort = new AbortController();
  #thread: LoadThread | null = null;
  #stopped = false;

  constructor(request: RunRequest, dist: string, post: (message: FromRunner) => void) {
    this.#request = request;
    this.#dist = dist;
    this.#post = post;
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort(new RunnerError(130, 'Stopped before any load was sent.'));
    this.#thread?.post({ type: 'stop', grace: GRACE_AFTER_STOP_MS });
  }

  /** Rejects with a {@link RunnerError}. */
  async execute(): Promise<{ folder: string; document: RunDocument }> {
    const checked = this.#checkedPlan();
    this.#post({ type: 'stage', text: 'Preflight' });
    const answer = await this.#preflight(checked);
    const plan = resolvePlan(checked, gentleLoad(answer.ms));
    const origin = takeOrigin();
    const folder = this.#request.out ?? (await createRunFolder(this.#request.cwd, new Date(origin.unixMs)));
    const document = this.#newDocument(folder, plan, answer, origin);
    await writeRunDocument(folder, document);
    this.#post({ type: 'folder', folder });
    const recorder = new Recorder();
    const log = new RunLog(folder);
    await this.#load(plan, new RunClock(origin), recorder, log);
    await log.close();
    await writeAtomically(path.join(folder, 'latency.hlog'), recorder.toLog(origin.unixMs));
    const measured = await readMeasured(folder);
    const finished = conclude(document, plan, measured, this.#stopped ? 'interrupted' : 'finished');
    await settle(folder, finished, measured.table);
    return { folder, document: finished };
  }

  #checkedPlan(): RunRequest['plan'] {
    try {
      return checkPlan(this.#request.plan);
    } catch (error) {
      if (error instanceof PlanError) throw new RunnerError(2, error.message);
      throw error;
    }
  }

  async #preflight(plan: RunRequest['plan']): Promise<{ status: number; ms: number }> {
    try {
      return await preflight(plan, PATIENCE_MS, this.#abort.signal);
    } catch (error) {
      if (error instanceof PreflightError) throw new RunnerError(3, error.message);
      throw error;
    }
  }

  async #load(plan: ResolvedPlan, clock: RunClock, recorder: Recorder, log: RunLog): Promise<void> {
    const asked = plan.load.model === 'open' ? plan.load.rate : null;
    let phase: { name: Phase; cpu: NodeJS.CpuUsage; at: number } | null = null;
    const endPhase = (): void => {
      if (!phase) return;
      const used = process.cpuUsage(phase.cpu);
      const cores = (used.user + used.system) / 1000 / Math.max(1, clock.now() - phase.at);
      log.event({ type: 'cpu', phase: phase.name, cores });
    };
    const onMessage = (message: FromLoadWorker): void => {
      if (message.type === 'rows') {
        recorder.add(message.rows, message.inFlight);
        log.rows(message.rows);
      } else if (message.type === 'phase') {
        endPhase();
        phase = { name: message.phase, cpu: process.cpuUsage(), at: clock.now() };
        recorder.enter(message.phase, message.start);
        log.event(message);
      } else if (message.type === 'failure') {
        log.event({ type: 'failure', kind: message.outcome, text: message.text });
      } else if (message.type === 'done') {
        endPhase();
        log.event(message);
      }
    };
    const data = { plan, origin: clock.origin, profiled: false };
    const thread = new LoadThread(path.join(this.#dist, 'load-worker.cjs'), data, onMessage);
    this.#thread = thread;
    if (this.#stopped) this.stop();
    const live = setInterval(() => {
      this.#post({ type: 'live', snapshot: recorder.snapshot(clock.now(), asked) });
    }, LIVE_EVERY_MS);
    try {
      await thread.done;
    } finally {
      clearInterval(live);
      this.#thread = null;
    }
  }

  #newDocument(
    folder: string,
    plan: ResolvedPlan,
    answer: { status: number; ms: number },
    origin: RunDocument['clock'],
  ): RunDocument {
    const written = withoutSecrets(plan);
    const nothing = {
      count: 0,
      min: null,
      mean: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      max: null,
    };
    return {
      schema: 'tailflame.run/1',
      run: path.relative(this.#request.cwd, folder) || folder,
      verdict: { status: 'inconclusive', sentence: 'The run has not ended.', reasons: [] },
      load: {
        planned: null,
        dispatched: 0,
        completed: 0,
        failed: 0,
        dropped: 0,
        interrupted: 0,
        rate: { asked: null, got: 0 },
      },
      latency: nothing,
      profiled: null,
      errors: [],
      objectives: [],
      health: { lateness: { p50: null, p99: null }, poolWait: { p50: null, p99: null }, cpu: null },
      streaming: null,
      findings: [],
      findingsNote: null,
      state: 'running',
      startedAt: new Date(origin.unixMs).toISOString(),
      clock: origin,
      phases: [],
      target: { url: written.target.url, pid: null, runtime: null, preflight: answer },
      profile: null,
      plan: written,
      environment: describeEnvironment(),
      tailflame: TAILFLAME_VERSION,
    };
  }
}
