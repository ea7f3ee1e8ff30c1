import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

// Does a unit test notice the mutant that is active? Run by Stryker in its copy (test/bench/mutation.ts): once without a mutant, to learn
// which test file comes to which mutants, then for each. Its own runner runs all that reach a mutant in the order of their names; this one
// begins with the quickest that come to little else, and ends at the first that fails, or after half a minute: a tenth of the time.
// Usage: mutant-tests FOLDER, where it keeps what it learned.

/** What it takes to say of a test that a mutant made it hang: so many times its usual time, and ms. */
const HANGS = { times: 3, ms: 4000 };

/** A test file and the mutants it comes to. */
/** Of the tests that are run for one mutant, ms of their usual time. What others would notice counts as survived. */
const ENOUGH_MS = 30_000;

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
  const files = readdirSync('out/test/unit').filter((file) => file.endsWith('.test.mjs'));
  const reached: Reached[] = [];
  const work = async (): Promise<void> => {
    for (let name = files.pop(); name !== undefined; name = files.pop()) {
      const own = path.join(folder, `${name}.json`);
      const file = path.join('out/test/unit', name);
      const begin = performance.now();
      // One that fails here reads what Stryker does not copy, and can tell nothing.
      if (!(await passes(['--require', hook, file], Number.POSITIVE_INFINITY, { REACHED: own }))) continue;
      const mutants = JSON.parse(await readFile(own, 'utf8')) as string[];
      reached.push({ file, ms: performance.now() - begin, mutants });
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
  await writeFile(learned, JSON.stringify(reached.sort((a, b) => a.ms * a.mutants.length - b.ms * b.mutants.length)));
}

async function isNoticed(mutant: string): Promise<boolean> {
  const reached = JSON.parse(await readFile(learned, 'utf8')) as Reached[];
  let spent = 0;
  for (const { file, ms } of reached.filter(({ mutants }) => mutants.includes(mutant))) {
    spent += ms;
    if (spent > ENOUGH_MS) break;
    if (!(await passes([file], HANGS.times * ms + HANGS.ms, {}))) return true;
  }
  return false;
}

async function passes(args: readonly string[], patienceMs: number, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  const timer = Number.isFinite(patienceMs) ? setTimeout(() => child.kill('SIGKILL'), patienceMs) : undefined;
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return code === 0;
}
