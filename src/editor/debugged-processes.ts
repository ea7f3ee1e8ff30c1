import * as vscode from 'vscode';
import { NODE_DEBUG } from './node-debug.ts';

const ANSWER_MS = 500;

interface ProcessEvent {
  readonly type?: unknown;
  readonly event?: unknown;
  readonly body?: { readonly systemProcessId?: unknown };
}

/** The processes of the debug sessions, by what their adapters say; VS Code itself keeps that from extensions. */
export class DebuggedProcesses implements vscode.Disposable {
  readonly #pids = new Map<vscode.DebugSession, number | null>();
  readonly #subscriptions: vscode.Disposable[];

  constructor() {
    this.#subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: ProcessEvent) => this.#hear(session, message),
        }),
      }),
      vscode.debug.onDidStartDebugSession((session) => this.#pids.set(session, this.#pids.get(session) ?? null)),
      vscode.debug.onDidTerminateDebugSession((session) => this.#pids.delete(session)),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** js-debug does not say which process it is; the program itself is asked, unless it stands still. */
  async pids(): Promise<number[]> {
    const found = await Promise.all([...this.#pids].map(([session, pid]) => pid ?? askNode(session)));
    return found.filter((pid) => pid !== null);
  }

  #hear(session: vscode.DebugSession, { type, event, body }: ProcessEvent): void {
    if (type !== 'event' || event !== 'process' || typeof body?.systemProcessId !== 'number') return;
    this.#pids.set(session, body.systemProcessId);
  }
}

async function askNode(session: vscode.DebugSession): Promise<number | null> {
  if (!NODE_DEBUG.test(session.type)) return null;
  const question = { expression: 'process.pid', context: 'watch' };
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), ANSWER_MS));
  const answer = await Promise.race([session.customRequest('evaluate', question), late]).catch(() => null);
  const pid = Number((answer as { result?: unknown } | null)?.result);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}
