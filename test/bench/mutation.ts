import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { countArgument } from '../support/count-argument.ts';

// How much of the code's behaviour do the unit tests hold? Stryker breaks it on purpose, and a test should fail. Breaking all of three
// folders takes a day, so stretches of 25 lines are drawn, with a fixed seed, until so many lines are there. Writes what survived.
// Usage: npm run bench -- mutation [lines a folder] [folder…]

const FOLDERS = ['src/load', 'src/profile', 'src/correlate'];
const STRETCH = 25;
const SEED = 1;
const STRYKER = '9.6.1';
const INTO = 'docs/accuracy/mutation.json';

interface Mutant {
  readonly id: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'Ignored' | 'CompileError' | 'RuntimeError';
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[]; readonly source: string }>>;
}

interface Row {
  readonly folder: string;
  readonly mutants: number;
  readonly killed: number;
  readonly survived: number;
  /** Come to by no unit test. */
  readonly uncovered: number;
}

interface Kept {
  readonly rows: readonly Row[];
  readonly alive: readonly string[];
}

const wanted = countArgument(1, 'the lines a folder', 600);
const asked = process.argv.slice(3);
const folders = asked.length > 0 ? asked : FOLDERS;

const work = await mkdtemp(path.join(os.tmpdir(), 'tailflame-mutation-'));
try {
  const report = await mutated(folders.flatMap((folder) => drawn(folder, wanted)));
  const learned = JSON.parse(await readFile(path.join(work, 'reached.json'), 'utf8')) as { mutants: string[] }[];
  const reached = new Set(learned.flatMap(({ mutants }) => mutants));
  // Folders that were not asked for stay as they were.
  const before = await readFile(INTO, 'utf8').then(
    (text) => JSON.parse(text) as Kept,
    () => ({ rows: [], alive: [] }),
  );
  const isOther = (place: string): boolean => !folders.some((folder) => place.startsWith(`${folder}/`));
  const rows = FOLDERS.flatMap((folder) =>
    folders.includes(folder) ? [scoreOf(report, folder, reached)] : before.rows.filter((row) => row.folder === folder),
  );
  const alive = [...before.alive.filter(isOther), ...aliveIn(report, reached)].sort();
  process.stdout.write(
    '| folder | mutants | killed | survived | not run by any test | score |\n| - | - | - | - | - | - |\n',
  );
  for (const { folder, mutants, killed, survived, uncovered } of rows) {
    const score = Math.round((100 * killed) / Math.max(1, mutants));
    process.stdout.write(`| ${folder} | ${mutants} | ${killed} | ${survived} | ${uncovered} | ${score} % |\n`);
  }
  await writeFile(INTO, `${JSON.stringify({ stryker: STRYKER, seed: SEED, lines: wanted, rows, alive }, null, 1)}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Stretches of a folder's files, of so many lines together. */
function drawn(folder: string, total: number): string[] {
  const stretches = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) => {
      const length = readFileSync(path.join(folder, file), 'utf8').split('\n').length;
      return Array.from({ length: Math.ceil(length / STRETCH) }, (_, at) => {
        return `${path.join(folder, file)}:${at * STRETCH + 1}-${(at + 1) * STRETCH}`;
      });
    });
  const random = seededRandom(SEED);
  const ranked = stretches.map((stretch) => ({ stretch, rank: random() })).sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, Math.ceil(total / STRETCH)).map(({ stretch }) => stretch);
}

/** Stryker works on a copy, which it builds once with all mutants in it, and asks our own command of each whether a test notices. */
async function mutated(mutate: readonly string[]): Promise<Report> {
  const report = path.join(work, 'report.json');
  const config = path.join(work, 'stryker.config.json');
  const build = path.join(work, 'build.mjs');
  // Stryker would link the packages only after the build, which needs them.
  await writeFile(
    build,
    `import { symlinkSync } from 'node:fs';
    symlinkSync(${JSON.stringify(path.resolve('node_modules'))}, 'node_modules');
    const { buildProgram, buildTests } = await import(process.cwd() + '/scripts/build.mjs');
    await buildProgram();
    await buildTests();`,
  );
  await writeFile(
    config,
    JSON.stringify({
      mutate,
      testRunner: 'command',
      commandRunner: { command: `node ${path.resolve('out/test/support/mutant-tests.child.mjs')} ${work}` },
      symlinkNodeModules: false,
      buildCommand: `node ${build}`,
      // Nothing to rewrite there: esbuild reads no types.
      tsconfigFile: 'none',
      ignorePatterns: ['/.tailflame', '/out', '/dist'],
      reporters: ['json', 'progress-append-only'],
      jsonReporter: { fileName: report },
      tempDirName: path.join(work, 'sandbox'),
      concurrency: os.availableParallelism(),
      dryRunTimeoutMinutes: 30,
    }),
  );
  const child = spawn('npx', ['--yes', '-p', `@stryker-mutator/core@${STRYKER}`, 'stryker', 'run', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Stryker ended with ${code}.`);
  return JSON.parse(await readFile(report, 'utf8')) as Report;
}

function mutantsIn(report: Report, folder: string): { file: string; mutant: Mutant }[] {
  return Object.entries(report.files)
    .filter(([file]) => file.startsWith(`${folder}/`))
    .flatMap(([file, { mutants }]) => mutants.map((mutant) => ({ file, mutant })))
    .filter(({ mutant }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(mutant.status));
}

function scoreOf(report: Report, folder: string, reached: ReadonlySet<string>): Row {
  const all = mutantsIn(report, folder).map(({ mutant }) => mutant);
  const alive = all.filter(({ status }) => status === 'Survived');
  const uncovered = alive.filter(({ id }) => !reached.has(id)).length;
  return {
    folder,
    mutants: all.length,
    killed: all.length - alive.length,
    survived: alive.length - uncovered,
    uncovered,
  };
}

/** `src/load/a.ts:12:3 ConditionalExpression → false`. */
function aliveIn(report: Report, reached: ReadonlySet<string>): string[] {
  return folders.flatMap((folder) =>
    mutantsIn(report, folder)
      .filter(({ mutant }) => mutant.status === 'Survived')
      .map(({ file, mutant: { id, location, mutatorName, replacement } }) => {
        const to = (replacement ?? '').replace(/\s+/g, ' ').slice(0, 60);
        const how = reached.has(id) ? '' : ' (no test comes here)';
        return `${file}:${location.start.line}:${location.start.column} ${mutatorName} → ${to}${how}`;
      }),
  );
}
