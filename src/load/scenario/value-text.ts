const SHOWN_CHARACTERS = 200;

/** A value as it stands in a text: a string as it is, all else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** A value as people are shown it: JSON, cut short. */
export function shownValue(value: unknown): string {
  return cutShort(JSON.stringify(value) ?? 'nothing');
}

/** A text on one line, cut short. */
export function cutShort(text: string): string {
  const line = text
    .slice(0, 4 * SHOWN_CHARACTERS)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > SHOWN_CHARACTERS || text.length > 4 * SHOWN_CHARACTERS
    ? `${line.slice(0, SHOWN_CHARACTERS)}…`
    : line;
}
