/** A call on a stack, as it was seen. */
export interface SeenFrame {
  readonly function: string;
  readonly file: string | null;
  /** 1-based. */
  readonly line: number | null;
}

/** A thread of the target. */
export interface SeenThread {
  readonly pid: number;
  readonly name: string;
  /** Whether it was on a core, ready for one, or held the GIL. */
  readonly active: boolean;
  /** Innermost first. */
  readonly frames: readonly SeenFrame[];
}

/** A task of an event loop that was suspended. */
export interface SeenTask {
  readonly pid: number;
  readonly name: string;
  /** Innermost first. */
  readonly frames: readonly SeenFrame[];
}

/** A connection that the target had made, or was making. */
export interface SeenSocket {
  readonly pid: number;
  /** `127.0.0.1:9000`, `[::1]:9000`, or the path of a Unix socket. */
  readonly remote: string;
  /** `opening`: not made yet. */
  readonly state: 'open' | 'opening';
  /** Bytes sent and not yet taken by the other side; received and not yet read. */
  readonly unsent: number;
  readonly unread: number;
}

/** What was seen at some moment between `start` and `end`, ms on the run's clock. */
export interface Sight<T> {
  readonly start: number;
  readonly end: number;
  readonly seen: readonly T[];
}

/**
 * What the target was seen in at one moment of the profiled phase. null: it was not looked for, or could not be seen.
 */
export interface Look {
  /** The request that had been under way for long: its id, and since when, ms on the run's clock. null: a look at any time. */
  readonly late: { readonly request: number; readonly since: number } | null;
  readonly threads: Sight<SeenThread> | null;
  readonly tasks: Sight<SeenTask> | null;
  readonly sockets: Sight<SeenSocket> | null;
  /** Of those the ones over which something was sent and nothing has come since; to find out takes longer than to see them. */
  readonly awaiting: Sight<SeenSocket> | null;
}
