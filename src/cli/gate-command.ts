import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { AgainstBaseline } from '../find/against-baseline.ts';
import { BaselineMaker } from '../find/baseline-maker.ts';
import { Gate } from '../find/gate.ts';
import { PairedBuilds } from '../find/paired-builds.ts';
import type { SearchEvent } from '../find/probe-runner.ts';
import { readBaseline } from '../find/stored-baseline.ts';
import { type Load, type Plan, PlanError, steadyRate, steadyUsers } from '../load/plan/plan.ts';
import { checkTargetUrl } from '../load/plan/target-url.ts';
import { gateExitCode, gateText } from '../report/gate-text.ts';
import type { RunRequest } from '../runner/messages.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import { onInterrupt } from './interrupt.ts';
import { isJsonOnStdout, writeJson } from './json-output.ts';
import { number, share, time } from './option-values.ts';
import { isPlanFile, requestedPlan } from './requested-plan.ts';
import { requestOf, type SearchOptions, showSearch, withSearchOptions } from './search-options.ts';
import { Terminal } from './terminal.ts';

interface GateOptions extends SearchOptions {
  readonly against?: string;
  readonly writeBaseline?: string;
  readonly againstStart?: string;
  readonly againstReady?: string;
  readonly rate?: number;
  readonly users?: number;
  readonly tolerance: number;
  readonly failures: number;
  readonly time: number;
}

const TIME_MS = 5 * 60_000;

/** @param dist the folder of the bundles */
export function gateCommand(dist: string): Command {
  const command = new Command('gate').description(
    'Hold a build against another: passed where no figure is surely more than so much worse, failed where one surely is.',
  );
  return withSearchOptions(command)
    .addOption(
      new Option(
        '--against <url|file>',
        'what it is held against: a build at that address, or a stored baseline (*.json)',
      ).conflicts('writeBaseline'),
    )
    .option('--write-baseline <file>', 'measure the build, and store its figures to hold later ones against')
    .option('--against-start <command>', 'start the build that it is held against first, and stop it at the end')
    .option('--against-ready <url>', 'answers once that build is ready')
    .option('--rate <n>', 'requests a second (default: the plan’s, else a gentle one)', number)
    .option('--users <n>', 'users who each wait for an answer', number)
    .option('--tolerance <share>', 'how much slower is allowed, such as 10%', share, 0.1)
    .option('--failures <share>', 'how many more of all requests may fail, such as 1%', share, 0.01)
    .option('--time <time>', 'that all of it may take', time, TIME_MS)
    .action((source: string, options: GateOptions) => gate(dist, source, options));
}

async function gate(dist: string, source: string, options: GateOptions): Promise<void> {
  const { rate, users, against, tolerance, failures, time: budget, ...rest } = options;
  const asked = await requestedPlan(source, rest);
  const plan = { ...asked, load: loadOf(rate, users, asked.duration) ?? asked.load };
  const candidate = requestOf(plan, options);
  const terminal = new Terminal(process.stderr);
  const onEvent = (event: SearchEvent): void => showSearch(terminal, event);
  if (options.writeBaseline !== undefined) {
    const maker = new BaselineMaker(dist, candidate, budget, onEvent);
    const done = onInterrupt(() => maker.stop());
    try {
      const stored = await maker.make();
      await writeAtomically(options.writeBaseline, `${JSON.stringify(stored, null, 1)}\n`);
      terminal.close();
      process.stdout.write(`The figures of ${stored.target} are in ${options.writeBaseline}.\n`);
    } finally {
      terminal.close();
      done();
    }
    return;
  }
  if (against === undefined) {
    throw new PlanError(
      'Say what it is held against: --against URL or --against FILE, which --write-baseline FILE makes.',
    );
  }
  const side = /\.json$/i.test(against)
    ? new AgainstBaseline(dist, candidate, readBaseline(await readText(against), against), against, onEvent)
    : new PairedBuilds(
        dist,
        candidate,
        await baselineRequest(source, { ...options, against }, rest, candidate),
        budget,
        onEvent,
      );
  const people = isJsonOnStdout(options) ? process.stderr : process.stdout;
  const judge = new Gate({ side, candidate: plan.target.url, tolerance: { times: tolerance, failures }, budget });
  const done = onInterrupt(() => judge.stop());
  try {
    const document = await judge.judge();
    terminal.close();
    people.write(gateText(document, people.isTTY === true && (people.hasColors?.() ?? false)));
    await writeJson(document, options.json);
    process.exitCode = gateExitCode(document);
  } finally {
    terminal.close();
    done();
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new PlanError(`The baseline ${file} cannot be read: ${error.message}.`);
  });
}

async function baselineRequest(
  source: string,
  options: GateOptions & { readonly against: string },
  asked: SearchOptions,
  candidate: RunRequest,
): Promise<RunRequest> {
  const { plan } = candidate;
  return {
    ...candidate,
    plan: { ...(await planAgainst(source, options.against, asked, plan)), load: plan.load },
    start: options.againstStart ?? null,
    ready: options.againstReady ?? null,
    pid: null,
  };
}

/** The plan, sent to another build. Of one request it is that request at the other address, which need not repeat its path. */
async function planAgainst(source: string, against: string, options: SearchOptions, plan: Plan): Promise<Plan> {
  checkTargetUrl(against);
  if (isPlanFile(source)) return { ...plan, target: { ...plan.target, url: against } };
  const own = new URL(plan.target.url);
  const url = new URL(against);
  return requestedPlan(url.pathname === '/' ? new URL(own.pathname + own.search, url).href : url.href, options);
}

function loadOf(rate: number | undefined, users: number | undefined, duration: number): Load | null {
  if (rate !== undefined && users !== undefined) throw new PlanError('Give --rate or --users, not both.');
  const level = rate ?? users;
  if (level !== undefined && !(level > 0)) throw new PlanError('--rate and --users must be above 0.');
  if (rate !== undefined) return steadyRate(rate, duration);
  return users === undefined ? null : steadyUsers(users, duration);
}
