import type { SlowRequest } from '../../src/report/result-view.ts';

/** A part of a request's time, up to one of its marks. */
export interface Part {
  /** Also its class in the style sheet. */
  readonly name: 'queued' | 'connecting' | 'sending' | 'waiting' | 'thinking' | 'streaming' | 'receiving';
  readonly text: string;
  readonly until: 'dispatched' | 'acquired' | 'sent' | 'firstByte' | 'firstContent' | 'lastContent' | 'end';
}

export const PARTS: readonly Part[] = [
  { name: 'queued', text: 'waited to be sent', until: 'dispatched' },
  { name: 'connecting', text: 'for a connection', until: 'acquired' },
  { name: 'sending', text: 'sending', until: 'sent' },
  { name: 'waiting', text: 'to the first byte', until: 'firstByte' },
  // Of streams alone.
  { name: 'thinking', text: 'to the first content', until: 'firstContent' },
  { name: 'streaming', text: 'to the last content', until: 'lastContent' },
  { name: 'receiving', text: 'to the last byte', until: 'end' },
];

/** What a request spent its time on, ms, in order; their sum is its latency. A moment that never came leaves its time to the next part. */
export function partsOf(request: SlowRequest): { readonly part: Part; readonly ms: number }[] {
  const parts: { part: Part; ms: number }[] = [];
  let from = 0;
  for (const part of PARTS) {
    const until = request[part.until];
    if (until === null) continue;
    const to = Math.min(request.end, Math.max(from, until));
    parts.push({ part, ms: to - from });
    from = to;
  }
  return parts;
}
