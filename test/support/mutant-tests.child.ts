import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

// Does a unit test notice the mutant that is active? Run by Stryker in its copy (test/bench/mutation.ts): once without a mutant, to learn
// which test file comes to which mutants, then for each. Its own runner runs all that reach a mutant in the order of their names; this one
// begins with the quickest that come to little else, and ends at the first that fails, or after half a minute: a tenth of the time.
// Usage: mutant-tests FOLDER, where it keeps what it learned.

/** What it takes to say of a test that a mutant made it hang: so many times its usual time, and ms. */
const HANGS = { times: 3, ms: 4000 };

/** Of the tests that are run for one mutant, ms of their usual time. What others would notice counts as survived. */
const ENOUGH_MS = 30_000;
/** Of a test while it counts what it comes to, ms. */
const LEARNING_MS = 150_000;

/** A test file, how long it takes, ms, and the mutants it comes to. */
interface Reached {
  readonly file: string;
  readonly ms: number;
  readonly mutants: readonly string[];
}

const [folder = ''] = process.argv.slice(2);
const learned = path.join(folder, 'reached.json');
const mutant = process.env['__STRYKER_ACTIVE_MUTANT__'];
if (mutant === undefined) await learn();
else if (await isNoticed(mutant)) process.exitCode = 1;

async function learn(): Promise<void> {
  const hook = path.join(folder, 'reached.cjs');
  await writeFile(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(process.env.REACHED,
      JSON.stringify(Object.keys(globalThis.__stryker__?.mutantCoverage?.static ?? {}))));`,
  );
  const names = readdirSync('out/test/unit').filter((file) => file.endsWith('.test.mjs'));
  const mutants = new Map<string, string[]>();
  await each(names, async (name) => {
    const own = path.join(folder, `${name}.json`);
    // One that fails here reads what Stryker does not copy, and can tell nothing; nor can one that takes so long be run for every mutant.
    if (!(await passes(['--require', hook, path.join('out/test/unit', name)], LEARNING_MS, { REACHED: own }))) return;
    mutants.set(name, JSON.parse(await readFile(own, 'utf8')) as string[]);
  });
  // To count what is reached takes a loop ten times its time, and is over.
  for (const name of names) {
    const file = path.join('out/test/unit', name);
    await writeFile(file, (await readFile(file, 'utf8')).replace(/stryCov_9fa48\d*\([^()]*\)(?! \{)/g, '0'));
  }
  const reached: Reached[] = [];
  await each([...mutants], async ([name, own]) => {
    const file = path.join('out/test/unit', name);
    const begin = performance.now();
    if (own.length > 0 && (await passes([file], ENOUGH_MS, {}))) {
      reached.push({ file, ms: performance.now() - begin, mutants: own });
    }
  });
  await writeFile(learned, JSON.stringify(reached.sort((a, b) => a.ms * a.mutants.length - b.ms * b.mutants.length)));
}

async function isNoticed(mutant: string): Promise<boolean> {
  const reached = JSON.parse(await readFile(learned, 'utf8')) as Reached[];
  let spent = 0;
  for (const { file, ms } of reached.filter(({ mutants }) => mutants.includes(mutant))) {
    spent += ms;
    if (spent > ENOUGH_MS) break;
    if (await passes([file], HANGS.times * ms + HANGS.ms, {})) continue;
    await appendFile(path.join(folder, 'noticed.txt'), `${mutant} ${path.basename(file)}\n`);
    return true;
  }
  return false;
}

/** As many at a time as there are cores. */
async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
}

async function passes(
  args: readonly string[],
  patienceMs: number,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return code === 0;
}
