import { type Load, modelOf } from '../load/model/load-model.ts';
import type { Latency, RunDocument } from '../runs/run-document.ts';
import type { Growth } from './growth.ts';

/** One run that was made to answer a question, and what it says to it. */
export interface Probe {
  /** What was asked for, as people say it: `120/s`, `16 users`, `batch 8`. */
  readonly label: string;
  /** Of a search what was asked for, in its unit; null of a probe that was asked for something else, as in a sweep. */
  readonly level: number | null;
  readonly load: Load;
  /** The run's folder, as its document names it. */
  readonly run: string;
  readonly document: RunDocument;
  /** How fast the number of requests under way grew while the load was on, with its 95 % interval: requests a second. Null: unknown. */
  readonly growth: Growth | null;
  /** Whether all objectives held, the generator was healthy and nothing piled up; null where that cannot be told. */
  readonly ok: boolean | null;
  /** Why not, or why it cannot be told, as a sentence; null where it is ok, and where there is nothing to hold it against. */
  readonly reason: string | null;
}

/** A probe as `--json` tells it. */
export interface ProbeDocument {
  label: string;
  /** Of `find-rate` what was asked for, in its `unit`; null for a probe of another kind, and in a sweep. */
  level: number | null;
  run: string;
  /** Requests a second, and users of a closed loop. */
  rate: { asked: number | null; got: number };
  users: number | null;
  latency: Latency;
  ttft: Latency | null;
  tokensPerSecond: number | null;
  failed: number;
  inFlightGrowth: number | null;
  ok: boolean | null;
  reason: string | null;
}

export function probeDocument({ label, level, load, run, document, growth, ok, reason }: Probe): ProbeDocument {
  const { closed, highestLevel } = modelOf(load);
  return {
    label,
    level,
    run,
    rate: document.load.rate,
    users: closed ? highestLevel : null,
    latency: document.latency,
    ttft: document.streaming?.ttft ?? null,
    tokensPerSecond: document.streaming?.tokensPerSecond ?? null,
    failed: document.load.failed,
    inFlightGrowth: growth?.slope ?? null,
    ok,
    reason,
  };
}
