/** One thing a process has open. */
export interface OpenedFile {
  readonly pid: number;
  /** `127.0.0.1:8000`, `*:8000`, or a path. */
  readonly name: string;
}

/** What `lsof -F pn` printed: a letter before each value, a process before what it has open. */
export function parseLsof(output: string): OpenedFile[] {
  const found: OpenedFile[] = [];
  let pid = 0;
  for (const line of output.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    else if (line.startsWith('n') && pid > 0) found.push({ pid, name: line.slice(1) });
  }
  return found;
}

/** `*:8000` and `[::1]:8000` in their parts; null for anything else. */
export function parseLsofAddress(name: string): { address: string; port: number } | null {
  const [, address, port] = /^(.*):(\d+)$/.exec(name) ?? [];
  if (address === undefined) return null;
  return { address: address === '*' ? '0.0.0.0' : address.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
