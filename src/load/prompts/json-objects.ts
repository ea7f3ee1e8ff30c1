const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

/**
 * The objects of a JSON array one by one, as text: files of conversations are larger than a text can be (ShareGPT's has 640 MB). What
 * is not within an object is passed over.
 */
export function* objectsOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  let depth = 0;
  let start = -1;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (OPEN.has(byte)) {
      depth++;
      if (depth === 2 && byte === 0x7b) start = at;
    } else if (CLOSE.has(byte)) {
      depth--;
      if (depth !== 1 || start < 0) continue;
      yield decoder.decode(bytes.subarray(start, at + 1));
      start = -1;
    }
  }
}
