import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { CELLS } from '../support/planted/cells.ts';
import { readExpectedAnswers } from '../support/planted/expected-answer.ts';
import { isKept, keepRun, keptRuns, runName } from '../support/planted/kept-runs.ts';
import { foundIn, type PlantedRun, plantedRun } from '../support/planted/planted-run.ts';
import { type JudgedRun, judgedRun, redraw } from '../support/planted/rates.ts';
import { ratesTables, withTables } from '../support/planted/rates-table.ts';
import { PLANTED_SERVERS } from '../support/planted/servers.ts';

// Ten servers with a known cause of slow requests, under six loads: what is found there, and how often that is right (docs/accuracy.md).
// planted-causes [server…] [--cells 1u,4u,16u,30,100,300] [--paths on,off] [--runs 5]: adds the runs that are not there yet, of which two a
//   cell with the slow path off.
// planted-causes --rates [--redrawn 10]: judges all runs that are there, draws their recordings anew, and writes the tables.
// planted-causes --again: what the program of today finds in the recordings that are there, beside what was found when they were made.
// --into FOLDER: of a trial, that adds to another folder and only shows the tables.

/** Runs of a cell with the slow path off. */
const OFF_RUNS = 2;
const KEPT = 'docs/accuracy/planted-causes';
const TABLES = 'docs/accuracy.md';
const root = process.cwd();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cells: { type: 'string', default: CELLS.map(({ name }) => name).join(',') },
    paths: { type: 'string', default: 'on,off' },
    runs: { type: 'string', default: '5' },
    into: { type: 'string', default: KEPT },
    rates: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    redrawn: { type: 'string', default: '10' },
  },
});
const folder = path.resolve(values.into);
const expected = await readExpectedAnswers(root);
if (!isMainThread) parentPort!.postMessage(await judgedPart(workerData as Part, Number(values.redrawn)));
else if (values.rates) await rates(Number(values.redrawn));
else if (values.again) await again();
else await measure();

async function measure(): Promise<void> {
  const servers = PLANTED_SERVERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const wanted = values.cells.split(',');
  const cells = CELLS.filter(({ name }) => wanted.includes(name));
  const unknown = [
    ...positionals.filter((name) => !PLANTED_SERVERS.some((server) => server.name === name)),
    ...wanted.filter((name) => !CELLS.some((cell) => cell.name === name)),
  ];
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}.`);
  // Every cell once before any twice: whenever this is cut off, what is there is of all of them.
  for (let seed = 1; seed <= Number(values.runs); seed++) {
    for (const slowPath of seed <= OFF_RUNS ? (['on', 'off'] as const) : (['on'] as const)) {
      if (!values.paths.split(',').includes(slowPath)) continue;
      for (const cell of cells) {
        for (const server of servers) {
          const name = runName(server.name, cell.name, slowPath, seed);
          if (isKept(folder, name)) continue;
          try {
            const { run, recording } = await plantedRun(server, cell, slowPath, seed, root);
            await keepRun(folder, name, run, recording);
            process.stdout.write(`${name}: ${told(run)}\n`);
          } catch (error) {
            // The others take hours; this one is tried again when the rest is asked for.
            process.stderr.write(`${name}: ${(error as Error).message}\n`);
            process.exitCode = 1;
          }
        }
      }
    }
  }
}

async function again(): Promise<void> {
  for await (const { name, run, recording } of keptRuns(folder)) {
    if (recording === null) continue;
    const found = foundIn(recording, run, root);
    process.stdout.write(`${name}\n  then: ${judged(run)}\n  now:  ${judged({ ...run, ...found })}\n`);
  }
}

/** How a run is judged, and why. */
function judged(run: PlantedRun): string {
  const { judgement, claimed } = judgedRun({ name: '', run, recording: null }, expected, null);
  const word = judgement ?? (claimed === true ? 'a false claim' : 'nothing claimed');
  return `${word}: ${run.findings[0]?.sentence ?? run.note ?? 'nothing found'}`;
}

function told(run: PlantedRun): string {
  const figure = (ms: number | null | undefined): string => ms?.toFixed(1) ?? '?';
  const paths =
    run.paths === null
      ? ''
      : ` slow path ${run.paths.slow} of ${run.latency.count} (${figure(run.paths.slowP50)} ms against ${figure(run.paths.otherP50)});`;
  const load = `${run.rate.got.toFixed(0)}/s${run.carried ? '' : ', not carried'}, p50 ${figure(run.latency.p50)} ms, p99 ${figure(run.latency.p99)}, profiled p50 ${figure(run.profiled?.p50)};`;
  return `${load}${paths} ${judged(run)}`;
}

/** Which of the runs a thread judges: every so many, from this one on. */
interface Part {
  readonly first: number;
  readonly every: number;
}

async function judgedPart({ first, every }: Part, count: number): Promise<[number, JudgedRun][]> {
  const runs: [number, JudgedRun][] = [];
  let number = -1;
  for await (const kept of keptRuns(folder)) {
    number++;
    if (number % every !== first) continue;
    runs.push([number, judgedRun(kept, expected, redraw(kept, expected, count, root))]);
    process.stderr.write(`${kept.name}\n`);
  }
  return runs;
}

async function rates(count: number): Promise<void> {
  const every = os.availableParallelism();
  const threads = Array.from({ length: every }, (_, first) => {
    const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), workerData: { first, every } });
    return new Promise<[number, JudgedRun][]>((resolve, reject) => worker.on('message', resolve).on('error', reject));
  });
  const judgedRuns = (await Promise.all(threads)).flat().sort(([a], [b]) => a - b);
  const runs = judgedRuns.map(([, run]) => run);
  const names = PLANTED_SERVERS.map(({ name }) => name);
  const tables = ratesTables(
    runs,
    names,
    CELLS.map(({ name }) => name),
    count,
  );
  if (values.into === KEPT) await writeFile(TABLES, withTables(await readFile(TABLES, 'utf8'), tables));
  process.stdout.write(`${tables}\n`);
}
