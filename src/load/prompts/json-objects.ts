import { PlanError } from '../plan/plan-error.ts';

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The objects of a JSON array one by one, as text: files of conversations are larger than a text can be (ShareGPT's has 640 MB). What
 * is not within an object is passed over. Throws a {@link PlanError} that names the file where the array does not end.
 */
export function* objectsOf(bytes: Uint8Array, file: string): Generator<string> {
  const decoder = new TextDecoder();
  let count = 0;
  let depth = 0;
  let start = -1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = closingQuote(bytes, at);
    else if (byte === OPEN_LIST || byte === OPEN_MAP) {
      depth++;
      if (depth === 2 && byte === OPEN_MAP) start = at;
    } else if (byte === CLOSE_LIST || byte === CLOSE_MAP) {
      depth--;
      if (depth !== 1 || start < 0) continue;
      yield decoder.decode(bytes.subarray(start, at + 1));
      count++;
      start = -1;
    }
  }
  if (depth <= 0) return;
  const place = `${file}, entry ${count + 1}`;
  throw new PlanError(`${place}: the file ends before it does. It was cut off, or lacks a " or a bracket.`);
}

/** Most of such a file is within quotes, where looking for their end is much faster than looking at each byte. */
function closingQuote(bytes: Uint8Array, open: number): number {
  for (let at = open; ; ) {
    at = bytes.indexOf(QUOTE, at + 1);
    if (at < 0) return bytes.length;
    let slashes = 0;
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
}
