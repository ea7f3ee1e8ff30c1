import path from 'node:path';
import * as vscode from 'vscode';
import { planOf } from '../../load/plan/import/plan-of.ts';
import { importRequests } from '../../load/plan/import/recognise.ts';
import { allSteps, firstAddress, type Plan } from '../../load/plan/plan.ts';
import { writePlan } from '../../load/plan/write/write-plan.ts';

const EXAMPLE = 'http://127.0.0.1:8000/predict';

/** *New Plan…*: makes a plan of an address or a curl line, and opens it to be completed and saved. Nothing is sent. */
export async function newPlan(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
  const made = (text: string): ReturnType<typeof planOf> => planOf(importRequests(text, null, null), { folder });
  const text = await vscode.window.showInputBox({
    title: 'New Plan',
    prompt: 'The address to send load to, or a curl line',
    value: EXAMPLE,
    ignoreFocusOut: true,
    validateInput: (given) => {
      try {
        made(given);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
  if (text === undefined) return;
  const { plan, notes } = made(text);
  const file = vscode.Uri.file(await freeName(folder, plan)).with({ scheme: 'untitled' });
  const document = await vscode.workspace.openTextDocument(file);
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), writePlan(plan, { folder })));
  if (notes.length > 0) void vscode.window.showInformationMessage(notes.join(' '));
}

/** Such as `predict.load.yaml`, numbered where there is one of that name. */
async function freeName(folder: string, plan: Plan): Promise<string> {
  const address = firstAddress(plan);
  const last = URL.canParse(address) ? new URL(address).pathname.split('/').filter(Boolean).at(-1) : undefined;
  const base = (last ?? allSteps(plan)[0]?.step.name ?? 'plan').replace(/[^\w.-]+/g, '-') || 'plan';
  const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.fsPath));
  for (let number = 1; ; number++) {
    const file = path.join(folder, `${base}${number === 1 ? '' : `-${number}`}.load.yaml`);
    const exists = await vscode.workspace.fs.stat(vscode.Uri.file(file)).then(
      () => true,
      () => false,
    );
    if (!exists && !open.has(file)) return file;
  }
}
