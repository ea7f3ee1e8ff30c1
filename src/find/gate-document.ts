import type { TimedRequests } from '../correlate/code/line-times.ts';
import type { SlowerCode } from '../correlate/code/slower-code.ts';

/** `gate --json`. Times in ms, shares 0–1, unknown is null. */
export interface GateDocument {
  schema: 'tailflame.gate/1';
  /** `passed`: surely no figure is worse than allowed. `failed`: surely one is. `void`: nothing that was measured can be relied on. */
  status: 'passed' | 'failed' | 'inconclusive' | 'void';
  sentence: string;
  /** What is held against what: an address, or the file of a stored baseline. */
  baseline: string;
  candidate: string;
  figures: GateFigure[];
  /** Objectives of the plan that let a share of requests be bad, judged by the candidate alone. */
  levels: GateLevel[];
  /** How the two builds answer the same inputs; null where that was not asked. */
  answers: GateAnswers | null;
  /** What of the candidate's code took longer, where a time has failed and profiles were asked for. */
  slower: SlowerCode[];
  /** Of which requests that is told, and why there is nothing of it; null where nothing was profiled. */
  profiled: { requests: TimedRequests; note: string | null } | null;
  /** Figures that a segment is too short for, and why. */
  notJudged: string[];
  /** Of two builds that ran beside each other. */
  pairs: GatePair[];
  /** The candidate's segments that were held against a stored baseline. */
  runs: string[];
  /** After how many of these it was to be decided whether that is enough. */
  looks: number[];
  /** Measured time of one segment, ms, and for how long it was measured in all, beside what it was allowed to take. */
  segment: number;
  took: number;
  budget: number;
  /** Segments that were measured again, since the generator could not be relied on. */
  repeated: number;
  startedAt: string;
  interrupted: boolean;
}

/** The run of either build that stand beside each other: the same requests at the same times, one after the other. */
export interface GatePair {
  baseline: string;
  candidate: string;
  /** Which was measured first. */
  first: 'baseline' | 'candidate';
}

export interface GateFigure {
  /** `latency p99`, `latency p50 of checkout`, `failures`. */
  figure: string;
  unit: 'ms' | 'share';
  /** So many segments of the candidate have it. */
  segments: number;
  /** The middle of each build's segments, of shares their mean. */
  baseline: number | null;
  candidate: number | null;
  /** How much worse the candidate is: of times as a share of the baseline's, of shares in points (0.01 is one in a hundred); null unknown. */
  change: number | null;
  /** Where it surely lies: the low end is the one it fails by, surer where several figures are judged, the high end the one it passes by. An end that is open is null. */
  interval: [low: number | null, high: number | null];
  /** More is not allowed. */
  allowed: number;
  status: 'passed' | 'failed' | 'inconclusive';
}

export interface GateLevel {
  /** As it was written. */
  objective: string;
  /** The candidate's segments that count, their requests, and the bad ones of them. */
  segments: number;
  count: number;
  bad: number;
  /** Where the share of bad requests surely lies, the ends as those of a figure; null unknown. */
  interval: [low: number | null, high: number | null];
  /** The share that may be bad. */
  allowed: number;
  status: 'passed' | 'failed' | 'inconclusive';
}

export interface GateAnswers {
  /** So many different ones. */
  inputs: number;
  /** Inputs to which a build gave now this answer, now another. */
  unstable: number;
  /** Inputs that the baseline did not answer. */
  unanswered: number;
  /** Of the others those that the candidate answered differently, every time. */
  different: number;
  /** The first of them: the input's number from 1, where in the answer they differ, and what stands there. */
  examples: { input: number; path: string; baseline: string; candidate: string }[];
  /**
   * Of the inputs that the baseline answered the share that is answered as the label says, and how many only the baseline (`lost`) or only
   * the candidate (`won`) got right.
   */
  accuracy: { baseline: number; candidate: number; lost: number; won: number } | null;
  status: 'passed' | 'failed' | 'inconclusive';
}
