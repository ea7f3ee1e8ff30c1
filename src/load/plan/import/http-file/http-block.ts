/** One request of a `.http` file as it is written there; variables are still `{{…}}`. */
export interface HttpBlock {
  /** By `# @name`: what others refer to its answer by. */
  readonly id: string | null;
  /** What stands behind its `###`. */
  readonly title: string | null;
  /** The request line, with the lines its address goes on in. */
  readonly line: string;
  /** Which line of the file that is, from 1. */
  readonly at: number;
  readonly headers: readonly string[];
  readonly body: readonly string[];
  /** What is run once it was answered: the scripts themselves. */
  readonly handlers: string;
  /** As `# @timeout` gives it. */
  readonly timeout: string | null;
  readonly notes: readonly string[];
}

/** Read from a whole file. */
export interface HttpBlocks {
  readonly blocks: readonly HttpBlock[];
  /** By `@name = value`, wherever that stands. */
  readonly variables: ReadonlyMap<string, string>;
}

const SEPARATOR = /^#{3,}(.*)$/;
const VARIABLE = /^\s*@([^\s=]+)\s*=\s*(.*?)\s*$/;
const COMMENT = /^\s*(?:#|\/\/)/;
const SETTING = /^\s*(?:#+|\/{2,})\s*@([\w-]+)\s*(.*?)\s*$/;
const ADDRESS_GOES_ON = /^\s*[?&]|^\s+[/?&#]/;
const RESPONSE = /^HTTP\/[\d.]+\s/;
/** A script that is run, a file the answer goes to, or one it was compared with. */
const TAIL = /^(?:>\s*\{%|>\s+\S+\.m?js\s*$|>>!?\s|<>\s)/;

/** Takes a `.http` or `.rest` file apart: as the REST Client of VS Code writes them, and the HTTP Client of JetBrains. */
export function httpBlocks(text: string): HttpBlocks {
  const variables = new Map<string, string>();
  const blocks: HttpBlock[] = [];
  let title: string | null = null;
  let lines: string[] = [];
  /** Of the file, before those of the block. */
  let before = 0;
  const end = (): void => {
    const block = blockOf(lines, before, title, variables);
    if (block !== null) blocks.push(block);
  };
  for (const [at, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const separator = SEPARATOR.exec(line);
    // What stands behind a `###` may itself be a setting.
    const setting = separator !== null && /^\s*@name\s/.test(separator[1]!);
    if (separator === null) lines.push(line);
    else {
      end();
      title = setting ? null : separator[1]!.trim() || null;
      lines = setting ? [line] : [];
      before = setting ? at : at + 1;
    }
  }
  end();
  return { blocks, variables };
}

/** null: it has no request. */
function blockOf(
  lines: readonly string[],
  before: number,
  title: string | null,
  variables: Map<string, string>,
): HttpBlock | null {
  const { at: start, settings, notes } = readHead(lines, variables);
  if (start >= lines.length || RESPONSE.test(lines[start]!)) return null;
  let at = start + 1;
  let line = lines[start]!.trim();
  for (; at < lines.length && ADDRESS_GOES_ON.test(lines[at]!); at++) line += lines[at]!.trim();
  const rest = lines.slice(at);
  const tail = rest.findIndex((one) => TAIL.test(one));
  const content = (tail < 0 ? rest : rest.slice(0, tail)).filter((one) => !COMMENT.test(one));
  const blank = content.findIndex((one) => one.trim() === '' || /^<@?\w*\s/.test(one));
  const headers = (blank < 0 ? content : content.slice(0, blank)).map((one) => one.trim());
  return {
    id: settings.get('name') ?? null,
    title,
    line,
    at: before + start + 1,
    headers,
    body: blank < 0 ? [] : withoutBlankEnds(content.slice(blank)),
    handlers: tail < 0 ? '' : rest.slice(tail).join('\n'),
    timeout: settings.get('timeout') ?? null,
    notes,
  };
}

/** What stands before the request line: settings, variables, and scripts that are not run here. */
function readHead(
  lines: readonly string[],
  variables: Map<string, string>,
): { at: number; settings: Map<string, string>; notes: string[] } {
  const settings = new Map<string, string>();
  const notes: string[] = [];
  let at = 0;
  for (; at < lines.length; at++) {
    const line = lines[at]!;
    const variable = VARIABLE.exec(line);
    const setting = SETTING.exec(line);
    if (setting !== null) settings.set(setting[1]!, setting[2]!);
    else if (variable !== null) variables.set(variable[1]!, variable[2]!);
    else if (/^<\s*\{%/.test(line)) {
      notes.push('The script before the request is not run.');
      while (at < lines.length - 1 && !lines[at]!.includes('%}')) at++;
    } else if (/^<\s/.test(line)) notes.push(`The script ${line.slice(1).trim()} before the request is not run.`);
    else if (/^(?:import|run)\s/.test(line)) notes.push(`"${line.trim()}" is not followed.`);
    else if (line.trim() !== '' && !COMMENT.test(line)) break;
  }
  return { at, settings, notes };
}

function withoutBlankEnds(lines: readonly string[]): string[] {
  const filled = (line: string): boolean => line.trim() !== '';
  const first = lines.findIndex(filled);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(filled) + 1);
}
