import { once } from 'node:events';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import type { FromWorker, ToWorker } from '../../src/routes/messages.ts';
import type { Route } from '../../src/routes/route.ts';
import { countArgument } from '../support/count-argument.ts';
import { DIST } from '../support/dist.ts';
import { largeSource } from '../support/large-source.ts';

// Edits in files of 20,000 lines: how long parsing takes, and how long from the new source to the file's routes, messages to and from the
// thread included. Every answer is held against that of a thread which parses the file as if it had never seen it.

const LINES = 20_000;
const EDITS = countArgument(1, 'edits', 60);
const LIMIT_MS = 50;

const FILES = [
  ['python', '/bench/large.py', '@router.post("/new/{n}")\ndef added_N():\n    return 1\n\n\n'],
  ['typescript', '/bench/large.ts', "router.post('/new/:n', (_req, res) => {\n  res.end();\n});\n"],
  ['one function', '/bench/large.js', "app.post('/new/:n', (_req, res) => {\n  res.end();\n});\n"],
] as const;

interface Answer {
  readonly routes: readonly Route[];
  readonly parsing: number;
  readonly whole: number;
}

const random = seededRandom(7);
let slow = false;
for (const [kind, file, added] of FILES) {
  const [worker, fresh] = [start(), start()];
  let source = largeSource(kind, LINES);
  const first = await answer(worker, file, source);
  const answers: Answer[] = [];
  let wrong = 0;
  for (let edit = 0; edit < EDITS; edit++) {
    source = edited(source, edit, added);
    const found = await answer(worker, file, source);
    answers.push(found);
    say(fresh, { kind: 'remove', file });
    const expected = await answer(fresh, file, source);
    if (JSON.stringify(found.routes) !== JSON.stringify(expected.routes)) wrong++;
  }
  await Promise.all([worker.terminate(), fresh.terminate()]);
  const parsing = figures(answers.map((each) => each.parsing));
  const whole = figures(answers.map((each) => each.whole));
  process.stdout.write(
    `${kind}: ${source.split('\n').length} lines, ${first.routes.length} routes, first parsed in ${first.parsing.toFixed(0)} ms; ${EDITS} edits, ${wrong} answered wrongly\n` +
      `  parsing ${told(parsing)}\n  whole answer ${told(whole)}\n`,
  );
  if (wrong > 0 || parsing.median > LIMIT_MS) slow = true;
}
process.exitCode = slow ? 1 : 0;

function start(): Worker {
  return new Worker(path.join(DIST, 'routes.cjs'));
}

function say(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

async function answer(worker: Worker, file: string, source: string): Promise<Answer> {
  const start = performance.now();
  say(worker, { kind: 'update', file, source });
  say(worker, { kind: 'ask', id: 0, file });
  const [said] = (await once(worker, 'message')) as [FromWorker];
  if (said.kind === 'failed') throw new Error(said.reason);
  return { routes: said.routes, parsing: said.parseTime, whole: performance.now() - start };
}

/** What people do: type a word, add a line, delete a line, add a route, change a path. */
function edited(source: string, edit: number, added: string): string {
  const lines = source.split('\n');
  const at = 10 + Math.floor(random() * (lines.length - 20));
  const text = lines[at]!;
  switch (edit % 5) {
    case 0:
      lines[at] = `${text} `;
      break;
    case 1: {
      const place = lines.findIndex((line, index) => index >= at && /(router|app)\.get\("?'?\//.test(line));
      if (place >= 0) lines.splice(place, 0, added.trimEnd().replaceAll('N', String(edit)));
      break;
    }
    case 2: {
      const place = lines.findIndex((line, index) => index >= at && line.includes('/items/'));
      if (place >= 0) lines[place] = lines[place]!.replace('/items/', `/things/${edit}/`);
      break;
    }
    case 3: {
      const place = lines.findIndex((line, index) => index >= at && line.includes('service.find('));
      if (place >= 0) lines[place] = lines[place]!.replace('service.find(', `service.find(extra${edit}, `);
      break;
    }
    default:
      lines.splice(at, 0, '');
  }
  return lines.join('\n');
}

interface Figures {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

function figures(times: readonly number[]): Figures {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

function told({ median, p95, max }: Figures): string {
  return `median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, max ${max.toFixed(1)} ms`;
}
