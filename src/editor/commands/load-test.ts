import * as vscode from 'vscode';
import type { Plan } from '../../load/plan/plan.ts';
import { RunnerError, type RunRequest } from '../../runner/messages.ts';
import { askForPlan } from '../questions.ts';
import type { RunController } from '../run-controller.ts';

const ALLOWED = 'tailflame.allowedHosts';

/** *Load Test Endpoint…* and, with `profile`, *Find Slow Lines…*. @returns the run's folder, undefined where there is none */
export async function loadTest(
  controller: RunController,
  memory: vscode.Memento,
  profile: RunRequest['profile'],
): Promise<string | undefined> {
  if (workFolder() === undefined) return undefined;
  const plan = await askForPlan(memory);
  return plan && runPlan(controller, memory, plan, profile, {});
}

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

/**
 * Runs a plan; a host that is not this machine is asked about once a workspace.
 *
 * @param secrets values of the plan's secrets, by their names in it
 * @returns the run's folder, undefined where there is none; why is said
 */
export async function runPlan(
  controller: RunController,
  memory: vscode.Memento,
  plan: Plan,
  profile: RunRequest['profile'],
  secrets: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const cwd = workFolder();
  if (cwd === undefined) return undefined;
  const request: RunRequest = {
    plan,
    secrets,
    cwd,
    start: null,
    ready: null,
    profile,
    pid: null,
    inspect: null,
    gpu: 'auto',
    allowRemote: memory.get<string[]>(ALLOWED, []),
    out: null,
  };
  return runAllowed(controller, memory, request);
}

async function runAllowed(
  controller: RunController,
  memory: vscode.Memento,
  request: RunRequest,
): Promise<string | undefined> {
  try {
    const { folder } = await controller.run(request);
    return folder;
  } catch (error) {
    if (!(error instanceof RunnerError) || error.code === 130) return undefined;
    if (error.host !== null && (await mayReach(error.host))) {
      const allowRemote = [...request.allowRemote, error.host];
      await memory.update(ALLOWED, allowRemote);
      return runAllowed(controller, memory, { ...request, allowRemote });
    }
    if (error.host === null) void vscode.window.showErrorMessage(error.message);
    return undefined;
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
