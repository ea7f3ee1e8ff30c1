import * as vscode from 'vscode';
import type { Plan } from '../../load/plan/plan.ts';
import { RunnerError, type RunRequest } from '../../runner/messages.ts';
import type { RunController } from '../run-controller.ts';

const ALLOWED = 'tailflame.allowedHosts';

/** How a run that was asked for ended: in its folder, in a failure that somebody should be told, or in neither. */
export type RunEnd =
  | { readonly kind: 'finished'; readonly folder: string }
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

/** Runs a plan; a host that is not this machine is asked about once a workspace. */
export async function runPlan(
  controller: RunController,
  memory: vscode.Memento,
  plan: Plan,
  profile: RunRequest['profile'],
  cwd: string,
): Promise<RunEnd> {
  const allowRemote = memory.get<string[]>(ALLOWED, []);
  const secrets = Object.entries(plan.secrets).map(([name, variable]) => [name, process.env[variable] ?? ''] as const);
  const missing = secrets.filter(([, value]) => value === '').map(([name]) => plan.secrets[name]!);
  if (missing.length > 0) {
    const what = `The request wants ${missing.join(' and ')}, which the environment of VS Code does not have. Set it and start VS Code again.`;
    return { kind: 'failed', error: new RunnerError(2, what) };
  }
  try {
    const { folder } = await controller.run({
      plan,
      secrets: Object.fromEntries(secrets),
      cwd,
      start: null,
      ready: null,
      profile,
      pid: null,
      inspect: null,
      gpu: 'auto',
      allowRemote,
      out: null,
    });
    return { kind: 'finished', folder };
  } catch (error) {
    if (!(error instanceof RunnerError) || error.code === 130) return { kind: 'stopped' };
    if (error.host === null) return { kind: 'failed', error };
    if (!(await mayReach(error.host))) return { kind: 'stopped' };
    await memory.update(ALLOWED, [...allowRemote, error.host]);
    return runPlan(controller, memory, plan, profile, cwd);
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
