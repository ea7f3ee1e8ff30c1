import type { Outcome } from './request-table.ts';

/** One failed request as it was, kept for people: secrets removed, bodies cut. */
export interface FailureExample {
  readonly kind: Outcome;
  readonly step: string;
  /** What happened, as a sentence. */
  readonly text: string;
  /** When it was due, ms of run time. */
  readonly at: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  /** null where none came. */
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
}
