import type { ClockOrigin } from '../../../runs/clock.ts';
import type { LogFacts } from '../../../runs/run-document.ts';

/** A log that is followed. */
export interface FollowedLog {
  /** As people know it. */
  readonly name: string;
  /** Absolute; null: what it says is handed over as it comes. */
  readonly file: string | null;
}

export interface ReadLogsData {
  readonly origin: ClockOrigin;
  readonly logs: readonly FollowedLog[];
  /** Values that must not be written down. */
  readonly secrets: readonly string[];
}

export type ToLogReader =
  /** What a log without a file has said. */
  | { readonly type: 'output'; readonly log: number; readonly bytes: Uint8Array }
  /** More values that must not be written down. */
  | { readonly type: 'secrets'; readonly secrets: readonly string[] }
  | { readonly type: 'finish' };

/** `log`: its number in {@link ReadLogsData}. */
export type FromLogReader =
  /** Files that are there are open: what is written to them from now on is read. */
  | { readonly type: 'ready' }
  | {
      readonly type: 'counts';
      readonly log: number;
      readonly errors: number;
      readonly warnings: number;
      readonly time: number;
    }
  /** So many bytes of output have been read. */
  | { readonly type: 'read'; readonly bytes: number }
  | { readonly type: 'facts'; readonly facts: readonly LogFacts[] }
  | { readonly type: 'finished'; readonly facts: readonly LogFacts[] };
