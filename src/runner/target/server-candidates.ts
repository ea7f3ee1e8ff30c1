import path from 'node:path';
import { carrierOf } from '../permission.ts';
import { runtimeOf } from '../profiling/choose-profiler.ts';
import type { LocalServer } from './local-server.ts';

/** Whose server is looked for, and what is known of this machine's processes. */
export interface Surroundings {
  /** The file that declares the route. Absolute. */
  readonly file: string;
  /** Folders of the workspace. Absolute. */
  readonly folders: readonly string[];
  /** Processes that are being debugged. */
  readonly debugged: readonly number[];
  /** What runs in the editor's terminals: their shells. */
  readonly terminals: readonly number[];
  /** The editor's process that asks, its ancestors, and the folder of its program. */
  readonly editor: { readonly pid: number; readonly ancestors: readonly number[]; readonly program: string };
}

/** How much speaks for a server; what is not listed does not count. */
const SIGNS = { debugged: 16, named: 8, terminal: 4, near: 2, inside: 1 } as const;
/** Ports that Node's inspector takes unless told otherwise, one after the other. */
const INSPECTOR_PORTS = { first: 9229, last: 9239 };
const NOT_SERVERS = /[\\/]debugpy[\\/]adapter|\bipykernel(?:_launcher)?\b|\bjupyter-(?:lab|notebook|server)\b/;

/**
 * The servers that may answer for a route, the likeliest first: those whose working folder is inside the workspace or whose arguments name
 * something in it, those being debugged, and those started from a terminal. Where only one of them names the file, or else only one runs in
 * a folder that holds the file, it is the only one. Tunnels, the editor itself, and ports that speak to debuggers are none.
 */
export function serverCandidates(servers: readonly LocalServer[], around: Surroundings): LocalServer[] {
  const scored = servers
    .filter((server) => couldServe(server, servers, around))
    .map((server) => ({ server, score: scoreOf(server, around) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.server.port - b.server.port);
  const having = (sign: number): typeof scored => scored.filter(({ score }) => (score & sign) !== 0);
  const alone = [having(SIGNS.named), having(SIGNS.near)].find(({ length }) => length === 1);
  return (alone ?? scored).map(({ server }) => server);
}

function scoreOf(server: LocalServer, { file, folders, debugged, terminals }: Surroundings): number {
  const { cwd, args, pid, ancestors } = server;
  const line = [pid, ...ancestors];
  const isInside = (place: string): boolean => folders.some((folder) => isWithin(place, folder));
  const runsInside = cwd !== null && isInside(cwd);
  return (
    (line.some((one) => debugged.includes(one)) ? SIGNS.debugged : 0) |
    (namesFile(server, file, folders) ? SIGNS.named : 0) |
    (line.some((one) => terminals.includes(one)) ? SIGNS.terminal : 0) |
    (runsInside && isWithin(file, cwd) ? SIGNS.near : 0) |
    (runsInside || args.slice(1).some(isInside) ? SIGNS.inside : 0)
  );
}

function couldServe(server: LocalServer, all: readonly LocalServer[], around: Surroundings): boolean {
  if (carrierOf(server) !== null || isEditor(server, around) || isForDebugger(server, all)) return false;
  if (server.args.some((argument) => NOT_SERVERS.test(argument))) return false;
  const runtime = runtimeOf(server);
  const wanted = /\.pyi?$/i.test(around.file) ? 'python' : 'node';
  return runtime === null || runtime === wanted;
}

/** The editor, and what it or its extensions started: but not what runs in a terminal or is debugged. */
function isEditor(server: LocalServer, { editor, debugged, terminals, file, folders }: Surroundings): boolean {
  const line = [server.pid, ...server.ancestors];
  if (server.pid === editor.pid || editor.ancestors.includes(server.pid)) return true;
  if (line.some((pid) => debugged.includes(pid) || terminals.includes(pid))) return false;
  if ([server.executable, ...server.args].some((part) => isWithin(part, editor.program))) return true;
  return server.ancestors.includes(editor.pid) && !namesFile(server, file, folders);
}

/** A program that is debugged listens for its debugger as well. */
function isForDebugger(server: LocalServer, all: readonly LocalServer[]): boolean {
  const given = server.args.some((argument, at) => {
    const before = server.args[at - 1] ?? '';
    const isOption =
      /^--inspect(?:-\w+)*=/.test(argument) || (before === '--listen' && server.args.join(' ').includes('debugpy'));
    return isOption && Number(/(\d+)$/.exec(argument)?.[1]) === server.port;
  });
  if (given) return true;
  const isUsual = server.port >= INSPECTOR_PORTS.first && server.port <= INSPECTOR_PORTS.last;
  return (
    isUsual && runtimeOf(server) === 'node' && all.some(({ pid, port }) => pid === server.pid && port !== server.port)
  );
}

/** Whether the arguments name the file, or the module that it is: `server.py`, `-m shop.server`, `server:app`. */
function namesFile({ args, cwd }: LocalServer, file: string, folders: readonly string[]): boolean {
  const within = folders.find((folder) => isWithin(file, folder)) ?? path.dirname(file);
  const modules = modulesOf(path.relative(within, file));
  return args.some((argument, at) => {
    if (argument.startsWith('-')) return false;
    const [module = ''] = argument.split(':');
    const isModule =
      (args[at - 1] === '-m' || args[at - 1] === '--app' || argument.includes(':')) && modules.has(module);
    return isModule || (cwd !== null && path.resolve(cwd, argument) === file) || argument === file;
  });
}

/** `src/shop/server.py` is `server`, `shop.server` and `src.shop.server`, whichever folder it is started in. */
function modulesOf(relative: string): Set<string> {
  const parts = relative.replace(/\.\w+$/, '').split(/[\\/]/);
  return new Set(parts.map((_, from) => parts.slice(from).join('.')));
}

function isWithin(place: string, folder: string): boolean {
  const relative = path.relative(folder, place);
  return path.isAbsolute(place) && !relative.startsWith('..') && !path.isAbsolute(relative);
}
