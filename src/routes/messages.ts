import type { Route } from './route.ts';

/** What the worker is told and asked. */
export type ToWorker =
  | { readonly kind: 'update'; readonly file: string; readonly source: string }
  | { readonly kind: 'remove'; readonly file: string }
  /** `file` null asks for all. */
  | { readonly kind: 'ask'; readonly id: number; readonly file: string | null };

export type FromWorker =
  | {
      readonly kind: 'routes';
      readonly id: number;
      readonly routes: readonly Route[];
      /** ms that parsing what changed has taken. */
      readonly parseTime: number;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };
