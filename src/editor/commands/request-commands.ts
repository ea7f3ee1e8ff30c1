import path from 'node:path';
import * as vscode from 'vscode';
import { bareRequest } from '../../load/plan/import/imported-request.ts';
import { foundLlm } from '../../load/plan/import/llm/found-llm.ts';
import { llmServer } from '../../load/plan/import/llm/llm-place.ts';
import { type MadePlan, planOf } from '../../load/plan/import/plan-of.ts';
import { runnablePlan } from '../../load/plan/import/runnable-plan.ts';
import { literal } from '../../load/plan/plain-plan.ts';
import type { Plan } from '../../load/plan/plan.ts';
import { PlanError } from '../../load/plan/plan-error.ts';
import { writePlan } from '../../load/plan/write/write-plan.ts';
import type { RunRequest } from '../../runner/messages.ts';
import { REQUEST_COMMANDS, RequestLenses } from '../lenses/request-lenses.ts';
import { planAtHand } from '../plan-files/plan-at-hand.ts';
import type { PlanDiagnostics } from '../plan-files/plan-diagnostics.ts';
import { PlanLanguage } from '../plan-files/plan-language.ts';
import type { PlanSecrets } from '../plan-files/plan-secrets.ts';
import { type PlanRunner, workFolder } from '../plan-runner.ts';
import { type FoundRequests, RequestDocuments } from '../request-documents.ts';
import { askForCurl, askForOperation, askForSource, askForUrl } from '../request-questions.ts';
import { register } from './register.ts';

type Profile = RunRequest['profile'];

const MOST_NOTES = 3;

/** From requests one already has to a plan and a run: lenses, commands, and plan files in the editor. */
export class RequestCommands implements vscode.Disposable {
  readonly #runner: PlanRunner;
  readonly #memory: vscode.Memento;
  readonly #showRun: (folder: string) => Promise<void>;
  readonly #secrets: PlanSecrets;
  readonly #documents = new RequestDocuments();
  readonly #diagnostics: PlanDiagnostics;
  readonly #subscriptions: vscode.Disposable[];

  /** @param showRun what is done with a run that has ended */
  constructor(
    runner: PlanRunner,
    memory: vscode.Memento,
    secrets: PlanSecrets,
    diagnostics: PlanDiagnostics,
    showRun: (folder: string) => Promise<void>,
  ) {
    this.#diagnostics = diagnostics;
    this.#runner = runner;
    this.#memory = memory;
    this.#showRun = showRun;
    this.#secrets = secrets;
    const atLine = (
      name: `tailflame.${string}`,
      action: (found: FoundRequests) => Promise<unknown>,
    ): vscode.Disposable =>
      register(name, async (uri, line) => {
        if (uri instanceof vscode.Uri && typeof line === 'number') return action(await this.#foundAt(uri, line));
        return undefined;
      });
    this.#subscriptions = [
      new PlanLanguage(),
      new RequestLenses(this.#documents),
      atLine(REQUEST_COMMANDS.loadTest, (found) => this.#run(found, 'off')),
      atLine(REQUEST_COMMANDS.findSlowLines, (found) => this.#run(found, 'auto')),
      atLine(REQUEST_COMMANDS.save, (found) => this.#save(found)),
      register(REQUEST_COMMANDS.runPlan, (uri) => this.#runFile(uri, 'off')),
      register(REQUEST_COMMANDS.findSlowLinesOfPlan, (uri) => this.#runFile(uri, 'auto')),
      register('tailflame.loadTestCurl', () => this.#runAsked(askForCurl)),
      register('tailflame.loadTestOpenApi', () => this.#runAsked((folder) => askForOperation(folder, this.#memory))),
      register('tailflame.newPlan', () => this.#newPlan()),
      register('tailflame.forgetSecrets', async () => {
        const count = await this.#secrets.forget();
        void vscode.window.showInformationMessage(
          count === 1 ? '1 secret is forgotten.' : `${count} secrets are forgotten.`,
        );
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #foundAt(uri: vscode.Uri, line: number): Promise<FoundRequests> {
    const document = await vscode.workspace.openTextDocument(uri);
    const request = this.#documents.at(document, line);
    if (request === undefined) throw new PlanError(`There is no request in line ${line} any more.`);
    return { requests: request.requests(), folder: path.dirname(uri.fsPath) };
  }

  async #runAsked(ask: (folder: string) => Promise<FoundRequests | undefined>): Promise<string | undefined> {
    const folder = workFolder();
    const found = folder === undefined || !this.#runner.mayBegin() ? undefined : await ask(folder);
    return found && this.#run(found, 'off');
  }

  async #run({ requests, folder }: FoundRequests, profile: Profile): Promise<string | undefined> {
    const { plan, secretValues, notes } = runnablePlan(requests, folder, process.env);
    show(notes);
    return this.#runPlan(plan, profile, secretValues);
  }

  async #runPlan(plan: Plan, profile: Profile, known: Readonly<Record<string, string>>): Promise<string | undefined> {
    const end = await this.#runner.run(plan, profile, known);
    if (end.kind === 'failed') void vscode.window.showErrorMessage(end.error.message);
    if (end.kind !== 'finished') return undefined;
    await this.#showRun(end.result);
    return end.result;
  }

  /** *Run Load Plan*: the file given, or the one at hand. */
  async #runFile(given: unknown, profile: Profile): Promise<string | undefined> {
    return this.#runPlan(await planAtHand(given, this.#diagnostics), profile, {});
  }

  async #newPlan(): Promise<vscode.Uri | undefined> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    if (folder === undefined) throw new PlanError('Open a folder first: the plan is written into it.');
    const editor = vscode.window.activeTextEditor;
    const atHand = editor && this.#documents.at(editor.document, editor.selection.active.line + 1);
    const source = await askForSource(atHand?.label ?? null);
    switch (source) {
      case 'url':
        return this.#saveOfUrl(await askForUrl(), folder);
      case 'curl':
        return this.#saveIf(await askForCurl(folder));
      case 'openapi':
        return this.#saveIf(await askForOperation(folder, this.#memory));
      case 'cursor':
        return this.#save({ requests: atHand!.requests(), folder: path.dirname(editor!.document.uri.fsPath) });
      case undefined:
        return undefined;
    }
  }

  /** Of a server of language models it is asked what it serves: all else is loaded with a GET until somebody says otherwise. */
  async #saveOfUrl(url: string | undefined, folder: string): Promise<vscode.Uri | undefined> {
    if (url === undefined) return undefined;
    const served = vscode.workspace.isTrusted ? await foundLlm(llmServer(url)) : null;
    if (served === null) return this.#save({ requests: [bareRequest(literal(url))], folder });
    return this.#saveMade({ ...served, secretValues: {}, requestNotes: served.notes, open: [] });
  }

  async #saveIf(found: FoundRequests | undefined): Promise<vscode.Uri | undefined> {
    return found && this.#save(found);
  }

  async #save({ requests, folder }: FoundRequests): Promise<vscode.Uri | undefined> {
    return this.#saveMade(planOf(requests, { folder }));
  }

  /** Writes a plan of its own into the workspace, over another only where somebody says so, and opens it. */
  async #saveMade(made: MadePlan): Promise<vscode.Uri | undefined> {
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (root === undefined) throw new PlanError('Open a folder first: the plan is written into it.');
    const uri = await askForFile(root, suggestedName(made.plan));
    if (uri === undefined) return undefined;
    const yaml = writePlan(made.plan, { folder: root.fsPath });
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(yaml));
    await this.#secrets.keep(made.plan, made.secretValues);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const open = made.open.filter((name) => process.env[name] === undefined);
    show([...made.requestNotes, ...open.map((name) => `Give ${name} a value under "environment" in the plan.`)]);
    return uri;
  }
}

function show(notes: readonly string[]): void {
  if (notes.length === 0) return;
  const more = notes.length > MOST_NOTES ? [`And ${notes.length - MOST_NOTES} more.`] : [];
  void vscode.window.showInformationMessage([...notes.slice(0, MOST_NOTES), ...more].join(' '));
}

/** undefined: somebody went away. */
async function askForFile(root: vscode.Uri, suggested: string): Promise<vscode.Uri | undefined> {
  for (let name = suggested; ; ) {
    const answer = await vscode.window.showInputBox({
      title: 'New Load Plan',
      prompt: 'Its name: the file is NAME.load.yaml',
      value: name,
      ignoreFocusOut: true,
      validateInput: (text) =>
        /^[\w-][\w .-]*$/.test(text) ? undefined : 'Letters, digits, blanks, dots, - and _ make a name',
    });
    if (answer === undefined) return undefined;
    name = answer.replace(/\.load\.ya?ml$/, '').trim();
    const uri = vscode.Uri.joinPath(root, `${name}.load.yaml`);
    const there = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (!there) return uri;
    const write = 'Overwrite';
    const other = 'Choose Another Name';
    const question = `${name}.load.yaml is there already. Write over it?`;
    const choice = await vscode.window.showWarningMessage(question, { modal: true }, write, other);
    if (choice === write) return uri;
    if (choice !== other) return undefined;
  }
}

/** After the last step: those before it are there for its sake. */
function suggestedName({ scenarios }: Plan): string {
  const name = scenarios[0]?.steps.at(-1)?.name ?? 'plan';
  const words = name
    .replace(/^[A-Z]+ /, '')
    .replace(/[^\w]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  return words === '' ? 'plan' : words.slice(0, 60);
}
