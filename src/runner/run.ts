import path from 'node:path';
import type { FromLoadWorker } from '../load/messages.ts';
import { checkPlan, gentleLoad, PlanError, type ResolvedPlan, resolvePlan } from '../load/plan.ts';
import { PreflightError, preflight } from '../load/preflight.ts';
import { Recorder } from '../load/recorder.ts';
import { SAMPLES_FILE, writeSamples } from '../profile/sample-parquet.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import { RunClock, takeOrigin } from '../runs/clock.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { createRunFolder, writeRunDocument } from '../runs/run-folder.ts';
import { RunLog } from '../runs/run-log.ts';
import { conclude, type Measured, readMeasured, settle } from './conclude.ts';
import { GpuTelemetry } from './gpu-telemetry.ts';
import { LoadThread } from './load-thread.ts';
import { type FromRunner, RunnerError, type RunRequest } from './messages.ts';
import { newDocument, type RunStart } from './new-document.ts';
import { requirePermission } from './permission.ts';
import { PhaseCpu } from './phase-cpu.ts';
import { Profiling } from './profiling.ts';
import { disturbance, findSlowLines, withFindings } from './slow-lines.ts';
import { StartedTarget } from './started-target.ts';
import { readProcess, type TargetProcess } from './target-process.ts';

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
  readonly #profiling = new Profiling();
  readonly #gpu: GpuTelemetry;
  #target: StartedTarget | null = null;
  #thread: LoadThread | null = null;
  #stopped = false;

  constructor(request: RunRequest, dist: string, post: (message: FromRunner) => void) {
    this.#request = request;
    this.#dist = dist;
    this.#gpu = new GpuTelemetry(request.gpu);
    this.#post = post;
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort(new RunnerError(130, 'Stopped before any load was sent.'));
    this.#thread?.post({ type: 'stop', grace: GRACE_AFTER_STOP_MS });
    // A profiler takes a while to hand over what it has, which may be more than the last moments allow: it begins now.
    if (this.#profiling.profiler !== null) void this.#profiling.end();
  }

  /** Leaves nothing running, whatever is lost by it. For the moment the process ends. */
  abandon(): void {
    this.#profiling.abandon();
    this.#gpu.abandon();
    this.#target?.kill();
  }

  /** Rejects with a {@link RunnerError}. */
  async execute(): Promise<{ folder: string; document: RunDocument }> {
    const plan = this.#checkedPlan();
    await this.#gpu.check();
    try {
      if (this.#request.start !== null) await this.#startTarget(this.#request.start, plan.target.url);
      const listener = await requirePermission(new URL(plan.target.url), this.#request.allowRemote);
      this.#post({ type: 'stage', text: 'Preflight' });
      const answer = await this.#preflight(plan);
      return await this.#measure(resolvePlan(plan, gentleLoad(answer.ms)), answer, listener);
    } finally {
      await this.#target?.stop();
    }
  }

  async #measure(
    plan: ResolvedPlan,
    answer: RunStart['preflight'],
    listener: TargetProcess | null,
  ): Promise<{ folder: string; document: RunDocument }> {
    const { pid, cwd, out } = this.#request;
    const origin = takeOrigin();
    const folder = out ?? (await createRunFolder(cwd, new Date(origin.unixMs)));
    const target = pid === null ? listener : await readProcess(pid);
    const start: RunStart = { cwd, folder, plan, preflight: answer, target, origin };
    const document = newDocument(start);
    await writeRunDocument(folder, document);
    this.#post({ type: 'folder', folder });
    const recorder = new Recorder();
    const log = new RunLog(folder);
    await this.#gpu.start(folder);
    await this.#load(start, recorder, log);
    await log.close();
    const gpuTrouble = await this.#gpu.finish(folder, origin, new RunClock(origin).now());
    if (gpuTrouble !== null) document.notes.push(gpuTrouble);
    await writeAtomically(path.join(folder, 'latency.hlog'), recorder.toLog(origin.unixMs));
    const measured = await readMeasured(folder);
    const concluded = conclude(document, plan, measured, this.#stopped ? 'interrupted' : 'finished');
    const finished = await this.#findLines(concluded, start, measured);
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

  async #startTarget(command: string, url: string): Promise<void> {
    this.#post({ type: 'stage', text: 'Starting the target' });
    this.#target = new StartedTarget(command, this.#request.cwd);
    await this.#target.ready(this.#request.ready ?? new URL('/', url).href, this.#abort.signal);
  }

  async #preflight(plan: RunRequest['plan']): Promise<RunStart['preflight']> {
    try {
      return await preflight(plan, PATIENCE_MS, this.#abort.signal);
    } catch (error) {
      if (error instanceof PreflightError) throw new RunnerError(3, error.message);
      throw error;
    }
  }

  async #load(start: RunStart, recorder: Recorder, log: RunLog): Promise<void> {
    const { plan, origin } = start;
    const clock = new RunClock(origin);
    const cpu = new PhaseCpu(clock, log);
    const profiled = this.#request.profile === 'auto';
    const onMessage = (message: FromLoadWorker): void => {
      if (message.type === 'rows') {
        recorder.add(message.rows, message.inFlight);
        log.rows(message.rows);
      } else if (message.type === 'phase') {
        cpu.enter(message.phase);
        recorder.enter(message.phase, message.start);
        log.event(message);
      } else if (message.type === 'failure') {
        log.event({ type: 'failure', kind: message.outcome, text: message.text });
      } else if (message.type === 'drained') {
        // The unprofiled figures are complete only when nothing of that phase is under way any more.
        if (profiled && message.phase === 'measured' && !this.#stopped) void this.#profile(start);
      } else {
        cpu.end();
        log.event(message);
      }
    };
    const worker = path.join(this.#dist, 'load-worker.cjs');
    const thread = new LoadThread(worker, { plan, origin, profiled }, onMessage);
    this.#thread = thread;
    if (this.#stopped) this.stop();
    const asked = plan.load.model === 'open' ? plan.load.rate : null;
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

  async #profile({ cwd, folder, origin, target, plan }: RunStart): Promise<void> {
    const { inspect } = this.#request;
    const seconds = (plan.duration + plan.timeout) / 1000;
    const began = await this.#profiling.begin({ inspect, target, cwd, folder, origin, seconds });
    this.#thread?.post(began ? { type: 'profile' } : { type: 'stop', grace: GRACE_AFTER_STOP_MS });
  }

  async #findLines(document: RunDocument, { folder, plan, cwd }: RunStart, measured: Measured): Promise<RunDocument> {
    if (this.#request.profile === 'off') return document;
    this.#post({ type: 'stage', text: 'Finding the slow lines' });
    const capture = await this.#profiling.end();
    const { profiler, trouble } = this.#profiling;
    if (capture === null || profiler === null) {
      return { ...document, findingsNote: trouble ?? 'The run ended before anything was profiled.' };
    }
    await writeSamples(path.join(folder, SAMPLES_FILE), capture.profile);
    const { kind, raw } = profiler;
    const samples = capture.profile.samples.stack.length;
    const withProfile = { ...document, profile: { kind, raw, samples, clockError: capture.clockError } };
    const found = findSlowLines(capture.profile, capture.clockError, measured.table, measured.phases, plan, cwd);
    return withFindings(withProfile, found, disturbance(measured.table));
  }
}
