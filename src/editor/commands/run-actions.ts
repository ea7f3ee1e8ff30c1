import path from 'node:path';
import * as vscode from 'vscode';
import { type ListedRun, otherBaselines, runKind, runName, runNote } from '../../report/run-entry.ts';
import { RunUnderWayError } from '../../runs/run-folder.ts';
import { cleanName } from '../../runs/run-label.ts';
import type { ComparisonDocuments } from '../comparison-documents.ts';
import type { RunDocuments } from '../run-documents.ts';
import type { RunLibrary } from '../views/run-library.ts';

/** What a person does with runs that are kept. Each is told the runs it is for. */
export class RunActions {
  readonly #library: RunLibrary;
  readonly #documents: RunDocuments;
  readonly #comparisons: ComparisonDocuments;
  readonly #show: (folder: string) => Promise<void>;
  #hasTrash = true;

  /** @param show opens a run, by its folder; throws where it cannot be read */
  constructor(
    library: RunLibrary,
    documents: RunDocuments,
    comparisons: ComparisonDocuments,
    show: (folder: string) => Promise<void>,
  ) {
    this.#library = library;
    this.#documents = documents;
    this.#comparisons = comparisons;
    this.#show = show;
  }

  async open([run]: readonly ListedRun[]): Promise<void> {
    if (run === undefined) return selectFirst();
    try {
      await this.#show(run.folder);
    } catch (error) {
      if (error instanceof RunUnderWayError) return say(error.message.replace(path.basename(run.folder), runName(run)));
      await this.#documents.show(run.folder);
      if (run.summary !== null) void vscode.window.showWarningMessage((error as Error).message);
    }
  }

  async name([run]: readonly ListedRun[]): Promise<void> {
    if (run === undefined) return selectFirst();
    const name = await vscode.window.showInputBox({
      title: 'Name',
      prompt: `A name for this run of ${run.summary?.target ?? run.folder}; empty: none`,
      value: run.label.name ?? '',
    });
    if (name !== undefined) await this.#change(() => this.#library.label([run], { name: cleanName(name) }));
  }

  async pin(runs: readonly ListedRun[], pinned: boolean): Promise<void> {
    if (runs.length === 0) return selectFirst();
    await this.#change(() => this.#library.label(runs, { pinned }));
  }

  /** One run, or several of one target: of several it is told by how much they differ among themselves. */
  async setBaseline(runs: readonly ListedRun[]): Promise<void> {
    if (runs.length === 0) return selectFirst();
    const unfit = runs.find(({ summary }) => summary === null);
    if (unfit !== undefined) return say(`${runName(unfit)} cannot be a baseline: ${unfit.problem}`);
    if (targetsOf(runs).size > 1) return say('Select runs of one target: each has a baseline of its own.');
    await this.#change(() => this.#library.setBaseline(runs));
  }

  async clearBaseline(runs: readonly ListedRun[]): Promise<void> {
    if (runs.length === 0) return selectFirst();
    await this.#change(() => this.#library.label(runs, { baseline: false }));
  }

  /** Two runs, or one and another that is then asked for. The baseline stands first, else the older. */
  async compare(runs: readonly ListedRun[]): Promise<void> {
    if (runs.length > 2) return say('Select two runs to compare.');
    const [one, given] = runs;
    if (one === undefined) return selectFirst();
    const other = given ?? (await this.#askOther(one));
    if (other === undefined) return;
    const open = [one, other].find((run) => run.underWay);
    if (open !== undefined) return say(`${runName(open)} is still being measured. Compare it when it has ended.`);
    const [first, second] = inTime(one, other);
    await this.#comparisons.show([first.folder], [second.folder]);
  }

  /** The runs that are the baseline of their target first, then those that are held against them. */
  async compareWithBaseline(runs: readonly ListedRun[]): Promise<void> {
    const [one] = runs;
    if (one === undefined) return selectFirst();
    if (targetsOf(runs).size > 1) return say('Select runs of one target: each has a baseline of its own.');
    const baselines = otherBaselines(await this.#library.runs(), runs);
    const candidates = runs.filter(({ label, underWay, summary }) => !label.baseline && !underWay && summary !== null);
    if (baselines.length === 0 && !runs.some(({ label }) => label.baseline)) {
      return say(
        `${one.summary?.target ?? runName(one)} has no baseline yet: select a run, or several, and Set as Baseline.`,
      );
    }
    if (candidates.length === 0) return say('Select runs that are not the baseline itself, and have ended.');
    const folders = (side: readonly ListedRun[]): string[] => side.map(({ folder }) => folder);
    const marked = [...baselines, ...runs.filter(({ label }) => label.baseline)];
    await this.#comparisons.show(folders(marked), folders(candidates));
  }

  async delete(runs: readonly ListedRun[]): Promise<void> {
    if (runs.length === 0) return selectFirst();
    const going = runs.filter(({ underWay }) => !underWay);
    if (going.length === 0) return say('A run that is being measured cannot be deleted. Stop it first.');
    if (!(await mayDelete(going, this.#hasTrash))) return;
    try {
      const kept = this.#hasTrash ? await deleteAll(going, true) : going;
      if (kept.length === 0) return;
      // Remote machines and containers have none.
      const asked = this.#hasTrash ? await mayDelete(kept, false) : true;
      this.#hasTrash = false;
      if (!asked) return;
      const left = await deleteAll(kept, false);
      if (left.length > 0) void vscode.window.showErrorMessage(`${countOf(left)} could not be deleted.`);
    } finally {
      this.#library.refresh();
    }
  }

  async reveal([run]: readonly ListedRun[]): Promise<void> {
    if (run === undefined) return selectFirst();
    const uri = vscode.Uri.file(run.folder);
    // A window in a browser has no file manager beside it, but a list of files of its own.
    await vscode.commands
      .executeCommand('revealFileInOS', uri)
      .then(undefined, () => vscode.commands.executeCommand('revealInExplorer', uri));
  }

  async copyPath(runs: readonly ListedRun[]): Promise<void> {
    if (runs.length === 0) return selectFirst();
    await vscode.env.clipboard.writeText(runs.map(({ folder }) => folder).join('\n'));
  }

  async #askOther(one: ListedRun): Promise<ListedRun | undefined> {
    const others = (await this.#library.runs()).filter(
      (run) => run.folder !== one.folder && run.summary !== null && !run.underWay,
    );
    if (others.length === 0) {
      say('There is no other run to compare it with yet.');
      return undefined;
    }
    const alike = (run: ListedRun): number =>
      Number(run.summary?.target === one.summary?.target) * 2 + Number(run.label.baseline);
    const choices = others
      .toSorted((a, b) => alike(b) - alike(a))
      .map((run) => ({
        label: runName(run),
        description: runNote(run, Date.now()),
        detail: run.label.baseline ? 'Baseline' : '',
        run,
      }));
    const title = `Compare ${runName(one)} with`;
    return (await vscode.window.showQuickPick(choices, { title, matchOnDescription: true }))?.run;
  }

  async #change(change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      void vscode.window.showErrorMessage(`The run's label could not be written. ${(error as Error).message}`);
    }
  }
}

function targetsOf(runs: readonly ListedRun[]): Set<string | undefined> {
  return new Set(runs.map(({ summary }) => summary?.target));
}

function inTime(one: ListedRun, other: ListedRun): [ListedRun, ListedRun] {
  if (one.label.baseline !== other.label.baseline) return one.label.baseline ? [one, other] : [other, one];
  const time = ({ summary, writtenAt }: ListedRun): number => summary?.startedAt ?? writtenAt;
  return time(one) <= time(other) ? [one, other] : [other, one];
}

async function mayDelete(runs: readonly ListedRun[], toTrash: boolean): Promise<boolean> {
  const [yes, how] = toTrash
    ? ['Move to Trash', 'What was measured goes to the trash.']
    : ['Delete for Good', 'There is no trash here: what was measured is gone then.'];
  const detail = [...new Set([how, ...runs.slice(0, 5).map(described)])].join('\n');
  const answer = await vscode.window.showWarningMessage(`Delete ${countOf(runs)}?`, { modal: true, detail }, yes);
  return answer === yes;
}

function described(run: ListedRun): string {
  const baseline = run.label.baseline ? ', a baseline' : '';
  return `${runName(run)} (${runKind(run)}${baseline}) ${runNote(run, Date.now())}`;
}

/** @returns those that are still there */
async function deleteAll(runs: readonly ListedRun[], useTrash: boolean): Promise<ListedRun[]> {
  const left: ListedRun[] = [];
  for (const run of runs) {
    const uri = vscode.Uri.file(run.folder);
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash }).then(undefined, () => left.push(run));
  }
  return left;
}

function countOf(runs: readonly ListedRun[]): string {
  return runs.length === 1 ? `the run ${runName(runs[0]!)}` : `${runs.length} runs`;
}

function selectFirst(): void {
  say('Select a run in the Tailflame view first.');
}

function say(text: string): void {
  void vscode.window.showInformationMessage(text);
}
