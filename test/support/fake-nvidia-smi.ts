import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What GPUs do, and whose they are. */
export interface FakeGpus {
  /** The second and later are random, and do not tell their power. */
  readonly gpus: number;
  /**
   * What the first does: `odd seconds` is busy in those of wall time, `always` at all times; else a file with a line for each change,
   * `<ms since 1970> busy|idle`, which whoever uses the GPU writes.
   */
  readonly first: string;
  /** Who uses the first, as the numbers of processes are known to it. */
  readonly pid: number | null;
}

/** Puts one that stands for a machine's nvidia-smi into a folder, to be found where that is on the path. @returns its path */
export async function makeNvidiaSmi(folder: string, what: Partial<FakeGpus> = {}): Promise<string> {
  const gpus: FakeGpus = { gpus: 1, first: 'odd seconds', pid: null, ...what };
  const file = path.join(folder, 'nvidia-smi');
  const program = pathToFileURL(path.resolve('out/test/support/fake-nvidia-smi.child.mjs'));
  const text = `#!${process.execPath}
process.env.FAKE_GPUS = ${JSON.stringify(JSON.stringify(gpus))};
import(${JSON.stringify(program.href)});
`;
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}
