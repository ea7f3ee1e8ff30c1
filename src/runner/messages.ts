import type { LiveUpdate } from '../load/measure/live-detail.ts';
import type { LiveSnapshot } from '../load/measure/recorder.ts';
import type { Plan } from '../load/plan/plan.ts';
import type { ObjectiveResult, RunDocument, SearchFacts } from '../runs/run-document.ts';
import type { NamedSeries } from '../telemetry/named-series.ts';

/** Everything a run is asked to do, by the command line or the editor. */
export interface RunRequest {
  readonly plan: Plan;
  /** Values of the plan's secrets by their names in it. They go to the target and nowhere else. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Runs are kept under `.tailflame/runs` here, and what is started starts here. Absolute. */
  readonly cwd: string;
  /** A command that starts the target; null where it runs already. */
  readonly start: string | null;
  /** Answers below 500 once the started target is ready; null: the root of the plan's URL is asked until it answers anything but 503. */
  readonly ready: string | null;
  readonly profile: 'auto' | 'server' | 'off';
  /** Whether the profile of a Python target has the frames of C, C++ and Rust too. */
  readonly native?: boolean;
  /** The process to profile; null: the one that listens where the load goes. */
  readonly pid: number | null;
  /** The inspector of a Node target, `ws://…` or `http://host:port`. */
  readonly inspect: string | null;
  /** 'auto', 'off', or a CSV recorded by nvidia-smi. */
  readonly gpu: string;
  /** Hosts beyond this machine that may be sent load. */
  readonly allowRemote: readonly string[];
  /** The run's folder; null: a new one under `cwd`. */
  readonly out: string | null;
  /** Whether `update` messages are wanted while it runs, once a second; `live` ones then come as seldom, and in the same moment. */
  readonly detail?: boolean;
  /** What it is made for, where it is one of several. */
  readonly search?: SearchFacts;
}

export type ToRunner = { readonly type: 'run'; readonly request: RunRequest } | { readonly type: 'stop' };

/** The exit code the command line ends with: 1 the program failed, 2 not allowed or wrong, 3 preflight, 98 the generator could not be relied on, 130 stopped before any load. */
export type FailureCode = 1 | 2 | 3 | 98 | 130;

/** What is told with an update that does not come from its requests alone. */
export interface LiveBeside {
  /** What was told since the update before, in order of time. */
  readonly telemetry: readonly NamedSeries[];
  /** In the plan's order; the sense of `ok` is that of `ObjectivesSoFar.look`. */
  readonly objectives: readonly ObjectiveResult[];
}

export type FromRunner =
  | { readonly type: 'stage'; readonly text: string }
  /** The run has its folder, with the document as it is before any load. */
  | { readonly type: 'folder'; readonly folder: string; readonly document: RunDocument }
  | { readonly type: 'live'; readonly snapshot: LiveSnapshot }
  /** To be put together with those before by `LiveResultView`. */
  | ({ readonly type: 'update'; readonly update: LiveUpdate } & LiveBeside)
  | { readonly type: 'finished'; readonly folder: string; readonly document: RunDocument }
  | { readonly type: 'failed'; readonly code: FailureCode; readonly message: string; readonly host: string | null };

/** A run that ended before it had a result, said to the person who asked for it. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError';
  readonly code: FailureCode;
  /** The host that would need permission, where that is what is missing. */
  readonly host: string | null;

  constructor(code: FailureCode, message: string, host: string | null = null) {
    super(message);
    this.code = code;
    this.host = host;
  }
}
