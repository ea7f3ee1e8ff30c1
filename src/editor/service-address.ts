import path from 'node:path';
import * as vscode from 'vscode';
import { tellsSecret } from '../load/plan/redaction.ts';
import { type LocalServer, localServers } from '../runner/target/local-server.ts';
import { serverCandidates } from '../runner/target/server-candidates.ts';
import { readProcess } from '../runner/target/target-process.ts';
import type { DebuggedProcesses } from './debugged-processes.ts';

const REMEMBERED = 'tailflame.origin';
const FIRST = 'http://127.0.0.1:8000';

/** Finds the running server that answers for a file's routes. */
export class ServiceAddress {
  readonly #memory: vscode.Memento;
  readonly #debugged: DebuggedProcesses;
  /** Which of several was meant, by file; as long as that process has that port. */
  readonly #chosen = new Map<string, { readonly pid: number; readonly port: number }>();

  constructor(memory: vscode.Memento, debugged: DebuggedProcesses) {
    this.#memory = memory;
    this.#debugged = debugged;
  }

  /** The origin, such as `http://127.0.0.1:8000`; asked for where it is not plain. Undefined where the user went away. */
  async find(file: string): Promise<string | undefined> {
    const candidates = await this.#candidates(file);
    if (candidates === null) return this.#ask('This system does not tell which servers listen. Say where this one is.');
    const chosen = this.#chosen.get(file);
    const [only] = candidates;
    const known =
      candidates.length === 1 ? only : candidates.find(({ pid, port }) => pid === chosen?.pid && port === chosen.port);
    if (known !== undefined) return originOf(known);
    if (only === undefined) {
      return this.#ask('No server of this folder listens on this machine. Start it and try again, or say where it is.');
    }
    const picked = await pick(candidates);
    if (picked === undefined) return undefined;
    if (picked === 'other') return this.#ask('Where the server is');
    this.#chosen.set(file, picked);
    return originOf(picked);
  }

  /** Null where the system does not tell. */
  async #candidates(file: string): Promise<LocalServer[] | null> {
    const [servers, debugged, terminals, ancestors] = await Promise.all([
      localServers(),
      this.#debugged.pids(),
      Promise.all(vscode.window.terminals.map(({ processId }) => processId)),
      ownAncestors(),
    ]);
    if (servers === null) return null;
    return serverCandidates(servers, {
      file,
      folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
      debugged,
      terminals: terminals.filter((pid) => pid !== undefined),
      editor: { pid: process.pid, ancestors, program: vscode.env.appRoot },
    });
  }

  async #ask(prompt: string): Promise<string | undefined> {
    const last = this.#memory.get<string>(REMEMBERED, FIRST);
    const address = await vscode.window.showInputBox({
      title: 'Address of the server',
      prompt,
      value: last,
      ignoreFocusOut: true,
      validateInput: (text) => (isAddress(text) ? undefined : `An address such as ${FIRST}`),
    });
    if (address === undefined) return undefined;
    const origin = new URL(address).href.replace(/\/$/, '');
    if (!tellsSecret(origin)) await this.#memory.update(REMEMBERED, origin);
    return origin;
  }
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^?#]*$/.test(text);
}

function originOf({ host, port }: LocalServer): string {
  return `http://${host}:${port}`;
}

async function pick(candidates: readonly LocalServer[]): Promise<LocalServer | 'other' | undefined> {
  const items = candidates.map((server) => ({
    label: `Port ${server.port}`,
    description: programOf(server),
    detail: server.cwd ?? 'working folder unknown',
    server,
  }));
  const other = { label: 'Another address…', description: '', detail: '', server: null };
  const picked = await vscode.window.showQuickPick([...items, other], {
    title: 'Which server is it?',
    placeHolder: 'Several servers of this folder listen',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked && (picked.server ?? 'other');
}

/** `python server.py`: without the folders of the program. */
function programOf({ executable, args }: LocalServer): string {
  return [path.basename(args[0] ?? executable), ...args.slice(1)].join(' ').slice(0, 100);
}

async function ownAncestors(): Promise<number[]> {
  const found: number[] = [];
  for (let pid = process.ppid; pid > 0; ) {
    found.push(pid);
    pid = (await readProcess(pid))?.parent ?? 0;
  }
  return found;
}
