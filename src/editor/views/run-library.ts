import path from 'node:path';
import * as vscode from 'vscode';
import { inOrder, type ListedRun, otherBaselines } from '../../report/run-entry.ts';
import { type RunSummary, runSummary } from '../../report/run-summary.ts';
import { RunCatalog } from '../../runs/run-catalog.ts';
import { RUN_FILE, RUNS_FOLDER } from '../../runs/run-folder.ts';
import { LABEL_FILE, type RunLabel, readLabel, writeLabel } from '../../runs/run-label.ts';
import { isBeingMeasured } from '../../runs/runner-mark.ts';

/** Changes come in swarms: a run that ends writes five files. */
const SETTLE_MS = 250;
/** A run that is measured changes all the time, and is to be seen all the same. */
const AT_MOST_MS = 1500;
/** Runs that others measure are looked after this often. */
const PULSE_MS = 5000;
const SHOWN_FILES: ReadonlySet<string> = new Set([RUN_FILE, LABEL_FILE]);
const DEPTH_OF_RUN = RUNS_FOLDER.split(path.sep).length + 1;

/** The runs of a workspace, in order, as they are on the disk; and what a person gives them. */
export class RunLibrary implements vscode.Disposable {
  readonly #bases: () => readonly string[];
  readonly #catalog = new RunCatalog<RunSummary>(runSummary);
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #runs: Promise<ListedRun[]> | null = null;
  #watchers: vscode.Disposable[] = [];
  #watched = '';
  #timer: NodeJS.Timeout | null = null;
  #pulse: NodeJS.Timeout | null = null;
  #disposed = false;
  #waitingSince = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @param bases absolute paths of the folders whose runs are meant */
  constructor(bases: () => readonly string[]) {
    this.#bases = bases;
  }

  /** The runs as they were when something last changed. */
  runs(): Promise<ListedRun[]> {
    this.#watch();
    this.#runs ??= this.#read();
    return this.#runs;
  }

  async #read(): Promise<ListedRun[]> {
    const runs = inOrder(await this.#catalog.read(this.#bases()));
    this.#lookAfter(runs.flatMap(({ underWay, folder }) => (underWay ? [folder] : [])));
    return runs;
  }

  /** A runner that is killed writes nothing that could be seen. */
  #lookAfter(underWay: readonly string[]): void {
    if (this.#pulse) clearTimeout(this.#pulse);
    this.#pulse = null;
    if (underWay.length === 0 || this.#disposed) return;
    this.#pulse = setTimeout(async () => {
      const alive = await Promise.all(underWay.map(isBeingMeasured));
      if (alive.includes(false)) this.refresh();
      else this.#lookAfter(underWay);
    }, PULSE_MS);
  }

  /** Looks at the disk again. */
  refresh(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#runs = null;
    this.#changed.fire();
  }

  /** Changes what a person gave runs. What else is in a label stays. */
  async label(runs: readonly ListedRun[], change: Partial<RunLabel>): Promise<void> {
    await this.#write(runs.map((run) => ({ run, change })));
  }

  /** Makes runs what their target is held against; those before are that no longer. */
  async setBaseline(runs: readonly ListedRun[]): Promise<void> {
    const others = otherBaselines(await this.runs(), runs);
    await this.#write([
      ...runs.map((run) => ({ run, change: { baseline: true } })),
      ...others.map((other) => ({ run: other, change: { baseline: false } })),
    ]);
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#pulse) clearTimeout(this.#pulse);
    if (this.#timer) clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.dispose();
    this.#changed.dispose();
  }

  /** One after another: two at once would write one file at the same time. */
  async #write(changes: readonly { run: ListedRun; change: Partial<RunLabel> }[]): Promise<void> {
    const written = this.#writing.then(async () => {
      for (const { run, change } of changes) {
        const { label } = await readLabel(run.folder);
        await writeLabel(run.folder, { ...label, ...change });
      }
    });
    this.#writing = written.catch(() => {});
    try {
      await written;
    } finally {
      this.refresh();
    }
  }

  #watch(): void {
    const bases = this.#bases();
    const key = bases.join('\n');
    if (this.#watched === key) return;
    this.#watched = key;
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = bases.flatMap((base) => {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(base), '.tailflame/**');
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const seen = (uri: vscode.Uri): void => this.#see(path.relative(base, uri.fsPath));
      return [watcher, watcher.onDidCreate(seen), watcher.onDidChange(seen), watcher.onDidDelete(seen)];
    });
  }

  /** @param file relative to its folder */
  #see(file: string): void {
    const parts = file.split(path.sep);
    // What is logged while a run goes on, and what is written beside its document, shows nowhere here.
    if (parts.length > DEPTH_OF_RUN && !SHOWN_FILES.has(parts.at(-1)!)) return;
    const now = Date.now();
    if (this.#timer) clearTimeout(this.#timer);
    else this.#waitingSince = now;
    const wait = Math.max(0, Math.min(SETTLE_MS, this.#waitingSince + AT_MOST_MS - now));
    this.#timer = setTimeout(() => this.refresh(), wait);
  }
}
