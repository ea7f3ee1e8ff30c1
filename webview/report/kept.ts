import type { Stretch } from './chart/stretch.ts';

/** What of the page outlives it, since a hidden panel's page is thrown away. */
export interface Kept {
  /** The run's folder name, by which the panel is restored after a reload. */
  readonly run: string;
  readonly stretch: Stretch | null;
  /** CSS pixels. */
  readonly scroll: number;
  readonly allSlowest: boolean;
}
