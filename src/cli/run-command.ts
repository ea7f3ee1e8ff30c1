import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { ARRIVALS } from '../load/plan/plan.ts';
import { runExitCode } from '../report/exit-code.ts';
import { runJUnit } from '../report/run-junit.ts';
import { runText } from '../report/run-text.ts';
import { RunnerClient } from '../runner/client.ts';
import type { FromRunner, RunRequest } from '../runner/messages.ts';
import { openRun } from '../runner/open-run.ts';
import { onInterrupt } from './interrupt.ts';
import { writeJson } from './json-output.ts';
import { collect, number, time } from './option-values.ts';
import { peopleOf } from './people.ts';
import { type PlanOptions, requestedPlan, secretValues } from './requested-plan.ts';
import { Terminal } from './terminal.ts';
import { logOption, metricsOption } from './watch-options.ts';
import { writePage } from './write-page.ts';

interface RunOptions extends PlanOptions {
  start?: string;
  ready?: string;
  profile: 'auto' | 'server' | 'off';
  native?: boolean;
  pid?: number;
  inspect?: string;
  gpu: string;
  allowRemote?: string[];
  out?: string;
  json?: string | true;
  junit?: string;
  html?: string;
}

export function runCommand(dist: string): Command {
  return new Command('run')
    .description(
      'Send load to an endpoint, measure it, and with --profile auto name the lines behind the slow requests.',
    )
    .argument('<plan|url>', 'a plan (*.load.yaml), or an endpoint such as http://127.0.0.1:8000/predict')
    .option('-X, --request <method>', 'HTTP method (default: POST with a body, GET without)')
    .option('-d, --data <body>', 'body, or @file')
    .option('-H, --header <k: v>', 'header; may be given several times', collect, [])
    .addOption(
      new Option('--rate <n>', 'requests per second, whatever the server does').argParser(number).conflicts('users'),
    )
    .addOption(new Option('--users <n>', 'users who each wait for an answer').argParser(number))
    .addOption(new Option('--arrivals <kind>', 'spacing of an open load (default: poisson)').choices(ARRIVALS))
    .option('--burstiness <n>', 'of gamma arrivals: 1 is Poisson, less comes in bursts', number)
    .option('--duration <time>', 'measured time, warm-up not included (default: 10s)', time)
    .option('--warmup <time>', 'sent and not measured before (default: 2s)', time)
    .option('--connections <n>', 'at most this many (default: 256, or one a user)', number)
    .option('--generators <n>', 'processes that send (default: 1)', number)
    .option('--timeout <time>', 'a request not answered by then has failed (default: 30s)', time)
    .option('--seed <n>', 'of what is random (default: 1)', number)
    .option('--objective <limit>', "such as 'p(99)<250'; may be given several times", collect, [])
    .option('--split <header>', 'tell latency apart by the value of this header of the answers')
    .option('--start <command>', 'start the target first, and stop it at the end')
    .option('--ready <url>', 'answers once the started target is ready')
    .addOption(
      new Option('--profile <mode>', 'profile a second stretch; server: by the profiler in vLLM or SGLang')
        .choices(['auto', 'server', 'off'])
        .default('off'),
    )
    .option('--native', 'of a Python target, tell frames of C, C++ and Rust too; the profiler disturbs it more')
    .option('--pid <n>', 'process to profile (default: found from the port)', number)
    .option('--inspect <url>', 'inspector of a Node target')
    .option('--gpu <source>', 'auto, off, dmon, pmon, files recorded by nvidia-smi; several with commas', 'auto')
    .addOption(metricsOption())
    .addOption(logOption())
    .option(
      '--attribution',
      'have a service with our lines in it tell which request it works for: tailflame attribution',
    )
    .option('--allow-remote <host...>', 'hosts beyond this machine that may be sent load')
    .option('--out <folder>', 'the run folder (default: a new one in .tailflame/runs)')
    .option('--json [file]', 'write the result as JSON; without a file, or with -, to standard output')
    .option('--junit <file>', 'write the verdict and each objective as JUnit XML')
    .option('--html <file>', 'write the result as one page that opens without a network')
    .action((source: string, options: RunOptions) => run(dist, source, options));
}

async function run(dist: string, source: string, options: RunOptions): Promise<void> {
  const request = await toRequest(source, options);
  const people = peopleOf(options);
  // Progress is not part of the result: what reads standard output gets that alone.
  const terminal = new Terminal(process.stderr);
  const client = new RunnerClient(dist, request, (event: FromRunner) => {
    if (event.type === 'live') terminal.show({ ...event.snapshot, sentence: null });
    else if (event.type === 'stage') terminal.status(event.text);
  });
  const done = onInterrupt(() => client.stop());
  try {
    const { document, folder } = await client.result;
    terminal.close();
    people.stream.write(runText(document, people.colour));
    await writeJson(document, options.json);
    if (options.junit !== undefined) await writeFile(options.junit, runJUnit(document));
    if (options.html !== undefined) await writePage(dist, await openRun(folder), options.html);
    process.exitCode = runExitCode(document);
  } finally {
    terminal.close();
    done();
  }
}

async function toRequest(source: string, options: RunOptions): Promise<RunRequest> {
  const plan = await requestedPlan(source, options);
  return {
    plan,
    secrets: secretValues(plan, process.env),
    cwd: process.cwd(),
    start: options.start ?? null,
    ready: options.ready ?? null,
    profile: options.profile,
    native: options.native === true,
    pid: options.pid ?? null,
    inspect: options.inspect ?? null,
    gpu: options.gpu,
    allowRemote: options.allowRemote ?? [],
    out: options.out ?? null,
  };
}
