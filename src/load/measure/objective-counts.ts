/** Of the requests and iterations that a selector matches. A run's own are counted wherever they ended, a window's where it ended. */
export interface ObjectiveCounts {
  readonly answered: number;
  /** Sent, and got no good answer. */
  readonly failed: number;
  /** Due, but never sent. */
  readonly dropped: number;
  /** In flight when the run ended: neither answered nor failed. */
  readonly interrupted: number;
  /** Answers that the plan's checks were held against, and those of them with a check that did not hold. */
  readonly checked: number;
  readonly checksFailed: number;
  /** Completed. */
  readonly iterations: number;
  /** Of answers in full that stream; null where one does not tell. */
  readonly outputTokens: number | null;
  /** Answered within every limit that the objectives set to single requests; null where that cannot be told. */
  readonly good: number | null;
  /**
   * What was answered while the load was made, to requests of any phase, and the phase's own iterations that were completed then, and how
   * long that was. Where the server falls behind this is less than `answered`. Where a stage is selected, only that stage's part of the
   * time counts, and what ended in it, whenever it was due.
   */
  readonly within: {
    readonly answered: number;
    readonly iterations: number;
    /** Null unknown. */
    readonly outputTokens: number | null;
    readonly good: number | null;
    readonly seconds: number;
  };
}
