import * as vscode from 'vscode';
import { planFaults } from '../../load/plan/assist/plan-faults.ts';
import type { PlanFault } from '../../load/plan/read/plan-fault.ts';

/** Plan files, however the language is called that somebody gave them. */
export const PLAN_FILES: vscode.DocumentSelector = { scheme: 'file', pattern: '**/*.load.{yaml,yml}' };
export const PLAN_NAME = /\.load\.ya?ml$/;

/** How long nobody has to have typed, ms. */
const QUIET = 300;
/** UTF-16 units. Longer files are checked when they are run. */
export const LONGEST_PLAN = 512 * 1024;

/** What is wrong with the plan files that are open, at their lines and columns, as somebody types. */
export class PlanDiagnostics implements vscode.Disposable {
  readonly #found = vscode.languages.createDiagnosticCollection('tailflame');
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[];

  constructor() {
    this.#subscriptions = [
      this.#found,
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#leave(document)),
    ];
    for (const document of vscode.workspace.textDocuments) this.#soon(document);
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Checks a plan file now. @returns what is wrong with it */
  check(document: vscode.TextDocument): readonly PlanFault[] {
    clearTimeout(this.#waiting.get(document.uri.toString()));
    this.#waiting.delete(document.uri.toString());
    const faults = planFaults(document.getText(), document.uri.fsPath, process.env);
    this.#found.set(
      document.uri,
      faults.map((fault) => diagnostic(document, fault)),
    );
    return faults;
  }

  #soon(document: vscode.TextDocument): void {
    if (vscode.languages.match(PLAN_FILES, document) === 0) return;
    const key = document.uri.toString();
    clearTimeout(this.#waiting.get(key));
    if (document.getText().length > LONGEST_PLAN) this.#found.delete(document.uri);
    else
      this.#waiting.set(
        key,
        setTimeout(() => this.check(document), QUIET),
      );
  }

  #leave(document: vscode.TextDocument): void {
    clearTimeout(this.#waiting.get(document.uri.toString()));
    this.#waiting.delete(document.uri.toString());
    this.#found.delete(document.uri);
  }
}

function diagnostic(document: vscode.TextDocument, { line, column, message }: PlanFault): vscode.Diagnostic {
  const start = document.validatePosition(new vscode.Position(line - 1, column - 1));
  const word = document.getWordRangeAtPosition(start, /[^\s,{}[\]]+/);
  const end = word?.end ?? document.lineAt(start).range.end;
  const found = new vscode.Diagnostic(new vscode.Range(start, end), message, vscode.DiagnosticSeverity.Error);
  found.source = 'Tailflame';
  return found;
}
