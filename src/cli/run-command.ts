import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { ARRIVALS } from '../load/arrivals/gaps.ts';
import { runExitCode } from '../report/exit-code.ts';
import { runJUnit } from '../report/run-junit.ts';
import { runText } from '../report/run-text.ts';
import { RunnerClient } from '../runner/client.ts';
import type { FromRunner, RunRequest } from '../runner/messages.ts';
import { openRun } from '../runner/opened/open-run.ts';
import { onInterrupt } from './interrupt.ts';
import { writeJson } from './json-output.ts';
import { number, time } from './option-values.ts';
import { requireFolders } from './output-folder.ts';
import { peopleOf } from './people.ts';
import { type RequestOptions, requestOf, withRequestOptions } from './request-options.ts';
import { type PlanOptions, requestedPlan } from './requested-plan.ts';
import { Terminal } from './terminal.ts';
import { writePage } from './write-page.ts';

interface RunOptions extends RequestOptions, Pick<PlanOptions, 'rate' | 'users'> {
  profile: 'auto' | 'server' | 'off';
  native?: boolean;
  inspect?: string;
  out?: string;
  junit?: string;
  html?: string;
}

export function runCommand(dist: string): Command {
  const command = new Command('run').description(
    'Send load to an endpoint, measure it, and with --profile auto name the lines behind the slow requests.',
  );
  return withRequestOptions(command)
    .addOption(
      new Option(
        '--rate <n>',
        'requests a second, whatever the server does (default: a gentle one, from the first answer)',
      )
        .argParser(number)
        .conflicts('users'),
    )
    .option('--users <n>', 'users who each wait for an answer', number)
    .addOption(new Option('--arrivals <kind>', 'spacing of an open load (default: poisson)').choices(ARRIVALS))
    .option('--burstiness <n>', 'of gamma arrivals: 1 is Poisson, less comes in bursts', number)
    .option('--duration <time>', 'measured time, warm-up not included (default: 10s)', time)
    .option('--warmup <time>', 'load sent first, in no figure (default: 2s)', time)
    .option('--split <header>', 'tell latency apart by the value of this header of the answers')
    .addOption(
      new Option('--profile <mode>', 'profile a second stretch; server: by the profiler in vLLM or SGLang')
        .choices(['auto', 'server', 'off'])
        .default('off'),
    )
    .option('--native', 'of a Python target, tell frames of C, C++ and Rust too; the profiler disturbs it more')
    .option('--inspect <url>', 'inspector of a Node target')
    .option(
      '--attribution',
      'have a service with our lines in it tell which request it works for: tailflame attribution',
    )
    .option('--out <folder>', 'a folder for the run that holds none yet (default: a new one in .tailflame/runs)')
    .option('--junit <file>', 'write the verdict and each objective as JUnit XML')
    .option('--html <file>', 'write the result as one page that opens without a network')
    .action((source: string, options: RunOptions) => run(dist, source, options));
}

async function run(dist: string, source: string, options: RunOptions): Promise<void> {
  await requireFolders(options.json, options.junit, options.html);
  const request = await toRequest(source, options);
  const people = peopleOf(options);
  // Progress is not part of the result: what reads standard output gets that alone.
  const terminal = new Terminal(process.stderr);
  const client = new RunnerClient(dist, request, (event: FromRunner) => {
    if (event.type === 'live') terminal.show({ ...event.snapshot, sentence: null });
    else if (event.type === 'stage') terminal.status(event.text);
  });
  let stopped = false;
  const done = onInterrupt(() => {
    stopped = true;
    client.stop();
  });
  try {
    const { document, folder } = await client.result;
    terminal.close();
    people.stream.write(runText(document, people.colour));
    await writeJson(document, options.json);
    if (options.junit !== undefined) await writeFile(options.junit, runJUnit(document));
    if (options.html !== undefined) await writePage(dist, await openRun(folder), options.html);
    process.exitCode = runExitCode(document, stopped);
  } finally {
    terminal.close();
    done();
  }
}

async function toRequest(source: string, options: RunOptions): Promise<RunRequest> {
  const { profile, native, inspect, out } = options;
  const request = requestOf(await requestedPlan(source, options), options);
  return { ...request, profile, native: native === true, inspect: inspect ?? null, out: out ?? null };
}
