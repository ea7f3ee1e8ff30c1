import { readFile, writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ARRIVALS, type Arrivals, type Load, PLAN_DEFAULTS, type Plan } from '../load/plan.ts';
import { exitCode } from '../report/exit-code.ts';
import { progressText } from '../report/progress-text.ts';
import { runText } from '../report/run-text.ts';
import { RunnerClient } from '../runner/client.ts';
import { type FromRunner, RunnerError, type RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';

interface RunOptions {
  request?: string;
  data?: string;
  header: string[];
  rate?: number;
  users?: number;
  arrivals: Arrivals;
  duration: number;
  warmup: number;
  connections?: number;
  timeout: number;
  seed: number;
  objective: string[];
  start?: string;
  ready?: string;
  profile: 'auto' | 'off';
  pid?: number;
  inspect?: string;
  gpu: string;
  allowRemote?: string[];
  out?: string;
  json?: string | true;
}

export function runCommand(dist: string): Command {
  return new Command('run')
    .description(
      'Send load to an endpoint, measure it, and with --profile auto name the lines behind the slow requests.',
    )
    .argument('<url>', 'the endpoint, such as http://127.0.0.1:8000/predict')
    .option('-X, --request <method>', 'HTTP method (default: POST with a body, GET without)')
    .option('-d, --data <body>', 'body, or @file')
    .option('-H, --header <k: v>', 'header; may be given several times', collect, [])
    .addOption(
      new Option('--rate <n>', 'requests per second, whatever the server does').argParser(number).conflicts('users'),
    )
    .addOption(new Option('--users <n>', 'users who each wait for an answer').argParser(number))
    .addOption(new Option('--arrivals <kind>', 'spacing of an open load').choices(ARRIVALS).default('poisson'))
    .option('--duration <time>', 'measured time, warm-up not included', time, PLAN_DEFAULTS.duration)
    .option('--warmup <time>', 'sent and not measured before', time, PLAN_DEFAULTS.warmup)
    .option('--connections <n>', 'at most this many (default: 256, or one a user)', number)
    .option('--timeout <time>', 'a request not answered by then has failed', time, PLAN_DEFAULTS.timeout)
    .option('--seed <n>', 'of what is random', number, PLAN_DEFAULTS.seed)
    .option('--objective <limit>', "such as 'p(99)<250'; may be given several times", collect, [])
    .option('--start <command>', 'start the target first, and stop it at the end')
    .option('--ready <url>', 'answers once the started target is ready')
    .addOption(new Option('--profile <mode>', 'profile a second stretch').choices(['auto', 'off']).default('off'))
    .option('--pid <n>', 'process to profile (default: found from the port)', number)
    .option('--inspect <url>', 'inspector of a Node target')
    .option('--gpu <source>', 'auto, off, or a CSV recorded by nvidia-smi', 'auto')
    .option('--allow-remote <host...>', 'hosts beyond this machine that may be sent load')
    .option('--out <folder>', 'the run folder (default: a new one in .tailflame/runs)')
    .option('--json [file]', 'write the result as JSON; without a file, or with -, to standard output')
    .action((url: string, options: RunOptions) => run(dist, url, options));
}

async function run(dist: string, url: string, options: RunOptions): Promise<void> {
  const request = await toRequest(url, options);
  const jsonOnStdout = options.json === true || options.json === '-';
  const people = jsonOnStdout ? process.stderr : process.stdout;
  const live = people.isTTY ? (text: string) => people.write(`\r\u001b[K${text}`) : () => true;
  const client = new RunnerClient(dist, request, (event: FromRunner) => {
    if (event.type === 'live') live(progressText(event.snapshot));
    else if (event.type === 'stage') live(event.text);
  });
  const stop = (): void => client.stop();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const { document } = await client.result;
    live('');
    people.write(runText(document, people.hasColors?.() ?? false));
    await writeJson(document, options.json);
    process.exitCode = exitCode(document);
  } catch (error) {
    live('');
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

async function writeJson(document: RunDocument, target: string | true | undefined): Promise<void> {
  if (target === undefined) return;
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (target === true || target === '-') process.stdout.write(text);
  else await writeFile(target, text);
}

async function toRequest(url: string, options: RunOptions): Promise<RunRequest> {
  const body = options.data === undefined ? null : await readBody(options.data);
  const load: Load | null =
    options.users !== undefined
      ? { model: 'closed', users: options.users }
      : options.rate !== undefined
        ? { model: 'open', rate: options.rate, arrivals: options.arrivals }
        : null;
  const plan: Plan = {
    target: {
      url: /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`,
      method: (options.request ?? (body === null ? 'GET' : 'POST')).toUpperCase(),
      headers: Object.fromEntries(options.header.map(headerOf)),
      body,
    },
    load,
    duration: options.duration,
    warmup: options.warmup,
    timeout: options.timeout,
    connections: options.connections ?? null,
    seed: options.seed,
    objectives: options.objective,
  };
  return {
    plan,
    cwd: process.cwd(),
    start: options.start ?? null,
    ready: options.ready ?? null,
    profile: options.profile,
    pid: options.pid ?? null,
    inspect: options.inspect ?? null,
    gpu: options.gpu,
    allowRemote: options.allowRemote ?? [],
    out: options.out ?? null,
  };
}

async function readBody(text: string): Promise<string> {
  if (!text.startsWith('@')) return text;
  try {
    return await readFile(text.slice(1), 'utf8');
  } catch (error) {
    throw new RunnerError(
      2,
      `-d ${text}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message}.`,
    );
  }
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new RunnerError(2, `-H '${text}' is not a header. Write it as 'Name: value'.`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** `500ms`, `10s`, `2m`; a bare number is seconds. */
function time(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  if (!match) throw new InvalidArgumentError('Write a time such as 500ms, 10s or 2m.');
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm' | 'h'];
  return Number(match[1]) * unit;
}
