import path from 'node:path';
import { readView, type View, viewKey } from '../correlate/views/view.ts';
import type { ViewMaterial } from '../correlate/views/view-material.ts';
import { type WeighedView, weighView } from '../correlate/views/weigh-view.ts';
import type { Profile } from '../profile/profile.ts';
import { writeSpeedscope } from '../profile/write/speedscope.ts';
import type { OpenedRun } from '../runner/opened/open-run.ts';
import { openViewMaterial, weighRunView } from '../runner/opened/open-view.ts';
import {
  findSavedView,
  readSavedViews,
  removeView,
  renameView,
  type SavedView,
  saveView,
} from '../runner/opened/saved-views.ts';
import { tableFromRows } from '../runs/request-table.ts';
import { cleanName } from '../runs/run-label.ts';
import { signedProfile } from './difference-graph.ts';
import { type HotspotsDocument, viewDocument } from './hotspots-document.ts';
import { type ListedView, listViews, savedEntry } from './listed-views.ts';
import { type ViewContext, viewContext, viewName, viewSentence } from './view-words.ts';

/** A view as the flame graph panel shows it. */
export interface GraphOfView {
  readonly entry: ListedView;
  readonly weighed: WeighedView;
  /** A speedscope file with one profile. */
  readonly file: string;
  readonly sentence: string;
  /** Its functions, for a difference, which has other figures of them. */
  readonly differences: HotspotsDocument['functions'] | null;
}

/** A profile's views, made when they are asked for, and which of them is shown. Where it is a run's they can be kept with it. */
export class ViewGraph {
  readonly name: string;
  /** Null: the profile stands alone. */
  readonly run: OpenedRun | null;
  readonly material: ViewMaterial;
  readonly #context: ViewContext;
  readonly #listed: readonly ListedView[];
  #saved: readonly SavedView[];
  /** Made by hand and not kept yet. */
  #unsaved: readonly ListedView[] = [];
  #shown: string;

  private constructor(
    name: string,
    run: OpenedRun | null,
    material: ViewMaterial,
    context: ViewContext,
    saved: readonly SavedView[],
  ) {
    this.name = name;
    this.run = run;
    this.material = material;
    this.#context = context;
    this.#saved = saved;
    this.#listed = listViews(material, context).views;
    this.#shown = this.#listed[0]?.id ?? '';
  }

  /** Of a run; null where it has no profile. @returns `problem`: why what was saved with it cannot be used, as a sentence */
  static async ofRun(run: OpenedRun): Promise<{ graph: ViewGraph; problem: string | null } | null> {
    const material = await openViewMaterial(run);
    if (material === null) return null;
    const context = viewContext(run.document, material);
    const name = path.basename(run.folder);
    let problem: string | null = null;
    const saved = await readSavedViews(run.folder).catch((error: Error) => {
      problem = error.message;
      return [];
    });
    return { graph: new ViewGraph(name, run, material, context, saved), problem };
  }

  /** Of a profile that stands alone. */
  static ofProfile(name: string, profile: Profile): ViewGraph {
    const requests = tableFromRows(new Float64Array(0));
    const nothing = {
      requests,
      chunks: [],
      gpus: [],
      limits: { latency: null, ttft: null, gap: null },
      steps: [],
      groups: [],
      phase: { start: 0, end: 0 },
    };
    return new ViewGraph(name, null, { profile, ...nothing }, { threads: profile.threads, gpus: [], origin: 0 }, []);
  }

  /** When the measured phase began, ms of run time: where stretches are counted from. */
  get origin(): number {
    return this.#context.origin;
  }

  /** In the order they are listed; none where nothing ran. */
  get views(): readonly ListedView[] {
    const own = this.#listed.filter(({ group }) => group !== 'Threads');
    const threads = this.#listed.filter(({ group }) => group === 'Threads');
    return [...own, ...this.#saved.map(savedEntry), ...this.#unsaved, ...threads];
  }

  get shown(): ListedView | null {
    return this.views.find(({ id }) => id === this.#shown) ?? this.views[0] ?? null;
  }

  /** Whether the view shown was made by hand, and can be kept. */
  get canSave(): boolean {
    return this.run !== null && this.#unsaved.some(({ id }) => id === this.#shown);
  }

  /**
   * Adds views made by hand, in place of those that were there and not kept. The first is what was asked for: why it is missing is said when
   * it is shown; of the others those that are missing are left out.
   */
  add(views: readonly View[]): void {
    const known = new Set(this.#listed.map(({ id }) => id));
    this.#unsaved = views
      .filter((view) => !known.has(viewKey(view)))
      .filter((view, index) => index === 0 || !('missing' in weighView(view, this.material)))
      .map((view) => {
        const name = viewName(view, this.#context);
        return { id: viewKey(view), name, group: 'Not saved', view, isSaved: false };
      });
  }

  /** A view as it stands in the list; null where it is not in it. */
  entryOf(view: View): ListedView | null {
    return this.views.find(({ id }) => id === viewKey(view)) ?? null;
  }

  /** A view by its id, also one that was made by hand before the window was loaded again. */
  find(id: string): ListedView | null {
    const listed = this.views.find((one) => one.id === id);
    if (listed !== undefined) return listed;
    const view = viewOfKey(id);
    if (view === null) return null;
    this.add([view]);
    return this.entryOf(view);
  }

  /** Shows a view; what was shown before stays where the new one is missing. @param root what paths are shown relative to */
  async show(entry: ListedView, root: string): Promise<GraphOfView | { readonly missing: string }> {
    const { view } = entry;
    const weighed =
      this.run === null ? weighView(view, this.material) : await weighRunView(view, this.run, this.material);
    if ('missing' in weighed) {
      this.#unsaved = this.#unsaved.filter((one) => one !== entry);
      return weighed;
    }
    const { weights, difference } = weighed;
    const profile = difference === null ? weighed.profile : signedProfile(difference, root);
    const file = writeSpeedscope([{ profile, views: [{ name: entry.name, weights }] }], this.name);
    if (file === null) return { missing: 'What ran then had no stack.' };
    this.#shown = entry.id;
    const sentence = viewSentence(view, weighed, this.#context);
    const differences = difference === null ? null : viewDocument(view, null, weighed, sentence).functions;
    return { entry, weighed, file, sentence, differences };
  }

  /** Keeps the view shown with the run. Throws a `SavedViewError`. */
  async save(name: string): Promise<ListedView> {
    const { run, view } = this.#ofRun();
    this.#saved = await saveView(run.folder, name, view);
    this.#unsaved = this.#unsaved.filter(({ id }) => id !== viewKey(view));
    return this.#shownAs(name);
  }

  /** Gives the saved view shown another name. Throws a `SavedViewError`. */
  async rename(newName: string): Promise<ListedView> {
    const { run, name } = this.#ofRun();
    this.#saved = await renameView(run.folder, name, newName);
    return this.#shownAs(newName);
  }

  /** Forgets that the view shown was saved; it stays in the list until another is made by hand. Throws a `SavedViewError`. */
  async remove(): Promise<ListedView> {
    const { run, view, name } = this.#ofRun();
    this.#saved = await removeView(run.folder, name);
    this.add([view]);
    this.#shown = viewKey(view);
    return this.shown!;
  }

  #ofRun(): { run: OpenedRun; view: View; name: string } {
    const { run, shown } = this;
    if (run === null || shown === null) throw new Error('The view of a profile that stands alone is not kept.');
    return { run, view: shown.view, name: shown.name };
  }

  #shownAs(name: string): ListedView {
    const entry = savedEntry(findSavedView(this.#saved, cleanName(name) ?? '')!);
    this.#shown = entry.id;
    return entry;
  }
}

function viewOfKey(id: string): View | null {
  try {
    const view = readView(JSON.parse(id));
    return typeof view === 'string' ? null : view;
  } catch {
    return null;
  }
}
