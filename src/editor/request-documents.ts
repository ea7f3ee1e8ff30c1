import type * as vscode from 'vscode';
import type { ImportedRequest } from '../load/plan/import/imported-request.ts';
import { type ListedRequest, listRequests } from '../load/plan/import/request-list.ts';
import { PlanError } from '../load/plan/plan-error.ts';

/** Requests that somebody found, and the folder that files in them are relative to. */
export interface FoundRequests {
  readonly requests: readonly ImportedRequest[];
  readonly folder: string;
}

/** Requests of open documents, read once for each state of them. */
export class RequestDocuments {
  readonly #read = new WeakMap<vscode.TextDocument, { version: number; requests: readonly ListedRequest[] }>();

  /** In the order of their lines; none in what cannot be read. */
  of(document: vscode.TextDocument): readonly ListedRequest[] {
    const before = this.#read.get(document);
    if (before?.version === document.version) return before.requests;
    const requests = listed(document);
    this.#read.set(document, { version: document.version, requests });
    return requests;
  }

  /** The one that stands at a line (from 1), or last before it; undefined: there is none. */
  at(document: vscode.TextDocument, line: number): ListedRequest | undefined {
    return this.of(document).findLast((request) => request.line <= line);
  }
}

function listed(document: vscode.TextDocument): readonly ListedRequest[] {
  try {
    return listRequests(document.getText(), document.uri.fsPath);
  } catch (error) {
    if (error instanceof PlanError) return [];
    throw error;
  }
}
