import { Command, Option } from 'commander';
import { type PlanReading, settingsOf } from '../find/plan-setting.ts';
import { probeDocument } from '../find/probe.ts';
import { Sweeper, type SweepSetting } from '../find/sweep.ts';
import type { Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { answerTitle } from '../report/answer-title.ts';
import { sweepExitCode } from '../report/exit-code.ts';
import { probeText } from '../report/find-rate-text.ts';
import { sweepText } from '../report/sweep-text.ts';
import { sweepView } from '../report/sweep-view.ts';
import { onInterrupt } from './interrupt.ts';
import { writeJson } from './json-output.ts';
import { number, time, wholeNumber } from './option-values.ts';
import { requireFolders } from './output-folder.ts';
import { peopleOf } from './people.ts';
import { type RequestOptions, requestOf, showSearch, withRequestOptions } from './request-options.ts';
import { isPlanFile, type PlanOptions, requestedPlan } from './requested-plan.ts';
import { Terminal } from './terminal.ts';
import { writeAnswerPage } from './write-page.ts';

interface SweepOptions extends RequestOptions {
  html?: string;
  users?: string;
  rate?: string;
  set?: string;
  repeat: number;
  price?: number;
}

/** @param dist the folder of the bundles */
export function sweepCommand(dist: string): Command {
  const command = new Command('sweep').description(
    'Measure at several loads or settings: throughput against latency, where it bends, and which is best.',
  );
  return withRequestOptions(command)
    .addOption(
      new Option('--users <list>', 'numbers of users who each wait for an answer, such as 1,2,4,8').conflicts('rate'),
    )
    .option('--rate <list>', 'requests a second, such as 50,100,200')
    .option(
      '--set <name=list>',
      'values of a setting, such as batch=1,8,32, under 4 users where no load is said: connections, generators, timeout, batch, json.FIELD, a name of the plan’s environment, or a path such as steps.0.json.max_tokens=16,64',
    )
    .option('--duration <time>', 'measured time of each run (default: 10s)', time)
    .option('--warmup <time>', 'load sent first, in no figure (default: 2s)', time)
    .option('--repeat <n>', 'runs at each value', wholeNumber, 1)
    .option('--price <amount>', 'what an hour of the server costs, to tell the cost of requests', number)
    .option('--html <file>', 'write the answer as one page that opens without a network')
    .action((source: string, options: SweepOptions) => sweep(dist, source, options));
}

async function sweep(dist: string, source: string, options: SweepOptions): Promise<void> {
  const { repeat, price, seed } = options;
  if (price !== undefined && !(price > 0)) throw new PlanError('--price must be above 0.');
  await requireFolders(options.json, options.html);
  const { varied, settings } = await requestedSettings(source, options);
  const people = peopleOf(options);
  const terminal = new Terminal(process.stderr);
  const request = requestOf(settings[0]!.plan, options);
  const sweeper = new Sweeper(
    { dist, request, varied, settings, repeat, seed: seed ?? settings[0]!.plan.seed, price: price ?? null },
    (event) => {
      if (event.type === 'probe') terminal.note(probeText(probeDocument(event.probe)));
      else showSearch(terminal, event);
    },
  );
  const done = onInterrupt(() => sweeper.stop());
  try {
    const document = await sweeper.sweep();
    terminal.close();
    people.stream.write(sweepText(document, people.colour));
    await writeJson(document, options.json);
    if (options.html !== undefined) {
      await writeAnswerPage(dist, sweepView(document, answerTitle(request.plan)), options.html);
    }
    process.exitCode = sweepExitCode(document);
  } finally {
    terminal.close();
    done();
  }
}

async function requestedSettings(
  source: string,
  options: SweepOptions,
): Promise<{ varied: string; settings: SweepSetting[] }> {
  const { users, rate, set, ...rest } = options;
  if (set !== undefined) {
    const [, name, list] = /^\s*([^=\s]+)\s*=\s*(.+)$/.exec(set) ?? [];
    if (name === undefined || list === undefined) {
      throw new PlanError(`--set ${set}: write a name and its values, such as batch=1,8,32.`);
    }
    const load: Pick<PlanOptions, 'users' | 'rate'> = {
      ...(users === undefined ? {} : { users: levelOf(users, '--users') }),
      ...(rate === undefined ? {} : { rate: levelOf(rate, '--rate') }),
    };
    const read = (reading?: PlanReading): Promise<Plan> => requestedPlan(source, { ...rest, ...load }, reading);
    const plan = await read();
    const values = valuesOf(list, '--set');
    return { varied: name, settings: await settingsOf(plan, name, values, isPlanFile(source) ? read : null) };
  }
  const varied = users === undefined ? 'rate' : 'users';
  const list = users ?? rate;
  if (list === undefined)
    throw new PlanError('Say what to vary: --users 1,2,4,8, --rate 50,100 or --set batch=1,8,32.');
  // The plan's own load is replaced, so whatever it is, a duration goes with it.
  const plan = await requestedPlan(source, { ...rest, users: 1 });
  return { varied, settings: await settingsOf(plan, varied, valuesOf(list, `--${varied}`), null) };
}

function valuesOf(list: string, option: string): string[] {
  const values = list
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length === 0) throw new PlanError(`${option}: there are no values in it. Write some such as 1,2,4,8.`);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new PlanError(`${twice} is given twice; --repeat measures each value several times.`);
  return values;
}

function levelOf(text: string, option: string): number {
  const level = Number(text);
  if (!(level > 0)) throw new PlanError(`${option} ${text}: it must be a number above 0.`);
  return level;
}
