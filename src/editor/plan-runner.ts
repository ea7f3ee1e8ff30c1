import * as vscode from 'vscode';
import type { Plan } from '../load/plan/plan.ts';
import { RunnerError, type RunRequest } from '../runner/messages.ts';
import type { PlanSecrets } from './plan-files/plan-secrets.ts';
import { type Asking, type RunController, type Told, UNDER_WAY } from './run-controller.ts';

const ALLOWED = 'tailflame.allowedHosts';

/** How what was asked for ended: in a result, in a failure that somebody should be told, or in neither. */
export type PlanEnd<Result> =
  | { readonly kind: 'finished'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: RunnerError }
  | { readonly kind: 'stopped' };

/** The folder that runs are kept in. Undefined, and said why, where nothing may be sent or kept. */
export function workFolder(): string | undefined {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage('Tailflame sends nothing and runs nothing in a workspace you do not trust.');
    return undefined;
  }
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) void vscode.window.showWarningMessage('Open a folder first: Tailflame keeps its runs in it.');
  return folder?.uri.fsPath;
}

/** Runs plans for the editor: asks for the secrets they name, and once a workspace about each host that is not this machine. */
export class PlanRunner {
  readonly #controller: RunController;
  readonly #memory: vscode.Memento;
  readonly #secrets: PlanSecrets;

  constructor(controller: RunController, memory: vscode.Memento, secrets: PlanSecrets) {
    this.#controller = controller;
    this.#memory = memory;
    this.#secrets = secrets;
  }

  /** Whether a load test can begin; where one is running, that is said, before anybody is asked anything. */
  mayBegin(): boolean {
    if (!this.#controller.running) return true;
    void vscode.window.showErrorMessage(UNDER_WAY);
    return false;
  }

  /**
   * Runs a plan once; the result is the run's folder. Rejects with what is no {@link RunnerError}: a defect, or a question that the plan
   * cannot be asked.
   * @param known values of the plan's secrets by their names in it, so far as they need not be asked for
   */
  run(
    plan: Plan,
    profile: RunRequest['profile'],
    known: Readonly<Record<string, string>> = {},
  ): Promise<PlanEnd<string>> {
    return this.#permitted(plan, profile, known, async (request) => (await this.#controller.run(request)).folder);
  }

  /** Puts a question to a plan that takes several runs of it. Rejects as `run` does. */
  ask<Answer>(
    plan: Plan,
    question: (request: RunRequest, asking: Asking) => Promise<Answer>,
    tell: (answer: Answer) => Told,
  ): Promise<PlanEnd<Answer>> {
    return this.#permitted(plan, 'off', {}, (request) =>
      this.#controller.ask((asking) => question(request, asking), tell),
    );
  }

  async #permitted<Result>(
    plan: Plan,
    profile: RunRequest['profile'],
    known: Readonly<Record<string, string>>,
    send: (request: RunRequest) => Promise<Result>,
  ): Promise<PlanEnd<Result>> {
    const cwd = this.mayBegin() ? workFolder() : undefined;
    const secrets = cwd === undefined ? undefined : await this.#secrets.valuesFor(plan, known);
    if (cwd === undefined || secrets === undefined) return { kind: 'stopped' };
    const request = { plan, secrets, cwd, start: null, ready: null, profile, pid: null, inspect: null, out: null };
    for (;;) {
      const allowRemote = this.#memory.get<string[]>(ALLOWED, []);
      try {
        return { kind: 'finished', result: await send({ ...request, gpu: 'auto', allowRemote }) };
      } catch (error) {
        if (!(error instanceof RunnerError)) throw error;
        if (error.code === 130) return { kind: 'stopped' };
        if (error.host === null) return { kind: 'failed', error };
        if (!(await mayReach(error.host))) return { kind: 'stopped' };
        await this.#memory.update(ALLOWED, [...allowRemote, error.host]);
      }
    }
  }
}

async function mayReach(host: string): Promise<boolean> {
  const yes = 'Send Load';
  const detail = 'Only send load to machines you are allowed to. This workspace will not be asked again for this host.';
  const answer = await vscode.window.showWarningMessage(
    `${host} is not this machine. Send load to it?`,
    { modal: true, detail },
    yes,
  );
  return answer === yes;
}
