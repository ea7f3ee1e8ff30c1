import { RUNNING } from '../../profile/profile.ts';
import type { Attribution } from '../../runs/attribution.ts';
import type { Finding } from '../../runs/run-document.ts';
import type { CorrelationInput } from '../context.ts';
import { type Correlation, correlate } from '../findings.ts';
import { MAX_FINDINGS } from '../ranking.ts';
import { baseName, SLOW_WORDS } from '../sentences.ts';
import { requestShares, type ShareTables } from '../share-tables.ts';
import type { Span } from '../shares.ts';
import { MIN_BESIDE_WAIT, MIN_DIFFERENCE, MIN_SLOW, MIN_STRETCHES } from '../significance.ts';
import type { SlowIntervals } from '../slow-intervals.ts';
import { chooseTail, intervalsOf, type Tail } from '../tail.ts';
import type { ViewMaterial } from '../views/view-material.ts';
import { awaitedFinding } from '../waits/awaited.ts';
import { requestWaits } from '../waits/request-waits.ts';
import { ownedTimeLine, ownedViewWeights } from './owned-time-line.ts';
import { Owners, type Told, toldOf } from './owners.ts';

/** A correlation by what the service told of whom its threads worked for. */
export interface AttributedCorrelation extends Correlation {
  readonly attributed: Told;
}

const EXACT = 'Known exactly: the service told which request its threads worked for.';

/**
 * As {@link correlate}, but with samples that belong to the request their thread worked for, whoever else was in flight, and with the line
 * that slow requests waited at where the service told it. Where too little was told, or of other threads, it is just that.
 *
 * @param ids of the requests, by row
 */
export function correlateAttributed(
  input: CorrelationInput,
  attribution: Attribution,
  ids: Float64Array,
): AttributedCorrelation {
  const plain = correlate(input);
  const { profile, requests, phase, clockErrorMs = 0, seed, isUserCode } = input;
  const attributed = toldOf(attribution, ids, profile.threads);
  const intervals = intervalsOf(requests.start, requests.end);
  const latency = requests.latency ?? intervals.latency;
  const tail = chooseTail({ ...intervals, latency }, input.objectiveLimit);
  const enough = attributed.isEnough && tail.slow >= MIN_SLOW && tail.stretches >= MIN_STRETCHES && profile.hasTime;
  if (!enough) return { ...plain, attributed };

  const owners = new Owners(attribution, ids, clockErrorMs);
  const exact = new Owners(attribution, ids);
  const waits = requestWaits(profile, attribution, owners, exact, requests, isUserCode);
  const awaited =
    awaitedFinding(
      waits,
      requests,
      tail.mask,
      seed,
      input.describeFile ?? baseName,
      SLOW_WORDS[input.what ?? 'latency'],
    ) ?? plain.findings.find(({ kind }) => kind === 'waited');
  const line = ownedTimeLine(profile, phase, owners, latency);
  // Slow are the same requests as before, whatever number of stretches each came to.
  const owned = correlate({ ...input, ...line, objectiveLimit: limitOf(tail, input.objectiveLimit) });
  const busy = busyShare(input, owners, tail);
  const least = awaited === undefined ? MIN_DIFFERENCE : MIN_BESIDE_WAIT;
  const ran = owned.findings.filter(
    ({ kind, tailShare, restShare }) => kind !== 'waited' && ((tailShare ?? 0) - (restShare ?? 0)) * busy >= least,
  );
  const findings = [...(awaited === undefined ? [] : [awaited]), ...ran.map(withExactness)].slice(0, MAX_FINDINGS);
  return {
    ...plain,
    attributed,
    findings,
    note: findings.length > 0 ? null : (owned.note ?? plain.note ?? NOTHING_FOUND),
    load: findings.length > 0 ? null : plain.load,
  };
}

/**
 * As `requestShares`, but with samples that belong to the request their thread worked for; null where too little was told.
 * @param objectiveLimit ms; null: the plan has none
 */
export function attributedShares(
  { profile, attribution, clockErrorMs = 0 }: ViewMaterial,
  intervals: SlowIntervals,
  phase: Span,
  objectiveLimit: number | null,
): ShareTables | null {
  if (attribution === undefined || !profile.hasTime) return null;
  if (!toldOf(attribution, intervals.request, profile.threads).isEnough) return null;
  const tail = chooseTail(intervals, objectiveLimit ?? undefined);
  const owners = new Owners(attribution, intervals.request, clockErrorMs);
  const line = ownedTimeLine(profile, phase, owners, intervals.latency);
  return requestShares(line.profile, line.requests, line.phase, limitOf(tail, objectiveLimit ?? undefined));
}

const NOTHING_FOUND = 'Nothing in the target ran noticeably more for slow requests than for others.';

function withExactness(finding: Finding): Finding {
  return { ...finding, evidence: [...(finding.evidence ?? []), EXACT] };
}

/** A limit over which latencies are those of the tail: one that was set is not reached by the tail, the quantile's is in it. */
function limitOf({ threshold }: Tail, objectiveLimit: number | undefined): number {
  return threshold === objectiveLimit ? threshold : threshold * (1 - Number.EPSILON);
}

/** The share of the time slow requests took in which code ran for them. */
function busyShare({ profile, requests }: CorrelationInput, owners: Owners, { mask }: Tail): number {
  if (profile.unit !== 'ms') return 1;
  const { tail } = ownedViewWeights(profile, owners, mask);
  const ran = tail.reduce((sum, weight, row) => sum + (profile.samples.state[row] === RUNNING ? weight : 0), 0);
  const took = requests.end.reduce((sum, end, row) => sum + (mask[row] === 1 ? end - requests.start[row]! : 0), 0);
  return took > 0 ? Math.min(1, ran / took) : 0;
}
