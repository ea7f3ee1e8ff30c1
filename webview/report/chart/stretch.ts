/** A stretch of time that is being selected: it began at `anchor` and ends at `head`, which may be earlier. Ms of run time. */
export interface Stretch {
  readonly anchor: number;
  readonly head: number;
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export function endsOf({ anchor, head }: Stretch): { readonly from: number; readonly to: number } {
  return { from: Math.min(anchor, head), to: Math.max(anchor, head) };
}

/** All of every bucket that a stretch touches, since requests are counted by buckets. They are `width` ms long and begin at the low bound. */
export function snapped({ anchor, head }: Stretch, width: number, { low, high }: Bounds): Stretch {
  const before = (time: number): number => low + Math.floor((time - low) / width) * width;
  const behind = (time: number): number => Math.min(high, low + Math.ceil((time - low) / width) * width);
  return anchor <= head
    ? { anchor: before(anchor), head: behind(head) }
    : { anchor: behind(anchor), head: before(head) };
}

/** The stretch as long as it was, `by` ms later; at the bounds it stops. */
export function moved(stretch: Stretch, by: number, { low, high }: Bounds): Stretch {
  const { from, to } = endsOf(stretch);
  const held = Math.min(Math.max(by, low - from), high - to);
  return { anchor: stretch.anchor + held, head: stretch.head + held };
}

/** Its head `by` ms later. A stretch never ends where it began: it passes over that point. */
export function extended(stretch: Stretch, by: number, { low, high }: Bounds): Stretch {
  const clamp = (time: number): number => Math.min(high, Math.max(low, time));
  const head = clamp(stretch.head + by);
  if (Math.abs(head - stretch.anchor) > 1e-6) return { anchor: stretch.anchor, head };
  const passed = clamp(head + by);
  return Math.abs(passed - stretch.anchor) > 1e-6 ? { anchor: stretch.anchor, head: passed } : stretch;
}
