import * as vscode from 'vscode';
import type { Profile } from '../../profile/profile.ts';
import { readProfile } from '../../profile/read/recognise.ts';

/** js-debug calls this back with what it sampled. */
export const TAKEN = 'tailflame.debugProfileTaken';
const SECONDS = 5;
/** js-debug has this long to hand over a profile after its time is up. */
const SPARE_MS = 15_000;
const NODE_TYPES = new Set(['node', 'pwa-node', 'node-terminal', 'pwa-extensionHost', 'extensionHost']);

interface Taken {
  readonly contents: string;
  readonly basename: string;
}

/** *Profile Debug Session*: what the Node program being debugged does for a few seconds, through js-debug's own profiler. */
export class DebugSessionProfiler implements vscode.Disposable {
  readonly #registration: vscode.Disposable;
  #resolve: ((taken: Taken | undefined) => void) | null = null;

  constructor() {
    this.#registration = vscode.commands.registerCommand(TAKEN, (taken: Taken) => this.#resolve?.(taken));
  }

  dispose(): void {
    this.#registration.dispose();
    this.#resolve?.(undefined);
  }

  /** Undefined where there is no session to profile, or the user stopped it. */
  async profile(): Promise<{ name: string; profiles: Profile[] } | undefined> {
    const session = vscode.debug.activeDebugSession;
    if (!session || !NODE_TYPES.has(session.type)) {
      void vscode.window.showInformationMessage('Start a Node debug session first; then it can be profiled.');
      return undefined;
    }
    if (this.#resolve) return undefined;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: `Profiling ${session.name} for ${SECONDS} s (breakpoints are off meanwhile)`,
      cancellable: true,
    };
    try {
      const taken = await vscode.window.withProgress(options, (_progress, token) => this.#take(session, token));
      if (!taken) return undefined;
      const name = `Debug ${session.name}`;
      return { name, profiles: readProfile(new TextEncoder().encode(taken.contents), name) };
    } catch (error) {
      void vscode.window.showErrorMessage(`The debug session could not be profiled. ${(error as Error).message}`);
      return undefined;
    } finally {
      this.#resolve = null;
    }
  }

  #take(session: vscode.DebugSession, token: vscode.CancellationToken): Promise<Taken | undefined> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error('js-debug handed over no profile; is the program still running?'));
      const timer = setTimeout(late, SECONDS * 1000 + SPARE_MS);
      const ended = vscode.debug.onDidTerminateDebugSession((other) => {
        if (other.id === session.id) settle(undefined);
      });
      const settle = (taken: Taken | undefined): void => {
        clearTimeout(timer);
        ended.dispose();
        resolve(taken);
      };
      this.#resolve = settle;
      token.onCancellationRequested(() => {
        void vscode.commands.executeCommand('extension.js-debug.stopProfile', session.id);
        settle(undefined);
      });
      const request = {
        sessionId: session.id,
        type: 'cpu',
        termination: { type: 'duration', args: [SECONDS] },
        onCompleteCommand: TAKEN,
      };
      vscode.commands.executeCommand('extension.js-debug.startProfile', request).then(undefined, (error: Error) => {
        clearTimeout(timer);
        ended.dispose();
        reject(error);
      });
    });
  }
}
