import type { ResultView } from '../../src/report/result-view.ts';
import type { FromResult } from '../messages.ts';
import type { Kept } from './kept.ts';

/** Where the page stands: in the editor's panel, or in a file that was exported. */
export interface Surroundings {
  readonly inEditor: boolean;
  /** A file tells nobody. */
  send(message: FromResult): void;
  recall(): Kept | null;
  keep(kept: Kept): void;
}

interface VsCodeApi {
  postMessage(message: FromResult): void;
  getState(): Kept | undefined;
  setState(kept: Kept): void;
}
declare const acquireVsCodeApi: (() => VsCodeApi) | undefined;

export function findSurroundings(): Surroundings {
  if (typeof acquireVsCodeApi === 'undefined') {
    return { inEditor: false, send: () => {}, recall: () => null, keep: () => {} };
  }
  const api = acquireVsCodeApi();
  return {
    inEditor: true,
    send: (message) => api.postMessage(message),
    recall: () => api.getState() ?? null,
    keep: (kept) => api.setState(kept),
  };
}

/** What an exported file carries. */
export interface Carried {
  readonly view: ResultView;
  readonly under: ResultView | null;
}

/** The run an exported file carries; null in the editor, which sends it. */
export function carried(): Carried | null {
  const text = document.getElementById('tailflame-result')?.textContent;
  return text ? (JSON.parse(text) as Carried) : null;
}
