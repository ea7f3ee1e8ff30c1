import { readdir, readFile } from 'node:fs/promises';

/** A server has workers, seldom more than this many. */
const MOST = 32;

/**
 * The process and all that it and its children started, itself first (Linux; elsewhere itself alone).
 * @param most that are looked for
 */
export async function processTree(pid: number, most = MOST): Promise<number[]> {
  const found = [pid];
  for (let at = 0; at < found.length && found.length < most; at++) found.push(...(await childrenOf(found[at]!)));
  return found.slice(0, most);
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').map(Number)).filter((child) => child > 0);
}
