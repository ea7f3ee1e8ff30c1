import { randomInt } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { multiplexedOrigins } from '../load/http/origins.ts';
import { Recorder } from '../load/measure/recorder.ts';
import { checkPlan } from '../load/plan/check-plan.ts';
import type { Plan } from '../load/plan/plan.ts';
import { forOneRun } from '../load/plan/plan-prompts.ts';
import { hasStreams } from '../load/plan/plan-steps.ts';
import { secretTexts } from '../load/plan/redaction.ts';
import { keepsDetails } from '../load/scenario/kept-details.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import { RunClock, takeOrigin } from '../runs/clock.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { createRunFolder, RUN_FILE, writeRunDocument } from '../runs/run-folder.ts';
import { CHUNK_LOG, EVENT_LOG, REQUEST_LOG, type RunEvent, RunLog } from '../runs/run-log.ts';
import { markRunner } from '../runs/runner-mark.ts';
import type { LabelledSeries } from '../telemetry/labelled-series.ts';
import { TELEMETRY_FILE, writeTelemetry } from '../telemetry/telemetry-parquet.ts';
import { asRequested } from './as-requested.ts';
import { generatorCapacity } from './calibration.ts';
import { type Circumstances, type Concluded, conclude, settle } from './conclude.ts';
import { Generators } from './generators.ts';
import { LiveTelling } from './live-telling.ts';
import { LoadIntake } from './load-intake.ts';
import { type FromRunner, RunnerError, type RunRequest } from './messages.ts';
import { newDocument, type RunStart } from './new-document.ts';
import { type Prepared, prepare } from './prepare.ts';
import { Attributing } from './profiling/attributing.ts';
import { LateLimit } from './profiling/late-limit.ts';
import { Looks } from './profiling/looks.ts';
import { profiledDocument } from './profiling/profiled-document.ts';
import { Profiling } from './profiling/profiling.ts';
import { ServerProfiler } from './profiling/server-profiler.ts';
import { objectiveLimit } from './profiling/slow-lines.ts';
import { SetUpRefresh } from './set-up-refresh.ts';
import { startTarget } from './target/start-target.ts';
import type { StartedTarget } from './target/started-target.ts';
import { TargetInspector } from './target/target-inspector.ts';
import { readProcess } from './target/target-process.ts';
import { targetStart } from './target/target-start.ts';
import { GpuTelemetry } from './telemetry/gpu-telemetry.ts';
import { LogTelemetry } from './telemetry/log-telemetry.ts';
import { MetricsTelemetry } from './telemetry/metrics-telemetry.ts';
import { OutgoingTelemetry } from './telemetry/outgoing-telemetry.ts';
import { TargetTelemetry } from './telemetry/target-telemetry.ts';
import { Telemetry } from './telemetry/telemetry.ts';

const GRACE_AFTER_STOP_MS = 500;
const RUNNER_NICENESS = 10;

/** How a load ended. */
interface LoadEnd {
  /** Whether all that was planned was sent, or the plan itself ended it. */
  readonly isWhole: boolean;
  /** Why a generator could not go on, as a sentence; null where all could. */
  readonly broken: string | null;
  /** What went wrong beside it, as a sentence; null where nothing did. */
  readonly trouble: string | null;
}

/** One run, from its request to its folder. `stop` may be called at any time. */
export class Run {
  readonly #request: RunRequest;
  readonly #dist: string;
  readonly #post: (message: FromRunner) => void;
  readonly #abort = new AbortController();
  readonly #profiling = new Profiling();
  readonly #gpu: GpuTelemetry;
  readonly #inspector: TargetInspector;
  #telemetry: Telemetry | null = null;
  #logs: LogTelemetry | null = null;
  #looks: Looks | null = null;
  #attributing: Attributing | null = null;
  #serverProfiler: ServerProfiler | null = null;
  #target: StartedTarget | null = null;
  #generators: Generators | null = null;
  #profileTrouble: string | null = null;
  #stopped = false;

  constructor(request: RunRequest, dist: string, post: (message: FromRunner) => void) {
    this.#request = request;
    this.#dist = dist;
    this.#gpu = new GpuTelemetry(request.gpu);
    this.#inspector = new TargetInspector(request.inspect);
    this.#post = post;
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort(new RunnerError(130, 'Stopped before any load was sent.'));
    this.#generators?.post({ type: 'stop', grace: GRACE_AFTER_STOP_MS });
    // A profiler takes a while to hand over what it has, which may be more than the last moments allow: it begins now.
    void this.#profiling.end();
    void this.#serverProfiler?.end();
  }

  /** Leaves nothing running, whatever is lost by it. For the moment the process ends. */
  abandon(): void {
    this.#generators?.kill();
    this.#profiling.abandon();
    this.#telemetry?.abandon();
    void this.#looks?.end();
    void this.#serverProfiler?.end();
    this.#attributing?.abandon();
  }

  /** Rejects with a {@link RunnerError}. */
  async execute(): Promise<{ folder: string; document: RunDocument }> {
    const plan = forOneRun(
      asRequested(() => checkPlan(this.#request.plan)),
      randomInt(1, 2 ** 32),
    );
    if (this.#request.out !== null) await requireNoRun(this.#request.out);
    await this.#gpu.check();
    if (plan.target.attribution && this.#request.profile === 'auto') this.#attributing = new Attributing();
    try {
      if (this.#request.start !== null) await this.#startTarget(this.#request.start, plan);
      const prepared = await prepare(this.#request, plan, this.#abort.signal, (text) =>
        this.#post({ type: 'stage', text }),
      );
      try {
        return await this.#measure(prepared);
      } finally {
        await this.#serverProfiler?.end();
        await this.#inspector.close();
        prepared.walk.close();
      }
    } finally {
      await this.#target?.stop();
      await this.#attributing?.release();
    }
  }

  async #measure(prepared: Prepared): Promise<{ folder: string; document: RunDocument }> {
    const { plan, answer, permission, origins, addresses } = prepared;
    const { pid, cwd, out } = this.#request;
    const { signal } = this.#abort;
    const capacity = await generatorCapacity(this.#dist, plan, signal, () =>
      this.#post({ type: 'stage', text: 'Measuring what this machine can send, once' }),
    );
    signal.throwIfAborted();
    const origin = takeOrigin();
    const folder = out ?? (await createRunFolder(cwd, new Date(origin.unixMs)));
    if (out !== null) await claimFolder(out);
    const target = pid === null ? permission.listener : await readProcess(pid);
    const { search } = this.#request;
    const start: RunStart = {
      cwd,
      folder,
      plan,
      preflight: answer,
      target,
      targetStart: target === null ? null : await targetStart(target),
      origin,
      permission,
      addresses,
      protocol: prepared.protocols.get(origins[0]!) ?? [...prepared.protocols.values()][0] ?? null,
      search,
    };
    const document = newDocument(start);
    if (plan.target.attribution && this.#request.profile !== 'auto' && search === undefined) {
      document.notes.push('No attribution: it is of the requests that are profiled. Ask for them with --profile auto.');
    }
    // Before there is a run to be opened.
    await markRunner(folder);
    await writeRunDocument(folder, document);
    this.#post({ type: 'folder', folder, document });
    const recorder = new Recorder(plan, origin.unixMs);
    const log = new RunLog(folder, { details: keepsDetails(plan), chunks: hasStreams(plan) }, () => this.stop());
    const clock = new RunClock(origin);
    const keep = (event: RunEvent): void => log.event(event);
    const program = path.join(this.#dist, 'scrape.cjs');
    const values = prepared.values.of(0, 1, true);
    const metrics = new MetricsTelemetry({ plan, origins, addresses, values, program, keep });
    this.#logs = new LogTelemetry({
      files: plan.target.logs,
      cwd,
      started: this.#target,
      secrets: secretTexts(this.#request.secrets, prepared.setUp?.values ?? {}),
      program: path.join(this.#dist, 'read-logs.cjs'),
      keep,
    });
    const processes = new TargetTelemetry(this.#inspector, this.#request.profile === 'auto', (time, figures) =>
      keep({ type: 'target', time, figures }),
    );
    const telemetry = new Telemetry([this.#gpu, metrics, this.#logs, processes, new OutgoingTelemetry()]);
    this.#telemetry = telemetry;
    if (this.#request.profile === 'server') {
      this.#serverProfiler = new ServerProfiler(plan.target, addresses, origins[0]!, folder);
    }
    const troubles = await telemetry.begin({ folder, origin, target, now: () => clock.now() });
    const untold = await this.#attributing?.find(target);
    if (untold) {
      document.notes.push(untold);
      this.#attributing = null;
    }
    const { isWhole, broken, trouble } = await this.#load(prepared, start, recorder, log, capacity);
    await this.#looks?.end();
    const [told] = await Promise.all([telemetry.finish(), this.#profiling.end()]);
    await this.#inspector.close();
    await log.close();
    const series = told.flatMap((one) => one.series);
    if (series.length > 0) await writeTelemetry(path.join(folder, TELEMETRY_FILE), series);
    const notes = [...troubles, trouble, this.#profileTrouble, ...told.map((one) => one.trouble)];
    document.notes.push(...notes.filter((note) => note !== null));
    await writeAtomically(path.join(folder, 'latency.hlog'), recorder.takeLog());
    const circumstances: Circumstances = {
      preflight: answer.steps,
      capacity,
      streams: prepared.streams,
      series,
      broken,
    };
    const state = isWhole ? 'finished' : 'interrupted';
    const concluded = await conclude(document, plan, folder, state, circumstances);
    await settle(folder, concluded, plan);
    const finished = await this.#findLines(concluded, start, series);
    if (finished !== concluded.document) await writeRunDocument(folder, finished);
    return { folder, document: finished };
  }

  async #startTarget(command: string, plan: Plan): Promise<void> {
    this.#post({ type: 'stage', text: 'Starting the target' });
    const environment = (await this.#attributing?.beforeStart()) ?? {};
    this.#target = await startTarget(command, { ...this.#request, plan }, environment, this.#abort.signal);
  }

  async #load(
    prepared: Prepared,
    start: RunStart,
    recorder: Recorder,
    log: RunLog,
    capacity: number | null,
  ): Promise<LoadEnd> {
    const { plan, addresses } = prepared;
    const { origin } = start;
    const clock = new RunClock(origin);
    const profiled = this.#request.profile !== 'off';
    const endEarly = (): void => this.#generators?.post({ type: 'stop', grace: GRACE_AFTER_STOP_MS });
    const live = new LiveTelling({
      plan,
      detailed: this.#request.detail === true,
      capacity,
      recorder,
      telemetry: this.#telemetry,
      clock,
      post: this.#post,
      onAbort: (sentence) => {
        log.event({ type: 'aborted', sentence });
        endEarly();
      },
    });
    const lateLimit = profiled ? new LateLimit(objectiveLimit(plan)) : null;
    const intake = new LoadIntake({
      generators: plan.generators,
      recorder,
      live,
      log,
      clock,
      lateLimit,
      onPhase: (phase) => this.#telemetry?.look(phase),
      // The unprofiled figures are complete only now.
      onMeasured: () => {
        if (!profiled || this.#stopped) return;
        this.#profile(start, clock, log, lateLimit?.ms ?? null).catch((error: unknown) => {
          this.#profileTrouble = `The profiled phase could not begin: ${(error as Error).message}`;
          this.#beginProfiled(false, clock, null);
        });
      },
      onLate: (request, since) => this.#looks?.late(request, since),
    });
    const data = {
      plan,
      origin,
      profiled,
      addresses,
      allowed: this.#request.allowRemote,
      multiplexed: multiplexedOrigins(prepared.protocols),
      secrets: this.#request.secrets,
      values: prepared.setUp?.values ?? {},
      trace: this.#attributing?.trace ?? null,
    };
    const generators = new Generators(
      path.join(this.#dist, 'generator.cjs'),
      data,
      () => clock.now(),
      (generator, message) => intake.take(generator, message),
    );
    this.#generators = generators;
    // What is done here can wait, and on few cores must not keep the sender or the server from theirs. What is started after this would
    // inherit it, so not where a profiler will be.
    if (!profiled) os.setPriority(RUNNER_NICENESS);
    if (this.#stopped) this.stop();
    const refresh = new SetUpRefresh(prepared, (values) => {
      this.#logs?.learn(secretTexts({}, values));
      generators.post({ type: 'values', values });
    });
    live.begin();
    try {
      const broken = await generators.done.then(
        () => null,
        (error: Error) => error.message,
      );
      const isWhole = broken === null && !this.#stopped;
      await live.end();
      return { isWhole, broken, trouble: refresh.trouble };
    } finally {
      live.abandon();
      refresh.stop();
      this.#generators = null;
    }
  }

  /** @param late from when on a request is looked at, ms; null: none is */
  async #profile(
    { cwd, folder, origin, target, plan }: RunStart,
    clock: RunClock,
    log: RunLog,
    late: number | null,
  ): Promise<void> {
    if (this.#serverProfiler !== null) {
      const began = await this.#serverProfiler.begin();
      // The profiler may have been ended while it began.
      this.#beginProfiled(began && !this.#stopped, clock, null);
      return;
    }
    const inspector = this.#inspector;
    const seconds = (plan.duration + plan.timeout) / 1000;
    const native = this.#request.native === true;
    const began = await this.#profiling.begin({ inspector, target, cwd, folder, origin, seconds, native });
    if (began && target !== null) {
      this.#looks = new Looks(
        target,
        cwd,
        () => clock.now(),
        (look) => log.event({ type: 'look', look }),
      );
      this.#looks.begin();
    }
    this.#beginProfiled(began, clock, this.#looks === null ? null : late);
  }

  #beginProfiled(began: boolean, clock: RunClock, late: number | null): void {
    this.#generators?.post(
      began ? { type: 'profile', at: clock.now(), late } : { type: 'stop', grace: GRACE_AFTER_STOP_MS },
    );
  }

  async #withServerProfile(document: RunDocument, profiler: ServerProfiler): Promise<RunDocument> {
    this.#post({ type: 'stage', text: 'Waiting for the server to write its profile' });
    await profiler.end();
    if (profiler.trouble !== null) return { ...document, findingsNote: profiler.trouble };
    const files = await profiler.files();
    const where =
      files.length > 0
        ? `The server's own profile is with the run: ${files.join(', ')}. ui.perfetto.dev opens it.`
        : 'The server profiled itself, and wrote that where it was told to when it was started (vLLM: torch_profiler_dir).';
    return { ...document, findingsNote: where };
  }

  async #findLines(concluded: Concluded, start: RunStart, series: readonly LabelledSeries[]): Promise<RunDocument> {
    const { document } = concluded;
    if (this.#request.profile === 'off') return document;
    if (this.#serverProfiler !== null) return this.#withServerProfile(document, this.#serverProfiler);
    this.#post({ type: 'stage', text: 'Finding the slow lines' });
    const capture = await this.#profiling.end();
    const { profiler, trouble } = this.#profiling;
    if (capture === null || profiler === null) {
      return { ...document, findingsNote: trouble ?? 'The run ended before anything was profiled.' };
    }
    return profiledDocument(concluded, start, { capture, profiler, series, attributing: this.#attributing });
  }
}

/** What is there must not be mixed with another run. Throws a {@link RunnerError}. */
async function requireNoRun(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if ([RUN_FILE, REQUEST_LOG, CHUNK_LOG, EVENT_LOG].some((name) => names.includes(name))) throw taken(folder);
}

/** Another run may have asked for the same folder as well, and begun since. Throws a {@link RunnerError}. */
async function claimFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, EVENT_LOG), '', { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? taken(folder) : error;
  });
}

function taken(folder: string): RunnerError {
  return new RunnerError(2, `${folder} holds a run already; name another folder.`);
}
