import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Ms of wall time, of which the even are idle and the odd are busy. Each edge is blurred by what utilisation is a mean of. */
export const TURN_MS = 2000;

/** Whether a moment of wall time, in ms since 1970, lies in an odd turn. */
export const isBusyTurn = (at: number): boolean => Math.floor(at / TURN_MS) % 2 === 1;

/** What GPUs do, and whose they are. */
export interface FakeGpus {
  /** The second and later are random, and do not tell their power. */
  readonly gpus: number;
  /**
   * What the first does: `in turns` is idle and busy for {@link TURN_MS} each, `always` is busy at all times; else a file with a line
   * for each change, `<ms since 1970> busy|idle`, which whoever uses the GPU writes.
   */
  readonly first: string;
  /** Who uses the first, as the numbers of processes are known to it. */
  readonly pid: number | null;
}

/** Puts one that stands for a machine's nvidia-smi into a folder, to be found where that is on the path. @returns its path */
export async function makeNvidiaSmi(folder: string, what: Partial<FakeGpus> = {}): Promise<string> {
  const gpus: FakeGpus = { gpus: 1, first: 'in turns', pid: null, ...what };
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
