import { type Profile, RUNNING } from '../profile/profile.ts';
import type { Finding } from '../runs/run-document.ts';
import type { NamedSeries } from '../telemetry/named-series.ts';
import { TARGET_SERIES } from '../telemetry/target-series.ts';
import { roleOf } from './roles/frame-role.ts';
import type { Span } from './shares.ts';

/** Libraries that compute with threads of their own, by the files of their frames, and what bounds those threads. */
const LIBRARIES: readonly { readonly name: string; readonly files: RegExp; readonly bounds: readonly string[] }[] = [
  {
    name: 'torch',
    files: /(^|\/)torch\//,
    bounds: ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', '`torch.set_num_threads()`'],
  },
  { name: 'onnxruntime', files: /(^|\/)onnxruntime\//, bounds: ['`intra_op_num_threads` of its session options'] },
  { name: 'joblib', files: /(^|\/)joblib\//, bounds: ['`n_jobs`', 'LOKY_MAX_CPU_COUNT'] },
  { name: 'scikit-learn', files: /(^|\/)sklearn\//, bounds: ['OMP_NUM_THREADS', '`n_jobs`'] },
  { name: 'xgboost', files: /(^|\/)xgboost\//, bounds: ['OMP_NUM_THREADS', '`nthread`'] },
  { name: 'lightgbm', files: /(^|\/)lightgbm\//, bounds: ['OMP_NUM_THREADS', '`num_threads`'] },
  { name: 'polars', files: /(^|\/)polars\//, bounds: ['POLARS_MAX_THREADS'] },
  { name: 'tokenizers', files: /(^|\/)tokenizers\//, bounds: ['RAYON_NUM_THREADS', 'TOKENIZERS_PARALLELISM'] },
  {
    name: 'numpy',
    files: /(^|\/)(numpy|scipy)\//,
    bounds: ['OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'OMP_NUM_THREADS'],
  },
];

/** Threads that want to run, as a multiple of the cores, from where there are too many of them. */
const TOO_MANY = 1.5;
/** Waiting for a core in the mean, at least. */
const MIN_WAITING = 1;
/** Of what ran in the samples, at least this share is computed by such libraries. */
const MIN_COMPUTING = 0.3;
/** Of the threads that want to run, at least this share is none that runs Python. */
const MIN_NATIVE = 0.5;

export interface OversubscriptionInput {
  readonly profile: Profile;
  /** What was told of the target, by the names in {@link TARGET_SERIES}. */
  readonly series: readonly NamedSeries[];
  /** The profiled phase, run time, ms. */
  readonly phase: Span;
  /** Cores of the machine. */
  readonly cores: number;
}

/**
 * Whether the native threads of the libraries that compute (torch, BLAS, OpenMP) are more than there are cores: many of the target's threads
 * were ready to run without a core, few of them run Python, and Python ran in such a library. Null where not, or where it was not watched.
 */
export function oversubscription({ profile, series, phase, cores }: OversubscriptionInput): Finding | null {
  const mean = (name: string): number | null => meanIn(series, name, phase);
  const running = mean(TARGET_SERIES.cpu);
  const waiting = mean(TARGET_SERIES.waitingForCore);
  if (running === null || waiting === null) return null;
  const wanting = running + waiting;
  if (waiting < MIN_WAITING || wanting < TOO_MANY * cores) return null;
  const { library, share, atOnce } = computingIn(profile, phase);
  if (library === null || share < MIN_COMPUTING || wanting - atOnce < MIN_NATIVE * wanting) return null;

  const threads = mean(TARGET_SERIES.threads);
  const switches = mean(TARGET_SERIES.involuntarySwitches);
  const { name, bounds } = library;
  return {
    kind: 'resource',
    function: null,
    file: null,
    line: null,
    cpuShare: share,
    tailShare: null,
    restShare: null,
    lift: null,
    interval: null,
    pValue: null,
    sentence:
      `About ${count(wanting)} of the target's threads wanted to compute on ${count(cores)} ${cores === 1 ? 'core' : 'cores'}, and ` +
      `${count(waiting)} of them waited for one in the mean, while ${name} computed: its native threads are more than the cores.`,
    evidence: [
      `Python ran in ${count(atOnce)} of its ${threads === null ? '' : `${count(threads)} `}threads at a time, ${Math.round(share * 100)} % of that in numerical code.`,
      ...(switches === null ? [] : [`A core was taken from its threads ${count(switches)} times a second.`]),
      `Bounded by ${listed(bounds)}, set before the service starts: so many that workers × threads ≤ cores.`,
    ],
  };
}

/** The library most of the numerical code ran in, its share of all that ran (0–1), and how many Python threads ran at once in the mean. */
function computingIn(
  { samples, stacks, frames, unit }: Profile,
  phase: Span,
): { library: (typeof LIBRARIES)[number] | null; share: number; atOnce: number } {
  const ofFrame = frames.map((frame) => {
    const role = roleOf(frame)?.name;
    if (role !== 'model' && role !== 'numerical code' && role !== 'tokenizer' && role !== 'process pool') return -1;
    return LIBRARIES.findIndex(({ files }) => files.test((frame.file ?? '').replaceAll('\\', '/')));
  });
  const ofStack = new Int32Array(stacks.frame.length);
  for (let stack = 0; stack < ofStack.length; stack++) {
    const up = stacks.parent[stack]!;
    const above = up < 0 ? -1 : ofStack[up]!;
    ofStack[stack] = above >= 0 ? above : ofFrame[stacks.frame[stack]!]!;
  }
  const weights = new Float64Array(LIBRARIES.length);
  let total = 0;
  for (let row = 0; row < samples.time.length; row++) {
    const stack = samples.stack[row]!;
    const time = samples.time[row]!;
    if (samples.state[row] !== RUNNING || stack < 0 || time < phase.start || time >= phase.end) continue;
    total += samples.weight[row]!;
    if (ofStack[stack]! >= 0) weights[ofStack[stack]!]! += samples.weight[row]!;
  }
  const most = weights.indexOf(Math.max(...weights));
  const computing = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    library: computing > 0 ? LIBRARIES[most]! : null,
    share: total > 0 ? computing / total : 0,
    atOnce: unit === 'ms' ? total / (phase.end - phase.start) : 0,
  };
}

/** The mean of a series over a span; null where nothing was told in it. */
function meanIn(series: readonly NamedSeries[], name: string, span: Span): number | null {
  const found = series.find((one) => one.name === name);
  if (found === undefined) return null;
  const values = [...found.values].filter((value, i) => {
    const time = found.time[i]!;
    return time >= span.start && time < span.end && !Number.isNaN(value);
  });
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function count(value: number): string {
  return value < 9.95 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en-US');
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
