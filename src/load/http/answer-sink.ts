/** Why an answer is not read to its end. */
export interface Ending {
  /** `cancelled`: enough of it has come. */
  readonly outcome: 'cancelled' | 'bad-body';
  /** For a person. */
  readonly text: string;
}

/** Who reads an answer's body as it comes, so that it is not kept. */
export interface AnswerSink {
  /**
   * The head of the answer has come. Returns whether its body is to be read as it comes; else it is kept like any other.
   *
   * @param header the first of that name, in lower case
   */
  begin(status: number, header: (name: string) => string | undefined): boolean;
  /**
   * A part of the body, uncompressed. It is overwritten once this returns.
   *
   * @param at when it was read from the socket, ms on the clock of the exchange's marks
   * @returns null: go on
   */
  data(bytes: Buffer, at: number): Ending | null;
}
