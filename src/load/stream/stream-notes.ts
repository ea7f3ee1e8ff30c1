/** What the events of one stream say, as far as they have been read. What goes for one event alone is cleared before the next. */
export class StreamNotes {
  /** Of this event: text for the reader, text of the model's reasoning, and what calls of tools are made of. */
  content = '';
  reasoning = '';
  toolCall = '';
  /** Of this event: how many tokens it says are in it; NaN where it says nothing of that. */
  tokens = NaN;
  /** Of this event: whether it says how many tokens have come so far. */
  counted = false;

  inputTokens = NaN;
  /** So far, reasoning included. */
  outputTokens = NaN;
  cachedTokens = NaN;
  /** Ms. */
  serverQueue = NaN;
  serverCompute = NaN;
  /** The server says that it failed, and why. */
  error: string | null = null;
  /** The stream has said that its answer is whole. */
  ended = false;
  /** Nothing that counts follows. */
  closed = false;

  /** Before the next event. */
  next(): void {
    this.content = '';
    this.reasoning = '';
    this.toolCall = '';
    this.tokens = NaN;
    this.counted = false;
  }

  /** Whether this event has anything of the answer in it: a role or an empty text is nothing. */
  get hasContent(): boolean {
    return this.content !== '' || this.reasoning !== '' || this.toolCall !== '';
  }

  fail(error: string): void {
    this.error ??= error;
  }
}
