/** What may stand in a request line as it is: visible ASCII, without the `#` that would end the address. */
const UNSAFE = /[^!"$-~]+/g;

/** A text put into an address as it is written, save what would break the request line. */
export function encodeForAddress(text: string): string {
  return text.replace(UNSAFE, encodeAll);
}

/** A name or value of a query. */
export function encodeForQuery(text: string): string {
  return encodeAll(text);
}

/** A name or value of `application/x-www-form-urlencoded` (WHATWG URL, §5). */
export function encodeForForm(text: string): string {
  return encodeAll(text)
    .replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** What was percent-encoded; a text that cannot have been is left. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encodeAll(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // Half of a surrogate pair has no UTF-8; it becomes U+FFFD, as everywhere on the web.
    return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  }
}
