import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from './free-port.ts';

/** Two builds of a Node service, of which is known what the lines take. */
export interface TwoBuilds {
  readonly old: StartedBuild;
  readonly new: StartedBuild;
}

export interface StartedBuild {
  readonly url: string;
  /** The command that starts it. */
  readonly start: string;
  readonly file: string;
  /** Where `score` computes. */
  readonly line: number;
}

/** Ms that `parse` takes in both, and `score` in either. */
export const PARSE_MS = 3;
export const SCORE_MS = { old: 4, new: 8 };

const LOOP = 'while (performance.now() < end) for (let i = 0; i < 2000; i++) result = (result * 31 + 7) % 65521;';

const source = (scoreMs: number, comment: string): string => `import http from 'node:http';
${comment}
function parse(text) {
  const end = performance.now() + ${PARSE_MS};
  let sum = 0;
  while (performance.now() < end) sum += text.length;
  return sum;
}

function score(value) {
  const end = performance.now() + ${scoreMs};
  let result = value;
  ${LOOP}
  return result;
}

http
  .createServer((request, response) => response.end(String(score(parse(request.url)))))
  .listen(Number(process.argv[2]), '127.0.0.1');
`;

/** Writes them below a folder; in the newer one lines have moved. */
export async function twoBuilds(folder: string): Promise<TwoBuilds> {
  const build = async (name: 'old' | 'new'): Promise<StartedBuild> => {
    const text = source(SCORE_MS[name], name === 'old' ? '' : '\n// Scores are made\n// with more care now.\n');
    const file = path.join(folder, name, 'server.mjs');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    const port = await freePort();
    const line = text.split('\n').findIndex((one) => one.includes(LOOP)) + 1;
    return { url: `http://127.0.0.1:${port}/`, start: `node ${name}/server.mjs ${port}`, file, line };
  };
  return { old: await build('old'), new: await build('new') };
}
