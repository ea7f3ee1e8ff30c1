import * as vscode from 'vscode';
import type { Plan } from '../../load/plan/plan.ts';

const KEPT = 'tailflame.secrets';

/**
 * Values of the secrets that plans name: from the environment, else from VS Code's secret storage, where they are kept once somebody was
 * asked. They are written into no file.
 */
export class PlanSecrets {
  readonly #storage: vscode.SecretStorage;
  readonly #memory: vscode.Memento;

  /** @param memory keeps under which keys there are secrets, not the secrets */
  constructor(storage: vscode.SecretStorage, memory: vscode.Memento) {
    this.#storage = storage;
    this.#memory = memory;
  }

  /** By their names in the plan; undefined where somebody was asked and went away. @param known those that need not be looked for */
  async valuesFor(
    plan: Plan,
    known: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const values: Record<string, string> = {};
    for (const [name, variable] of Object.entries(plan.secrets)) {
      const value = known[name] ?? (process.env[variable] || undefined) ?? (await this.#keptOrAsked(plan, variable));
      if (value === undefined) return undefined;
      values[name] = value;
    }
    return values;
  }

  /** Keeps values that were found beside a plan, so that nobody has to be asked for them. */
  async keep(plan: Plan, values: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const variable = plan.secrets[name];
      if (variable !== undefined) await this.#store(keyOf(plan, variable), value);
    }
  }

  /** Forgets all that was kept for this workspace. @returns how many */
  async forget(): Promise<number> {
    const keys = this.#memory.get<string[]>(KEPT, []);
    for (const key of keys) await this.#storage.delete(key);
    await this.#memory.update(KEPT, []);
    return keys.length;
  }

  async #keptOrAsked(plan: Plan, variable: string): Promise<string | undefined> {
    const key = keyOf(plan, variable);
    const kept = await this.#storage.get(key);
    if (kept !== undefined) return kept;
    const value = await vscode.window.showInputBox({
      title: `Secret ${variable}`,
      prompt: `For ${new URL(plan.target.url).origin}. Kept in VS Code's secret storage, and in no file.`,
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined || value === '') return undefined;
    await this.#store(key, value);
    return value;
  }

  async #store(key: string, value: string): Promise<void> {
    await this.#storage.store(key, value);
    const keys = new Set(this.#memory.get<string[]>(KEPT, []));
    await this.#memory.update(KEPT, [...keys.add(key)]);
  }
}

/** With the target: what is secret to one server is none of another's business. */
function keyOf(plan: Plan, variable: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
  return `tailflame.secret ${folder} ${new URL(plan.target.url).origin} ${variable}`;
}
