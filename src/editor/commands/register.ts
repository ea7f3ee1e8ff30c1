import * as vscode from 'vscode';
import { said } from './said.ts';

/** Registers a command; what is wrong with what people gave it is said. */
export function register(name: `tailflame.${string}`, action: (...args: unknown[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(name, (...args: unknown[]) => said(async () => action(...args)));
}
