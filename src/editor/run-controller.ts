import * as vscode from 'vscode';
import type { LiveSnapshot } from '../load/measure/recorder.ts';
import { LiveResultView } from '../report/live-result-view.ts';
import type { ResultView } from '../report/result-view.ts';
import { RunnerClient, type RunResult } from '../runner/client.ts';
import { type FromRunner, RunnerError, type RunRequest } from '../runner/messages.ts';

export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting'; readonly text: string }
  | { readonly kind: 'running'; readonly snapshot: LiveSnapshot }
  | { readonly kind: 'finished'; readonly result: RunResult }
  | { readonly kind: 'failed'; readonly message: string };

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

  /** @param dist the folder of the bundles */
  constructor(dist: string) {
    this.#dist = dist;
  }

  get state(): RunState {
    return this.#state;
  }

  get running(): boolean {
    return this.#client !== null;
  }

  /** Of the run in progress; null before it has one, and where there is none. */
  get folder(): string | null {
    return this.#folder;
  }

  /** Rejects with a {@link RunnerError}. */
  async run(request: RunRequest): Promise<RunResult> {
    if (this.#client) throw new RunnerError(2, 'A load test is running. Stop it first.');
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

  stop(): void {
    this.#client?.stop();
  }

  dispose(): void {
    this.#client?.stop();
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
  return kind === 'starting' || kind === 'running';
}
