const LONGEST = 300;
/** Beyond it a line's message has long said what it is about. */
const LONGEST_READ = 2000;

/** What differs between two messages that say the same. The first that fits wins. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  // Whatever is named as a secret, in case it is none of the plan's.
  [
    /\b([\w-]{0,30}(?:authorization|token|secret|passw(?:or)?d|api[-_]?key|cookie|session(?:[-_]?id)?|signature|credential)s?)(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"',;&)}\]]+/gi,
    '$1$2#',
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 #'],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,200}@/gi, '$1#@'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '#'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?/g, '#'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '#'],
  [/\b0x[0-9a-f]+\b/gi, '#'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '#'],
  // Ids of letters and digits, such as tokens and `chatcmpl-…`.
  [/\b(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[a-zA-Z])[\w]{16,}\b/g, '#'],
  [/-?\b\d+(?:[.,]\d+)*(?:e[+-]?\d+)?/gi, '#'],
  [/#(?:[.:/T,-]?#)+Z?/g, '#'],
];

/** A message without what changes from one time to the next: numbers, times, ids, addresses and secrets become `#`. */
export function maskedMessage(message: string): string {
  const plain = message
    .slice(0, LONGEST_READ)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const masked = MASKS.reduce((text, [pattern, instead]) => text.replace(pattern, instead), plain);
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…` : masked;
}
