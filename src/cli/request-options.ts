import type { Command } from 'commander';
import type { SearchEvent } from '../find/probe-runner.ts';
import type { Plan } from '../load/plan/plan.ts';
import type { RunRequest } from '../runner/messages.ts';
import { collect, number, time } from './option-values.ts';
import { type PlanOptions, secretValues } from './requested-plan.ts';
import type { Terminal } from './terminal.ts';
import { logOption, metricsOption } from './watch-options.ts';

/** What every command that sends load takes besides its own: what to send, and where it may go. */
export interface RequestOptions extends Omit<PlanOptions, 'rate' | 'users'> {
  readonly start?: string;
  readonly ready?: string;
  readonly pid?: number;
  readonly gpu: string;
  readonly allowRemote?: string[];
  readonly json?: string | true;
}

export function withRequestOptions(command: Command): Command {
  return command
    .argument('<plan|url>', 'a plan (*.load.yaml), or an endpoint such as http://127.0.0.1:8000/predict')
    .option('-X, --request <method>', 'HTTP method (default: POST with a body, GET without)')
    .option('-d, --data <body>', 'body, or @file')
    .option('-H, --header <k: v>', 'header; may be given several times', collect, [])
    .option(
      '--objective <limit>',
      "a limit that decides whether the run passes, such as 'p(99)<250'; may be given several times",
      collect,
      [],
    )
    .option('--connections <n>', 'at most this many (default: 256, or one a user)', number)
    .option('--generators <n>', 'processes that send (default: 1)', number)
    .option('--timeout <time>', 'a request not answered by then has failed (default: 30s)', time)
    .option('--seed <n>', 'of what is random (default: 1)', number)
    .option('--start <command>', 'start the target first, and stop it at the end')
    .option('--ready <url>', 'answers once the started target is ready')
    .option('--pid <n>', 'process of the target (default: found from the port)', number)
    .option('--gpu <source>', 'auto, off, dmon, pmon, files recorded by nvidia-smi; several with commas', 'auto')
    .addOption(metricsOption())
    .addOption(logOption())
    .option('--allow-remote <host...>', 'hosts beyond this machine that may be sent load')
    .option('--json [file]', 'write the result as JSON; without a file, or with -, to standard output');
}

export function requestOf(plan: Plan, options: RequestOptions): RunRequest {
  return {
    plan,
    secrets: secretValues(plan, process.env),
    cwd: process.cwd(),
    start: options.start ?? null,
    ready: options.ready ?? null,
    profile: 'off',
    pid: options.pid ?? null,
    inspect: null,
    gpu: options.gpu,
    allowRemote: options.allowRemote ?? [],
    out: null,
  };
}

export function showSearch(terminal: Terminal, event: SearchEvent): void {
  if (event.type === 'stage') terminal.status(event.text);
  else if (event.type === 'live') terminal.show({ ...event.snapshot, sentence: null, stage: event.label });
}
