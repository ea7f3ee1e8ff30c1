import type { Finding, ResourceFacts } from '../runs/run-document.ts';

export const MAX_FINDINGS = 5;

/** Resources that requests wait for without anything of the target running: they say what a wait without a place was for. */
const WAITED_FOR: ReadonlySet<ResourceFacts['resource']> = new Set([
  'threads',
  'connections',
  'file descriptors',
  'gpu',
  'model server',
  'queue',
]);

/** Where a finding comes from: samples under requests, computing threads without a core, samples while a GPU was idle, or a short resource. */
type Source = 'samples' | 'threads' | 'idle gpu' | 'resource';

/** A finding with where it comes from, and the resource it is of; null for those of none. */
export interface Ranked {
  readonly finding: Finding;
  readonly source: Source;
  readonly resource: ResourceFacts['resource'] | null;
}

/** Of each source in the order below. */
const PLACES: Readonly<Record<Source, number>> = { samples: 3, threads: 4, resource: 5, 'idle gpu': 6 };

/**
 * The findings in the order they are told, at most {@link MAX_FINDINGS}:
 *
 * 1. what was waited: at a line of the user's;
 * 2. where it has no line, a short resource that is waited for, and then the wait;
 * 3. what ran: lines and what library code did, the largest difference between slow and other requests first;
 * 4. what was short: computing threads without a core, then resources as they were told, the shortest first;
 * 5. what ran while a GPU was idle, which is about no request.
 *
 * What is told of a stretch of slow requests goes before what is told of the run as a whole. Equals keep their order.
 */
export function rankFindings(all: readonly Ranked[]): Finding[] {
  const placeless = all.some(({ finding }) => finding.kind === 'waited' && finding.line === null);
  const rank = ({ finding, source, resource }: Ranked): number => {
    if (finding.kind === 'waited') return finding.line === null ? 2 : 0;
    if (resource !== null && placeless && WAITED_FOR.has(resource)) return 1;
    return PLACES[source];
  };
  const difference = ({ finding: { tailShare, restShare } }: Ranked): number => (tailShare ?? 0) - (restShare ?? 0);
  return all
    .toSorted((a, b) => rank(a) - rank(b) || (rank(a) === 3 ? difference(b) - difference(a) : 0))
    .slice(0, MAX_FINDINGS)
    .map(({ finding }) => finding);
}

/** Findings of no resource, to be ranked. */
export function sourced(source: Exclude<Source, 'resource'>, findings: readonly Finding[]): Ranked[] {
  return findings.map((finding) => ({ finding, source, resource: null }));
}

/** The resources that were short, as findings. */
export function resourceFindings(resources: readonly ResourceFacts[]): Ranked[] {
  return resources
    .filter(({ state }) => state === 'short')
    .map(({ resource, sentence }) => ({
      source: 'resource',
      resource,
      finding: {
        kind: 'resource',
        function: null,
        file: null,
        line: null,
        cpuShare: null,
        tailShare: null,
        restShare: null,
        lift: null,
        interval: null,
        pValue: null,
        sentence,
        evidence: [],
      },
    }));
}
