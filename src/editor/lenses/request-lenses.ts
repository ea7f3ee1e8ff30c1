import path from 'node:path';
import * as vscode from 'vscode';
import type { ListedRequest } from '../../load/plan/import/request-list.ts';
import { openVariables } from '../../load/plan/import/runnable-plan.ts';
import { listed } from '../../load/plan/nearest.ts';
import { PlanError } from '../../load/plan/plan-error.ts';
import { PLAN_NAME } from '../plan-files/plan-diagnostics.ts';
import type { RequestDocuments } from '../request-documents.ts';
import { areLensesShown, LENS_SETTING } from './lens-setting.ts';

const FILES: vscode.DocumentSelector = { scheme: 'file', pattern: '**/*.{http,rest,har,json,yaml,yml}' };

/** What lenses do when they are clicked, with their file. Those of a request take its line too, from 1, and no palette shows them. */
export const REQUEST_COMMANDS = {
  loadTest: 'tailflame.loadTestRequest',
  findSlowLines: 'tailflame.findSlowLinesOfRequest',
  save: 'tailflame.saveRequestAsPlan',
  findSlowLinesOfPlan: 'tailflame.findSlowLinesOfPlan',
  runPlan: 'tailflame.runPlan',
  findRateOfPlan: 'tailflame.findHighestRateOfPlan',
  compareSettingsOfPlan: 'tailflame.compareSettingsOfPlan',
} as const;

/** Above each request of a file of requests, a recording or an OpenAPI document, and at the top of a plan: load it, find its slow lines. */
export class RequestLenses implements vscode.CodeLensProvider<RequestLens>, vscode.Disposable {
  readonly #documents: RequestDocuments;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(documents: RequestDocuments) {
    this.#documents = documents;
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(LENS_SETTING)) this.#changed.fire();
      }),
      vscode.languages.registerCodeLensProvider(FILES, this),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  provideCodeLenses(document: vscode.TextDocument): RequestLens[] {
    if (!areLensesShown()) return [];
    if (PLAN_NAME.test(document.uri.path)) return planLenses(document);
    return this.#documents
      .of(document)
      .filter(({ line }) => line <= document.lineCount)
      .flatMap((request) => requestLenses(request, document));
  }

  /** What a request leaves open is looked at only where somebody sees it. */
  resolveCodeLens(lens: RequestLens): RequestLens {
    lens.command = lens.say();
    return lens;
  }
}

/** A lens that knows what it says once it is seen. */
class RequestLens extends vscode.CodeLens {
  readonly say: () => vscode.Command;

  constructor(range: vscode.Range, say: () => vscode.Command) {
    super(range);
    this.say = say;
  }
}

function planLenses(document: vscode.TextDocument): RequestLens[] {
  if (!vscode.workspace.isTrusted) return [];
  const { range } = document.lineAt(0);
  const lens = (title: string, command: string, tooltip: string): RequestLens =>
    new RequestLens(range, () => ({ title, command, tooltip, arguments: [document.uri] }));
  return [
    lens('▶ Load test', REQUEST_COMMANDS.runPlan, 'Run this plan'),
    lens('▶ Find slow lines', REQUEST_COMMANDS.findSlowLinesOfPlan, 'Run this plan, then profile the server'),
    lens(
      'Find highest rate',
      REQUEST_COMMANDS.findRateOfPlan,
      'Look for the highest rate at which its objectives hold',
    ),
    lens(
      'Compare settings',
      REQUEST_COMMANDS.compareSettingsOfPlan,
      'Run it with several users, rates, batches or such',
    ),
  ];
}

function requestLenses(request: ListedRequest, document: vscode.TextDocument): RequestLens[] {
  const { line, label } = request;
  const { range } = document.lineAt(line - 1);
  const lens = (title: string, command: string, tooltip: string): RequestLens =>
    new RequestLens(range, () => ({ title, command, tooltip, arguments: [document.uri, line] }));
  const save = lens('Save as plan', REQUEST_COMMANDS.save, `Write a plan of ${label}`);
  if (!vscode.workspace.isTrusted) return [save];
  const load = new RequestLens(range, () => {
    const fault = faultOf(request, document);
    return {
      title: fault === null ? '▶ Load test' : `⚠ ${fault}`,
      command: REQUEST_COMMANDS.loadTest,
      tooltip: fault ?? `Send a gentle load: ${label}`,
      arguments: [document.uri, line],
    };
  });
  return [load, lens('▶ Find slow lines', REQUEST_COMMANDS.findSlowLines, `Load and profile ${label}`), save];
}

/** Why a request cannot be sent as it stands; null: it can. */
function faultOf(request: ListedRequest, document: vscode.TextDocument): string | null {
  try {
    const open = openVariables(request.requests(), path.dirname(document.uri.fsPath), process.env);
    return open.length === 0 ? null : `${listed(open, 'and')} ${open.length === 1 ? 'has' : 'have'} no value`;
  } catch (error) {
    if (error instanceof PlanError) return error.message;
    throw error;
  }
}
