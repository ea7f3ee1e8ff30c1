import { type Profile, RUNNING } from '../profile/profile.ts';
import { ProfileBuilder } from '../profile/profile-builder.ts';
import type { Finding } from '../runs/run-document.ts';
import { type GpuActivity, targetActivity } from '../telemetry/gpu-activity.ts';
import type { LabelledSeries } from '../telemetry/labelled-series.ts';
import { explainChains } from './chains.ts';
import type { CorrelationInput } from './context.ts';
import { type EntityTree, entityPoints, entityTree, hottestLine, ownTree, pointsInGroup } from './entities.ts';
import { type FlightSteps, forEachShare, runningPoints } from './overlap.ts';
import { baseName, opening, percent, subjectOf } from './sentences.ts';
import { flightTime, type NodePoints, nodePoints, OverlapSums, type Span, sharesOf, usualWeight } from './shares.ts';
import * as significance from './significance.ts';

const BANDS = 10;
/** Idle for a smaller share of the time it was never idle. */
const MIN_IDLE_SHARE = 0.02;
/** Idle, or busy, for less time (ms), and there is nothing to compare. */
const MIN_MS = 1000;
/** The target ran for less time (ms) while it was idle, or it was so in fewer stretches: that says nothing. */
const MIN_RAN_MS = 200;
const MIN_STRETCHES = 5;
/** Blocks of the bootstrap are at least this many stretches long. */
const SEVERAL = 4;
/** From here on it counts as idle, where stretches are counted. */
const MOSTLY = 0.5;
/** Told for a smaller share of the phase, how idle it was in all of it is not known. */
const MIN_TOLD = 0.5;
const NOT_TOLD = 'What the GPU did while the target was profiled was not told.';

/** What ran while the GPU was idle. */
export interface GpuIdle {
  /** What ran more while it was idle than otherwise; null where nothing did that chance would not do. */
  readonly finding: Finding | null;
  /** Why there is no finding, with how idle it was and by whose word, as a sentence; null where there is one, or nothing told. */
  readonly note: string | null;
}

/**
 * How idle GPUs were over time: `tail` is 1 − activity and `rest` the activity, in the mean of those of which it is known; both are 0
 * where it is of none.
 */
export function gpuIdleSteps(gpus: readonly GpuActivity[]): FlightSteps {
  const edges = [...new Set(gpus.flatMap(({ from, time }) => [...from, ...time]))].sort((a, b) => a - b);
  const busy = new Float64Array(edges.length);
  const known = new Uint32Array(edges.length);
  for (const { from, time, values } of gpus) {
    let row = 0;
    edges.forEach((edge, i) => {
      while (row < time.length && time[row]! <= edge) row++;
      if (row === time.length || from[row]! > edge) return;
      busy[i]! += values[row]!;
      known[i]!++;
    });
  }
  const share = (i: number): number => busy[i]! / known[i]!;
  return {
    time: Float64Array.from([Number.NEGATIVE_INFINITY, ...edges, Number.POSITIVE_INFINITY]),
    tail: Float64Array.from([0, ...edges.map((_, i) => (known[i] === 0 ? 0 : 1 - share(i))), 0]),
    rest: Float64Array.from([0, ...edges.map((_, i) => (known[i] === 0 ? 0 : share(i))), 0]),
  };
}

/** The weight of every running sample while the GPUs were idle: w · (1 − activity), 0 where that is unknown. See {@link gpuIdleSteps}. */
export function gpuIdleWeights(profile: Profile, gpus: readonly GpuActivity[]): Float64Array {
  const steps = gpuIdleSteps(gpus);
  const idle = new Float64Array(profile.samples.weight.length);
  const points = runningPoints(profile, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  forEachShare(points, steps, (row, idleMs) => {
    idle[points.sample[row]!]! += idleMs;
  });
  return idle;
}

/** Why nothing is to be seen of what ran while GPUs were idle, as a sentence; null where they were. */
export function whyNeverIdle(gpus: readonly GpuActivity[], phase: Span): string | null {
  const { tail: idle, rest: busy } = flightTime(gpuIdleSteps(gpus), phase);
  const told = idle + busy;
  if (!(told > 0)) return NOT_TOLD;
  const idleShare = idle / told;
  return idleShare < MIN_IDLE_SHARE ? (tooLittleTold(told, phase) ?? idleSentence(gpus, idleShare)) : null;
}

/** @param told ms of `phase` of which it is known how idle GPUs were */
function tooLittleTold(told: number, phase: Span): string | null {
  const length = phase.end - phase.start;
  if (told >= MIN_TOLD * length) return null;
  return (
    `What the GPU did was told for ${seconds(told)} of the ${seconds(length)} that the target was profiled: ` +
    'too little to say how idle it was.'
  );
}

/** Who told how idle they were, for people. */
export function gpuSources(gpus: readonly GpuActivity[]): string {
  return [...new Set(gpus.map(({ by }) => by))].join(' and ');
}

/**
 * What the target's code did while its GPU was idle: of the GPU that it is known to use, else of all in the mean. Shares are of the
 * time, since a target that waits for its GPU runs nothing meanwhile, and are held to the test of circular shifts.
 * @param series all that was told beside the requests
 */
export function gpuIdleFinding(input: GpuIdleInput, series: readonly LabelledSeries[]): GpuIdle {
  const { profile, phase } = input;
  const { gpus, known } = targetActivity(series);
  const steps = gpuIdleSteps(gpus);
  const { tail: idle, rest: busy } = flightTime(steps, phase);
  const told = idle + busy;
  if (!(told > 0)) return { finding: null, note: null };
  const tooLittle = tooLittleTold(told, phase);
  if (tooLittle !== null) return { finding: null, note: tooLittle };
  const idleShare = idle / told;
  const sentence = idleSentence(gpus, idleShare);
  if (idleShare < MIN_IDLE_SHARE || profile.unit !== 'ms' || !profile.hasTime) return { finding: null, note: sentence };

  const tree = entityTree(profile, input.isUserCode);
  const points = nodePoints(profile, runningPoints(profile, phase.start, phase.end));
  const sums = new OverlapSums(entityPoints(points), steps, phase, tree.parent, tree.grouping);
  const atRest = sums.at(0);
  const compared: Compared = {
    input,
    gpus,
    steps,
    totals: { tail: idle, rest: busy },
    tree,
    points,
    sums,
    idle: atRest.tail.map((weight) => share(weight, idle)),
    busy: atRest.rest.map((weight) => share(weight, busy)),
    groupTail: atRest.tail,
    nodeTail: Float64Array.from(sums.nodeTail),
  };
  const { samples, ran } = supportIn(input, gpus);
  const { stretches, mean } = stretchesOf(steps, phase);
  if (Math.min(idle, busy) < MIN_MS || ran < MIN_RAN_MS || stretches < MIN_STRETCHES) {
    return { finding: null, note: `${sentence} That is too little, or too much, to tell what ran more meanwhile.` };
  }
  const finding = testedFinding(compared, mean);
  if (finding === null) {
    return { finding: null, note: `${sentence} Nothing in the target ran noticeably more meanwhile.` };
  }
  const support =
    `Idle for ${seconds(idle)} of ${seconds(told)} that were told, in ${stretches} stretches; ` +
    `the target ran for ${seconds(ran)} of that, in ${Math.round(samples)} samples.`;
  return { finding: { ...finding, evidence: [support, ...evidenceOf(gpus, known)] }, note: null };
}

export type GpuIdleInput = Pick<CorrelationInput, 'profile' | 'phase' | 'isUserCode' | 'seed' | 'describeFile'>;

/** What ran while the GPU was idle beside what ran otherwise. */
interface Compared {
  readonly input: GpuIdleInput;
  readonly gpus: readonly GpuActivity[];
  readonly steps: FlightSteps;
  /** For how long it was idle, and was not, ms. */
  readonly totals: significance.Totals;
  readonly tree: EntityTree;
  readonly points: NodePoints;
  readonly sums: OverlapSums;
  /** Share of each of these times, by group. */
  readonly idle: Float64Array;
  readonly busy: Float64Array;
  /** Ms while it was idle, by group and by node. */
  readonly groupTail: Float64Array;
  readonly nodeTail: Float64Array;
}

function share(weight: number, of: number): number {
  return of > 0 ? weight / of : 0;
}

/** What ran in the phase while it was idle: samples, each counted as far as it was, and their time, ms. */
function supportIn({ profile, phase }: GpuIdleInput, gpus: readonly GpuActivity[]): { samples: number; ran: number } {
  const { samples } = profile;
  const weights = gpuIdleWeights(profile, gpus);
  const support = { samples: 0, ran: 0 };
  weights.forEach((weight, row) => {
    if (!(weight > 0) || samples.time[row]! < phase.start || samples.time[row]! >= phase.end) return;
    support.samples += weight / samples.weight[row]!;
    support.ran += weight;
  });
  return support;
}

/** What ran more while it was idle than chance would have it. @param stretch ms that it was idle at a time */
function testedFinding(compared: Compared, stretch: number): Finding | null {
  const { input, gpus, steps, totals, tree, points, sums, idle, busy, groupTail, nodeTail } = compared;
  const { profile, phase, seed } = input;
  const difference = idle.map((value, group) => value - busy[group]!);
  // Smaller shifts hardly move what is known as means over a window. Larger ones are kept, or differences by chance would look too rare.
  const minShift = Math.max(...gpus.map(({ window }) => window)) / 2;
  const largestAt = (shift: number): number => significance.largestDifference(sums.at(shift), tree.candidates, totals);
  const test = significance.shiftTest(largestAt, phase, minShift, seed);
  const significant = tree.candidates.filter(
    (group) =>
      difference[group]! >= significance.MIN_DIFFERENCE &&
      significance.pValue(test, difference[group]!) <= significance.MAX_P_VALUE,
  );
  const own = ownTree(tree);
  const ownPoints = { ...points, node: points.node.map(own.nodeOf) };
  const { tail, rest } = new OverlapSums(ownPoints, steps, phase, own.parent, own.grouping).at(0);
  const ownDifference = tail.map((value, at) => share(value, totals.tail) - share(rest[at]!, totals.rest));
  const { parent, grouping } = tree;
  const chains = { parent, of: grouping.of, nodeTail, groupTail, difference, own: ownDifference, significant };
  const [group] = explainChains(chains, 1);
  if (group === undefined) return null;

  const atLines = entityPoints(points);
  const shares = sharesOf(atLines, steps, phase, parent, grouping, usualWeight(profile));
  const entity = tree.entities[group]!;
  const frame = profile.frames[entity.frame]!;
  const line = entity.line || hottestLine(profile, tree, entity.frame, nodeTail) || frame.line;
  // Several threads can run at once, which would make more than all of the time.
  const tailShare = Math.min(1, idle[group]!);
  const restShare = Math.min(1, busy[group]!);
  const length = phase.end - phase.start;
  const blockMs = Math.min(Math.max(SEVERAL * stretch, length / 200), length / 20);
  const inGroup = pointsInGroup(tree, atLines, group);
  const interval = significance.differenceInterval(atLines, inGroup, steps, phase, blockMs, seed, true);
  if (!significance.isMore(interval)) return null;
  const subject = subjectOf(frame, entity, line, input.describeFile ?? baseName);
  return {
    kind: 'resource',
    function: frame.function,
    file: frame.file,
    line,
    cpuShare: shares.all[group]!,
    tailShare,
    restShare,
    lift: significance.liftOf(tailShare, restShare, shares.restSamples[group]!),
    interval,
    pValue: significance.pValue(test, difference[group]!),
    sentence:
      `While ${theGpus(gpus)} idle (${percent(totals.tail / (totals.tail + totals.rest))} of the time, by ${gpuSources(gpus)}), ` +
      `${subject} ran for ${percent(tailShare)} of it, ${percent(restShare)} otherwise.`,
  };
}

function theGpus(gpus: readonly GpuActivity[]): string {
  return gpus.length > 1 ? 'the GPUs were' : 'the GPU was';
}

function idleSentence(gpus: readonly GpuActivity[], idleShare: number): string {
  const subject = opening(theGpus(gpus));
  if (idleShare >= MIN_IDLE_SHARE)
    return `${subject} idle for ${percent(idleShare)} of the time, by ${gpuSources(gpus)}.`;
  return `${subject} never idle: busy for ${percent(1 - idleShare)} of the time, by ${gpuSources(gpus)}.`;
}

/** A GPU as a profile: bands of its activity in order of time. */
export function gpuProfile(gpu: GpuActivity): Profile {
  const builder = new ProfileBuilder();
  const frame = (name: string): number => builder.frame({ function: name, file: null, line: null, column: null });
  const root = builder.stack(-1, frame(`GPU ${gpu.gpu} ${gpu.name}`.trim()), 0);
  const thread = builder.thread({ pid: 0, id: `gpu ${gpu.gpu}`, name: `GPU ${gpu.gpu}` });
  gpu.time.forEach((to, i) => {
    const from = gpu.from[i]!;
    builder.sample(from, builder.stack(root, frame(bandName(gpu.values[i]!)), 0), thread, to - from, RUNNING);
  });
  return builder.build(`GPU ${gpu.gpu}`, 'ms', true);
}

function bandName(busy: number): string {
  if (busy <= 0) return 'idle';
  const band = Math.min(BANDS - 1, Math.floor(busy * BANDS));
  return `${(band * 100) / BANDS}–${((band + 1) * 100) / BANDS} % busy`;
}

/** How often it went from busy to idle and back, and for how long it was idle then, ms in the mean. What was not told ends nothing. */
function stretchesOf(steps: FlightSteps, phase: Span): { stretches: number; mean: number } {
  let stretches = 0;
  let length = 0;
  let idle = false;
  for (let i = 0; i + 1 < steps.time.length; i++) {
    const width = Math.min(steps.time[i + 1]!, phase.end) - Math.max(steps.time[i]!, phase.start);
    if (!(width > 0) || steps.tail[i]! + steps.rest[i]! === 0) continue;
    const isIdle = steps.tail[i]! >= MOSTLY;
    if (isIdle && !idle) stretches++;
    if (isIdle) length += width;
    idle = isIdle;
  }
  return { stretches, mean: stretches > 0 ? length / stretches : 0 };
}

function evidenceOf(gpus: readonly GpuActivity[], known: boolean): string[] {
  const sentences: string[] = [];
  const numbers = gpus.map(({ gpu }) => gpu).join(', ');
  if (known) sentences.push(`Of GPU ${numbers}, which the target uses.`);
  else if (gpus.length > 1) sentences.push(`The mean of GPUs ${numbers}: nothing told which of them the target uses.`);
  const window = Math.max(...gpus.map((gpu) => gpu.window));
  sentences.push(`What the GPU did is known as means over ${seconds(window)}.`);
  if (gpus.some(({ source }) => source === 'utilisation')) {
    sentences.push(
      'Utilisation is near 100 % whenever any kernel runs, however little of the GPU it uses: it may have been idler.',
    );
  } else if (gpus.some(({ source }) => source === 'tensor')) {
    sentences.push('It is of the tensor cores alone: other parts of the GPU may have worked while they were idle.');
  }
  return sentences;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 950 ? 2 : 1)} s`;
}
