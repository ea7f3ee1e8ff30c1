/** A stream that cannot be read on. The message is a sentence for people. */
export class StreamFault extends Error {
  override readonly name = 'StreamFault';
}

/** An event, or a line, may not be larger: what has no end must not fill the memory. */
export const LARGEST_EVENT_BYTES = 16 * 1024 * 1024;

export function tooLarge(what: string): StreamFault {
  return new StreamFault(`${what} of the stream is larger than ${LARGEST_EVENT_BYTES / 1024 / 1024} MB.`);
}
