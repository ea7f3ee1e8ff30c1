const QUOTED_OR_BACKSLASH = /'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[ \t]*(?=-|'|"|https?:)|\\\S/gi;

/**
 * A curl line as it was before a field of one line took the line breaks out of it: a backslash that ended a line then stands before
 * blanks or an option, where nobody means one. A text of several lines is left as it is.
 */
export function unbrokenCurl(text: string): string {
  if (text.trim().includes('\n')) return text;
  return text.replace(QUOTED_OR_BACKSLASH, (found) => (/^\\[ \t]*$/.test(found) ? ' ' : found));
}
