import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { MAX_HAR_BYTES, tooLarge } from '../load/plan/import/har/har-archive.ts';
import { withScheme } from '../load/plan/import/imported-request.ts';
import { foundLlm } from '../load/plan/import/llm/found-llm.ts';
import { llmServer } from '../load/plan/import/llm/llm-place.ts';
import { planOf } from '../load/plan/import/plan-of.ts';
import { importRequests } from '../load/plan/import/recognise.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { writePlan } from '../load/plan/write/write-plan.ts';
import { wholeNumber } from './option-values.ts';

interface PlanOptions {
  operation?: string;
  entry?: number;
  match?: string;
  out?: string;
}

export function planCommand(): Command {
  return new Command('plan')
    .description(
      'Write a plan from what you have: an address, a curl line, a .http file, a recording (HAR) or an OpenAPI document.',
    )
    .argument('<source>', 'an address, a curl line in quotes, or a file')
    .option('--operation <id>', 'the one that is meant: an operationId, a request\'s name, or such as "POST /predict"')
    .option('--entry <n>', 'of a recording: the entry with this number, from 1', wholeNumber)
    .option('--match <text>', 'of a recording: the entries with this text in their method and address')
    .option('--out <file>', 'write the plan to a new file (default: standard output)')
    .action(makePlan);
}

async function makePlan(source: string, { operation, entry, match, out }: PlanOptions): Promise<void> {
  const { text, file } = await read(source);
  const choice = { entry: entry ?? null, match: match ?? null };
  if ((entry ?? match) !== undefined && !/\.(?:har|json)$/i.test(file ?? '')) {
    throw new PlanError('--entry and --match are for a recording, such as recording.har.');
  }
  const place = file === null && operation === undefined ? llmServer(withScheme(text.trim())) : null;
  const served = await foundLlm(place);
  const folder = file === null ? process.cwd() : path.dirname(path.resolve(file));
  const { plan, notes } = served ?? planOf(importRequests(text, file, operation ?? null, choice), { folder });
  const yaml = writePlan(plan, { folder: out === undefined ? process.cwd() : path.dirname(path.resolve(out)) });
  if (out === undefined) process.stdout.write(yaml);
  else await writeNew(out, yaml);
  for (const note of notes) process.stderr.write(`${note}\n`);
}

/** A file's content, or the source itself where there is no such file. */
async function read(source: string): Promise<{ text: string; file: string | null }> {
  const found = await stat(source).catch(() => null);
  if (found?.isDirectory()) throw new PlanError(`${source} is a folder, not a file.`);
  if (found !== null && found.size > MAX_HAR_BYTES) throw new PlanError(tooLarge(source, found.size));
  if (found !== null) return { text: await readFile(source, 'utf8'), file: source };
  if (/\.(?:http|rest|har|ya?ml|json|sh|txt)$/i.test(source) && !/\s|:\/\//.test(source)) {
    throw new PlanError(`${source}: there is no such file.`);
  }
  return { text: source, file: null };
}

async function writeNew(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new PlanError(`${file} exists already. Name another with --out, or delete it first.`);
    throw new PlanError(`${file} cannot be written: ${message}.`);
  }
}
