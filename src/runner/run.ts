import { randomInt } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FromGenerator } from '../load/generate/messages.ts';
import { SingleWalk } from '../load/generate/single-walk.ts';
import { fewestStreams, multiplexedOrigins, originsOf } from '../load/http/origins.ts';
import type { Addresses, Protocol } from '../load/http/transport.ts';
import { LiveDetail } from '../load/measure/live-detail.ts';
import { Recorder } from '../load/measure/recorder.ts';
import { checkPlan } from '../load/plan/check-plan.ts';
import { metricsOrigins } from '../load/plan/metrics-plan.ts';
import type { Plan, ResolvedPlan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { forOneRun } from '../load/plan/plan-prompts.ts';
import { hasStreams } from '../load/plan/plan-steps.ts';
import { gentleLoad, resolvePlan } from '../load/plan/resolve-plan.ts';
import { type PreflightAnswer, PreflightError, preflight } from '../load/preflight.ts';
import { keepsDetails } from '../load/scenario/kept-details.ts';
import { PlanValues } from '../load/scenario/plan-values.ts';
import { type SetUpResult, setUp } from '../load/set-up.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import { RunClock, takeOrigin } from '../runs/clock.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { createRunFolder, RUN_FILE, writeRunDocument } from '../runs/run-folder.ts';
import { CHUNK_LOG, EVENT_LOG, REQUEST_LOG, type RunEvent, RunLog } from '../runs/run-log.ts';
import { markRunner } from '../runs/runner-mark.ts';
import type { LabelledSeries } from '../telemetry/labelled-series.ts';
import { TELEMETRY_FILE, writeTelemetry } from '../telemetry/telemetry-parquet.ts';
import { generatorCapacity } from './calibration.ts';
import { type Circumstances, type Concluded, conclude, settle } from './conclude.ts';
import { Generators } from './generators.ts';
import { JoinedGroups } from './joined-groups.ts';
import { LiveObjectives } from './live-objectives.ts';
import { type FromRunner, RunnerError, type RunRequest } from './messages.ts';
import { newDocument, type RunStart } from './new-document.ts';
import { type Permission, requirePermission } from './permission.ts';
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
import { GpuTelemetry } from './telemetry/gpu-telemetry.ts';
import { LogTelemetry } from './telemetry/log-telemetry.ts';
import { MetricsTelemetry } from './telemetry/metrics-telemetry.ts';
import { OutgoingTelemetry } from './telemetry/outgoing-telemetry.ts';
import { TargetTelemetry } from './telemetry/target-telemetry.ts';
import { Telemetry } from './telemetry/telemetry.ts';

const LIVE_EVERY_MS = 500;
/** Who looks in detail is told at every second look, of everything at once: to draw takes time of the cores that send. */
const DETAIL_EVERY_LOOKS = 2;
/** A target that nobody is asked to start gets this long to come up. */
const PATIENCE_MS = 1000;
const GRACE_AFTER_STOP_MS = 500;
const RUNNER_NICENESS = 10;

/** What was found out of a target before the load. */
interface Prepared {
  readonly plan: ResolvedPlan;
  readonly answer: PreflightAnswer;
  readonly permission: Permission;
  readonly origins: readonly string[];
  readonly addresses: Addresses;
  /** By origin, as the preflight's connections had it. */
  readonly protocols: ReadonlyMap<string, Protocol>;
  /** Requests at a time on one connection, to the origin of the load where they are fewest: there requests wait for one. */
  readonly streams: number;
  readonly setUp: SetUpResult | null;
  readonly values: PlanValues;
  readonly walk: SingleWalk;
}

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
      const prepared = await this.#prepare(plan);
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

  /** Permission, set-up, preflight: everything that is said before any load is sent. */
  async #prepare(plan: Plan): Promise<Prepared> {
    const { allowRemote, secrets } = this.#request;
    const origins = asRequested(() => originsOf(plan));
    const { socket } = plan.target;
    const asked = metricsOrigins(plan.target.metrics).filter((origin) => !origins.includes(origin));
    const permission = await requirePermission(origins, socket, allowRemote);
    // They are not on the target's socket.
    const { addresses } = await requirePermission(asked, null, allowRemote, permission.addresses);
    const values = asRequested(() => new PlanValues({ plan, secrets, values: {}, allowed: allowRemote }));
    const walk = asRequested(() => new SingleWalk(plan, addresses, (origin) => values.requireOrigin(origin)));
    const { signal } = this.#abort;
    try {
      if (plan.setup !== null) this.#post({ type: 'stage', text: 'Setting up' });
      const done = await setUp(plan, walk, values, signal);
      if (done !== null) values.learn(done.values);
      this.#post({ type: 'stage', text: 'Preflight' });
      const answer = await preflight(plan, walk, values, PATIENCE_MS, signal);
      const resolved = resolvePlan(plan, gentleLoad(answer.ms, plan), answer.ms);
      return {
        plan: resolved,
        answer,
        permission,
        origins,
        addresses,
        protocols: new Map(walk.protocols),
        streams: fewestStreams(plan, walk.protocols),
        setUp: done,
        values,
        walk,
      };
    } catch (error) {
      walk.close();
      signal.throwIfAborted();
      if (error instanceof PreflightError) throw new RunnerError(3, error.message);
      if (error instanceof PlanError) throw new RunnerError(2, error.message);
      throw error;
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
    if (out !== null) await mkdir(out, { recursive: true });
    const target = pid === null ? permission.listener : await readProcess(pid);
    const { search } = this.#request;
    const protocol = prepared.protocols.get(origins[0]!) ?? [...prepared.protocols.values()][0] ?? null;
    const begun = { cwd, folder, plan, preflight: answer, target, origin, permission, addresses, protocol };
    const start: RunStart = { ...begun, search };
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
    const logs = new LogTelemetry({
      files: plan.target.logs,
      cwd,
      started: this.#target,
      secrets: [...Object.values(this.#request.secrets), ...textsOf(prepared.setUp?.values ?? {})],
      program: path.join(this.#dist, 'read-logs.cjs'),
      keep,
    });
    const processes = new TargetTelemetry(this.#inspector, this.#request.profile === 'auto', (time, figures) =>
      keep({ type: 'target', time, figures }),
    );
    const telemetry = new Telemetry([this.#gpu, metrics, logs, processes, new OutgoingTelemetry()]);
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
    const detail = this.#request.detail === true ? new LiveDetail(plan, capacity) : null;
    const objectives = new LiveObjectives(plan, detail !== null);
    const late = profiled ? new LateLimit(objectiveLimit(plan)) : null;
    const groups = new JoinedGroups();
    let undrained = plan.generators;
    let goesOn = false;
    const onMessage = (generator: number, message: FromGenerator): void => {
      switch (message.type) {
        case 'rows':
          groups.renumber(message.rows, generator);
          recorder.add(message.rows, message.details, generator, message.inFlight);
          detail?.add(message.rows, message.details, generator, message.inFlight, clock.now());
          objectives.add(message.rows, message.details);
          late?.add(message.rows);
          log.rows(message.rows, message.details);
          return;
        case 'chunks':
          recorder.addChunks(message.chunks);
          detail?.chunks(message.chunks, generator);
          objectives.addChunks(message.chunks);
          log.chunks(message.chunks);
          return;
        case 'phase':
          if (generator !== 0) return;
          recorder.enter(message.phase, message.start);
          detail?.enter(message.phase, message.start);
          if (message.phase === 'measured') objectives.begin(message.start);
          log.event(message);
          this.#telemetry?.look(message.phase);
          return;
        case 'drained':
          if (message.phase !== 'measured') return;
          undrained--;
          goesOn ||= message.goesOn;
          // The unprofiled figures are complete only when nothing of that phase is under way any more.
          if (undrained > 0 || !goesOn || !profiled || this.#stopped) return;
          this.#profile(start, clock, log, late?.ms ?? null).catch((error: unknown) => {
            this.#profileTrouble = `The profiled phase could not begin: ${(error as Error).message}`;
            this.#beginProfiled(false, clock, null);
          });
          return;
        case 'late':
          this.#looks?.late(message.request, message.since);
          return;
        case 'health':
          detail?.health(generator, message.sample);
          log.event({ type: 'health', generator, sample: message.sample });
          return;
        case 'group': {
          const name = groups.learn(generator, message.index, message.name);
          if (name === null) return;
          log.event({ type: 'group', name });
          detail?.group(name);
          return;
        }
        case 'failure':
          detail?.failure(message.example);
          log.event(message);
          return;
        case 'done':
          detail?.done(message.sendingEnd);
          log.event(message);
          return;
        case 'ready':
        case 'broken':
          return;
      }
    };
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
    const generators = new Generators(path.join(this.#dist, 'generator.cjs'), data, () => clock.now(), onMessage);
    this.#generators = generators;
    // What is done here can wait, and on few cores must not keep the sender or the server from theirs. What is started after this would
    // inherit it, so not where a profiler will be.
    if (!profiled) os.setPriority(RUNNER_NICENESS);
    if (this.#stopped) this.stop();
    const refresh = new SetUpRefresh(prepared, (values) => generators.post({ type: 'values', values }));
    const tellDetail = async (over: boolean): Promise<void> => {
      if (detail?.begun !== true) return;
      const telemetry = (await this.#telemetry?.news()) ?? [];
      const now = clock.now();
      const update = detail.takeUpdate(now, over);
      if (update === null) return;
      this.#post({
        type: 'update',
        update,
        telemetry,
        objectives: objectives.soFar(detail.measured(now)?.end ?? now, over),
      });
    };
    let told = Promise.resolve();
    const tellNext = (over: boolean): Promise<void> => {
      told = told.then(() => tellDetail(over));
      return told;
    };
    let looks = 0;
    const live = setInterval(() => {
      looks++;
      if (detail === null || looks % DETAIL_EVERY_LOOKS === 0) {
        this.#post({ type: 'live', snapshot: recorder.snapshot(clock.now()) });
        if (detail !== null) void tellNext(false);
      }
      const aborted = objectives.look(clock.now());
      if (aborted === null) return;
      log.event({ type: 'aborted', sentence: aborted });
      generators.post({ type: 'stop', grace: GRACE_AFTER_STOP_MS });
    }, LIVE_EVERY_MS);
    try {
      const broken = await generators.done.then(
        () => null,
        (error: Error) => error.message,
      );
      const isWhole = broken === null && !this.#stopped;
      clearInterval(live);
      if (detail !== null) await tellNext(true);
      return { isWhole, broken, trouble: refresh.trouble };
    } finally {
      clearInterval(live);
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
  if ([RUN_FILE, REQUEST_LOG, CHUNK_LOG, EVENT_LOG].some((name) => names.includes(name))) {
    throw new RunnerError(2, `${folder} holds a run already; name another folder.`);
  }
}

/** The texts among what a set-up extracted: a token has to be as secret as what it was given for. */
function textsOf(values: Readonly<Record<string, unknown>>): string[] {
  return Object.values(values).filter((value) => typeof value === 'string');
}

/** What is wrong with the plan is the fault of who asked. */
function asRequested<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof PlanError) throw new RunnerError(2, error.message);
    throw error;
  }
}
