import { Command, Option } from 'commander';
import { RateFinder } from '../find/find-rate.ts';
import { probeDocument } from '../find/probe.ts';
import { answerTitle } from '../report/answer-title.ts';
import { findRateExitCode } from '../report/exit-code.ts';
import { findRateText, probeText } from '../report/find-rate-text.ts';
import { findRateView } from '../report/find-rate-view.ts';
import { onInterrupt } from './interrupt.ts';
import { writeJson } from './json-output.ts';
import { share, time } from './option-values.ts';
import { requireFolders } from './output-folder.ts';
import { peopleOf } from './people.ts';
import { type RequestOptions, requestOf, showSearch, withRequestOptions } from './request-options.ts';
import { requestedPlan } from './requested-plan.ts';
import { Terminal } from './terminal.ts';
import { writeAnswerPage } from './write-page.ts';

interface FindRateOptions extends RequestOptions {
  html?: string;
  users?: true;
  budget: number;
  precision: number;
}

/** @param dist the folder of the bundles */
export function findRateCommand(dist: string): Command {
  const command = new Command('find-rate').description(
    'Find the highest rate, or with --users the most users, at which the objectives hold.',
  );
  return withRequestOptions(command)
    .option('--users', 'look for users who each wait for an answer, instead of requests a second')
    .addOption(new Option('--budget <time>', 'it ends by then').argParser(time).default(90_000, '90s'))
    .addOption(
      new Option('--precision <share>', 'a band this narrow is narrow enough').argParser(share).default(0.1, '10%'),
    )
    .option('--html <file>', 'write the answer as one page that opens without a network')
    .action((source: string, options: FindRateOptions) => findRate(dist, source, options));
}

async function findRate(dist: string, source: string, options: FindRateOptions): Promise<void> {
  const { users, budget, precision, ...asked } = options;
  await requireFolders(options.json, options.html);
  const request = requestOf(await requestedPlan(source, asked), asked);
  const people = peopleOf(options);
  const terminal = new Terminal(process.stderr);
  const unit = users === true ? 'users' : 'rate';
  const finder = new RateFinder({ dist, request, unit, budget, precision }, (event) => {
    if (event.type === 'probe') terminal.note(probeText(probeDocument(event.probe)));
    else showSearch(terminal, event);
  });
  const done = onInterrupt(() => finder.stop());
  try {
    const document = await finder.find();
    terminal.close();
    people.stream.write(findRateText(document, people.colour));
    await writeJson(document, options.json);
    if (options.html !== undefined) {
      await writeAnswerPage(dist, findRateView(document, answerTitle(request.plan)), options.html);
    }
    process.exitCode = findRateExitCode(document);
  } finally {
    terminal.close();
    done();
  }
}
