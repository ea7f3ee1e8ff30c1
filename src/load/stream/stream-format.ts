import type { StreamEvent } from './event-decoder.ts';
import type { JsonObject } from './json-value.ts';
import type { StreamNotes } from './stream-notes.ts';

/** Reads the events of one stream, one after the other. */
export interface EventReader {
  /**
   * Notes what an event says, and returns it as it is for {@link StreamFormat.answerOf}; undefined where it adds nothing to the answer.
   * Throws a `StreamFault` for what cannot be an event of the API.
   */
  read(event: StreamEvent, notes: StreamNotes): unknown;
}

/** How the answers of an API stream. */
export interface StreamFormat {
  readonly framing: 'events' | 'lines';
  /** What has to come for an answer to be whole, to stand after "without"; null: the answer's end is enough. */
  readonly terminator: string | null;
  open(): EventReader;
  /** The answer that the API would have given had it not been asked to stream, of what its events said; a text is no JSON. */
  answerOf(events: readonly unknown[]): unknown;
  /**
   * Notes what an answer says that was asked to stream and did not; false where it is no answer of the API. null where such an answer is
   * a stream of one line.
   */
  readonly whole: ((answer: JsonObject, notes: StreamNotes) => boolean) | null;
}
