import { PLAIN_KINDS, type PlainKind, threadKey, type View, viewKey } from '../correlate/views/view.ts';
import type { ViewMaterial } from '../correlate/views/view-material.ts';
import { whyMissing } from '../correlate/views/weigh-view.ts';
import { RUNNING } from '../profile/profile.ts';
import type { SavedView } from '../runner/opened/saved-views.ts';
import { type ViewContext, viewName } from './view-words.ts';

/** Where a view stands in the list of a run's views. */
export type ViewGroup = 'Run' | 'Requests' | 'Streams' | 'GPU' | 'Saved' | 'Not saved' | 'Threads';

/** One of the views that a run has. */
export interface ListedView {
  /** The same as long as it is the same view. */
  readonly id: string;
  readonly name: string;
  readonly group: ViewGroup;
  readonly view: View;
  /** Whether a person gave it its name. */
  readonly isSaved: boolean;
}

/** The views of a run, and why it has not the others. */
export interface ListedViews {
  readonly views: readonly ListedView[];
  readonly missing: ReadonlyMap<PlainKind, string>;
}

const GROUP_OF: Readonly<Record<PlainKind, ViewGroup>> = {
  all: 'Run',
  slow: 'Requests',
  other: 'Requests',
  'first-token': 'Streams',
  gap: 'Streams',
  'gpu-idle': 'GPU',
};
/** Of many steps and groups only so many are listed; the others are to be had by name. */
const MOST_PARTS = 12;
const MOST_THREADS = 32;

/** The views that a run has without anybody having made them, in the order they are listed. */
export function listViews(material: ViewMaterial, context: ViewContext): ListedViews {
  const missing = new Map<PlainKind, string>();
  const views: ListedView[] = [];
  const add = (view: Exclude<View, { kind: 'difference' }>, group: ViewGroup): string | null => {
    const missing = whyMissing(view, material);
    if (missing !== null) return missing;
    views.push({ id: viewKey(view), name: viewName(view, context), group, view, isSaved: false });
    return null;
  };
  for (const kind of PLAIN_KINDS) {
    const reason = add({ kind }, GROUP_OF[kind]);
    if (reason !== null) missing.set(kind, reason);
    if (kind === 'other' && !missing.has('slow')) for (const view of partViews(material)) add(view, 'Requests');
  }
  for (const { gpu } of material.gpus) add({ kind: 'gpu', gpu }, 'GPU');
  for (const thread of busiestThreads(material)) {
    const view: View = { kind: 'thread', thread };
    views.push({ id: viewKey(view), name: viewName(view, context), group: 'Threads', view, isSaved: false });
  }
  return { views, missing };
}

/** A saved view as it stands in the list, whatever it shows: what is missing of it is said when it is opened. */
export function savedEntry({ name, view }: SavedView): ListedView {
  return { id: `saved ${name}`, name, group: 'Saved', view, isSaved: true };
}

/** The slow requests of single steps and groups, where a run has several. */
function partViews({ steps, groups }: ViewMaterial): (View & { readonly kind: 'slow' })[] {
  const part = (names: readonly string[]): readonly string[] => (names.length > 1 ? names.slice(0, MOST_PARTS) : []);
  return [
    ...part(steps).map((step) => ({ kind: 'slow', step }) as const),
    ...part(groups).map((group) => ({ kind: 'slow', group }) as const),
  ];
}

function busiestThreads({ profile }: ViewMaterial): string[] {
  const { samples, threads } = profile;
  const busy = threads.map(() => 0);
  samples.thread.forEach((thread, row) => {
    if (samples.state[row] === RUNNING) busy[thread]! += samples.weight[row]!;
  });
  const order = [...threads.keys()].filter((index) => busy[index]! > 0).sort((a, b) => busy[b]! - busy[a]!);
  return order.slice(0, MOST_THREADS).map((index) => threadKey(threads[index]!));
}
