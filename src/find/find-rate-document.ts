import type { ProbeDocument } from './probe.ts';

/** `find-rate --json`: the names here are relied on by other programs. Times in ms. */
export interface FindRateDocument {
  schema: 'tailflame.find-rate/1';
  answer: 'found' | 'none' | 'unresolved';
  /** What `passesAt` and `failsAt` count: iterations a second, or users of a closed loop. */
  unit: 'rate' | 'users';
  /** In the mean over the scenarios by their weight; of a plan of one request 1, and then a rate is one of requests. */
  requestsPerIteration: number;
  /** The highest level at which the objectives were seen to hold; null where there was none. */
  passesAt: number | null;
  /** The lowest rate above it at which they were seen not to; null where there was none. */
  failsAt: number | null;
  /** Which of them is told by all probes together, where none at that rate stands for itself; null: neither. */
  inferred: 'passesAt' | 'failsAt' | null;
  /** Where in between it most likely is; null unknown. */
  estimate: number | null;
  /** `cliff`: what is limited jumps within the band; `slope`: it rises; null where that is not known. */
  edge: 'cliff' | 'slope' | null;
  /** What one takes to the meeting, such as `holds 60 users under 250 ms, fails at 80`. */
  sentence: string;
  /** What saturated first; null where it cannot be told. */
  saturated: string | null;
  objectives: string[];
  /** In the order they were made. */
  probes: ProbeDocument[];
  startedAt: string;
  /** Ms that all of it took, and what it was allowed. */
  took: number;
  budget: number;
  /** Whether it was stopped before it had its answer. */
  interrupted: boolean;
}
