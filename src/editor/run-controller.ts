import * as vscode from 'vscode';
import type { LiveSnapshot } from '../load/measure/recorder.ts';
import { LiveResultView } from '../report/live-result-view.ts';
import type { ResultView } from '../report/result-view.ts';
import { RunnerClient, type RunResult } from '../runner/client.ts';
import { type FromRunner, RunnerError, type RunRequest } from '../runner/messages.ts';

/** Two load tests at a time would measure each other. */
export const UNDER_WAY = 'A load test is running. Stop it first.';

export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting'; readonly text: string }
  | { readonly kind: 'running'; readonly snapshot: LiveSnapshot }
  /** A question that takes several runs: what is done for it now, and the run under way as far as it has come. */
  | { readonly kind: 'asking'; readonly text: string; readonly snapshot: LiveSnapshot | null }
  | { readonly kind: 'answered'; readonly sentence: string; readonly good: boolean }
  | { readonly kind: 'finished'; readonly result: RunResult }
  | { readonly kind: 'failed'; readonly message: string };

/** What a question that takes several runs is answered with, as far as the status bar tells it. */
export interface Told {
  readonly sentence: string;
  readonly good: boolean;
}

/** What a question that takes several runs is told, and tells. */
export interface Asking {
  /** Aborted when somebody stops it: what is known by then is the answer. */
  readonly signal: AbortSignal;
  /** Says what is done now, and how far the run under way has come. */
  told(text: string, snapshot: LiveSnapshot | null): void;
}

/** The one run a window has at a time, and what everybody who shows it may know of it. */
export class RunController implements vscode.Disposable {
  readonly #dist: string;
  readonly #changed = new vscode.EventEmitter<RunState>();
  readonly onDidChange = this.#changed.event;
  readonly #viewed = new vscode.EventEmitter<ResultView>();
  /** The run in progress as the result panel shows it, about once a second. */
  readonly onDidChangeView = this.#viewed.event;
  #state: RunState = { kind: 'idle' };
  #client: RunnerClient | null = null;
  #folder: string | null = null;
  #live: LiveResultView | null = null;
  #asked: AbortController | null = null;

  /** @param dist the folder of the bundles */
  constructor(dist: string) {
    this.#dist = dist;
  }

  get state(): RunState {
    return this.#state;
  }

  get running(): boolean {
    return this.#client !== null || this.#asked !== null;
  }

  /** Of the run in progress; null before it has one, and where there is none. */
  get folder(): string | null {
    return this.#folder;
  }

  /** The run in progress, as far as it has come; null before it has a folder, and where there is none. */
  get view(): ResultView | null {
    return this.#live?.view ?? null;
  }

  /** Rejects with a {@link RunnerError}. */
  async run(request: RunRequest): Promise<RunResult> {
    this.#requireIdle();
    this.#set({ kind: 'starting', text: 'Starting' });
    const client = new RunnerClient(this.#dist, { ...request, detail: true }, (event) => this.#told(event, request));
    this.#client = client;
    try {
      const result = await client.result;
      this.#folder = null;
      this.#set({ kind: 'finished', result });
      return result;
    } catch (error) {
      this.#folder = null;
      const stopped = error instanceof RunnerError && error.code === 130;
      this.#set(stopped ? { kind: 'idle' } : { kind: 'failed', message: (error as Error).message });
      throw error;
    } finally {
      this.#client = null;
      this.#live = null;
    }
  }

  /** Puts a question that takes several runs, which are not shown one by one. Rejects as `question` does. */
  async ask<Answer>(question: (asking: Asking) => Promise<Answer>, tell: (answer: Answer) => Told): Promise<Answer> {
    this.#requireIdle();
    const abort = new AbortController();
    this.#asked = abort;
    const told: Asking['told'] = (text, snapshot) => this.#set({ kind: 'asking', text, snapshot });
    told('Starting', null);
    try {
      const answer = await question({ signal: abort.signal, told });
      this.#set({ kind: 'answered', ...tell(answer) });
      return answer;
    } catch (error) {
      const stopped = abort.signal.aborted || (error instanceof RunnerError && error.code === 130);
      this.#set(stopped ? { kind: 'idle' } : { kind: 'failed', message: (error as Error).message });
      throw error;
    } finally {
      this.#asked = null;
    }
  }

  stop(): void {
    this.#asked?.abort();
    this.#client?.stop();
  }

  #requireIdle(): void {
    if (this.running) throw new RunnerError(2, UNDER_WAY);
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
    this.#viewed.dispose();
  }

  #told(event: FromRunner, { profile }: RunRequest): void {
    switch (event.type) {
      case 'live':
        this.#set({ kind: 'running', snapshot: event.snapshot });
        return;
      case 'stage':
        this.#set({ kind: 'starting', text: event.text });
        this.#live?.stage(event.text);
        break;
      case 'folder':
        this.#folder = event.folder;
        this.#live = new LiveResultView(event.document, profile === 'auto');
        break;
      case 'update':
        this.#live?.update(event.update, event);
        break;
      case 'finished':
      case 'failed':
        return;
    }
    if (this.#live) this.#viewed.fire(this.#live.view);
  }

  #set(state: RunState): void {
    const wasUnderWay = isUnderWay(this.#state);
    this.#state = state;
    // Each time it is said, VS Code asks every menu again.
    if (isUnderWay(state) !== wasUnderWay) {
      void vscode.commands.executeCommand('setContext', 'tailflame.running', isUnderWay(state));
    }
    this.#changed.fire(state);
  }
}

function isUnderWay({ kind }: RunState): boolean {
  return kind === 'starting' || kind === 'running' || kind === 'asking';
}
