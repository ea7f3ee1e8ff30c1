import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Profile } from '../../profile/profile.ts';
import { readProfile } from '../../profile/read/recognise.ts';
import { NODE_DEBUG } from '../node-debug.ts';

/** js-debug calls this back with what it sampled, with a profile's own ending. */
const TAKEN = 'tailflame.debugProfileTaken';
const SECONDS = 5;
/** js-debug has this long to hand over a profile after its time is up. */
const SPARE_MS = 15_000;

interface Taken {
  readonly contents: string;
  readonly basename: string;
}

/** *Profile Debug Session*: what the Node program being debugged does for a few seconds, through js-debug's own profiler. */
export class DebugSessionProfiler implements vscode.Disposable {
  readonly #callbacks: vscode.Disposable[] = [];
  #resolve: ((taken: Taken | undefined) => void) | null = null;

  dispose(): void {
    for (const callback of this.#callbacks) callback.dispose();
    this.#resolve?.(undefined);
  }

  /** Undefined where there is no session to profile, or the user stopped it. */
  async profile(): Promise<{ name: string; profiles: Profile[] } | undefined> {
    const session = vscode.debug.activeDebugSession;
    if (!session || !NODE_DEBUG.test(session.type)) {
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
    }
  }

  async #take(session: vscode.DebugSession, token: vscode.CancellationToken): Promise<Taken | undefined> {
    const subscriptions: vscode.Disposable[] = [];
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Taken | undefined>((resolve, reject) => {
        this.#resolve = resolve;
        const late = (): void => reject(new Error('js-debug handed over no profile; is the program still running?'));
        timer = setTimeout(late, SECONDS * 1000 + SPARE_MS);
        subscriptions.push(
          vscode.debug.onDidTerminateDebugSession((other) => {
            if (other.id === session.id) resolve(undefined);
          }),
          token.onCancellationRequested(() => {
            void vscode.commands.executeCommand('extension.js-debug.stopProfile', session.id);
            resolve(undefined);
          }),
        );
        const request = {
          sessionId: session.id,
          type: 'cpu',
          termination: { type: 'duration', args: [SECONDS] },
          onCompleteCommand: this.#called(resolve),
        };
        vscode.commands.executeCommand('extension.js-debug.startProfile', request).then(undefined, reject);
      });
    } finally {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
      this.#resolve = null;
    }
  }

  /** A command that js-debug calls back for one profile: what comes late is not taken for another, and finds somebody all the same. */
  #called(taken: (taken: Taken) => void): string {
    const command = `${TAKEN}.${randomUUID()}`;
    this.#callbacks.push(vscode.commands.registerCommand(command, taken));
    return command;
  }
}
