import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { AgainstBaseline } from '../find/against-baseline.ts';
import { planAgainst } from '../find/against-plan.ts';
import type { AnswerQuestion } from '../find/answer-comparison.ts';
import { AnswerRule } from '../find/answer-rule.ts';
import { BaselineMaker } from '../find/baseline-maker.ts';
import { Gate } from '../find/gate.ts';
import type { GateDocument } from '../find/gate-document.ts';
import type { GateSide, GateTime } from '../find/gate-side.ts';
import { PairedBuilds } from '../find/paired-builds.ts';
import type { SearchEvent } from '../find/probe-runner.ts';
import { readBaseline } from '../find/stored-baseline.ts';
import { durationText } from '../load/plan/duration.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { urlWithoutSecrets } from '../load/plan/redaction.ts';
import { hasScheme } from '../load/plan/target-url.ts';
import { compileJsonPath } from '../load/scenario/json-path.ts';
import { gateExitCode } from '../report/exit-code.ts';
import { gateText } from '../report/gate-text.ts';
import type { RunRequest } from '../runner/messages.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import {
  checkGateReports,
  type GateReportOptions,
  REPORTS,
  withGateReports,
  writeGateReports,
} from './gate-reports.ts';
import { onInterrupt } from './interrupt.ts';
import { writeJson } from './json-output.ts';
import { collect, number, share, time, wholeNumber } from './option-values.ts';
import { requireFolders } from './output-folder.ts';
import { peopleOf } from './people.ts';
import { type RequestOptions, requestOf, showSearch, withRequestOptions } from './request-options.ts';
import { type PlanOptions, requestedPlan } from './requested-plan.ts';
import { Terminal } from './terminal.ts';

interface GateCommandOptions extends RequestOptions, GateReportOptions, Pick<PlanOptions, 'rate' | 'users'> {
  readonly against?: string;
  readonly writeBaseline?: string;
  readonly againstStart?: string;
  readonly againstReady?: string;
  readonly tolerance: number;
  readonly failures: number;
  readonly time: number;
  readonly profile?: true;
  readonly answers?: number;
  readonly answersWithin: readonly string[];
  readonly label?: string;
}

const TIME_MS = 5 * 60_000;
/** Inputs that labels are compared for where nobody says how many. */
const ANSWERS = 100;

/** @param dist the folder of the bundles */
export function gateCommand(dist: string): Command {
  const command = new Command('gate').description(
    'Hold a build against another: passed where every figure is surely no worse than allowed, failed where one surely is; else it cannot tell.',
  );
  return withGateReports(withRequestOptions(command))
    .option('--against <url|file>', 'what it is held against: a build at that address, or a stored baseline')
    .addOption(
      new Option(
        '--write-baseline <file>',
        'measure the build, and store its figures to hold later ones against',
      ).conflicts(['against', 'againstStart', 'againstReady', 'json', 'answers', 'answersWithin', 'label', ...REPORTS]),
    )
    .option('--against-start <command>', 'start the build that it is held against first, and stop it at the end')
    .option('--against-ready <url>', 'answers once that build is ready')
    .addOption(
      new Option('--rate <n>', 'requests a second (default: the plan’s, else a gentle one)')
        .argParser(number)
        .conflicts('users'),
    )
    .option('--users <n>', 'users who each wait for an answer', number)
    .addOption(new Option('--tolerance <share>', 'how much slower is allowed').argParser(share).default(0.1, '10%'))
    .addOption(
      new Option('--failures <share>', 'how many more of all requests may fail').argParser(share).default(0.01, '1%'),
    )
    .addOption(
      new Option('--time <time>', 'the longest that it may take, once more with --void retry')
        .argParser(time)
        .default(TIME_MS, durationText(TIME_MS)),
    )
    .option(
      '--answers <n>',
      'first compare what both builds answer to so many inputs, as many as 20 s are enough for',
      wholeNumber,
    )
    .option(
      '--answers-within <path=amount>',
      'where answers may differ, and by how much: $.score=0.01, $.scores[*]=1%, $.id=any',
      collect,
      [],
    )
    .option(
      '--label <name=path>',
      `hold answers (${ANSWERS} without --answers) at a path against a name of the plan’s templates, such as rows.label=$.label`,
    )
    .option('--profile', 'where a time fails, profile both builds and name the lines that take longer')
    .action((source: string, options: GateCommandOptions) =>
      options.writeBaseline === undefined
        ? gate(dist, source, options)
        : storeBaseline(dist, source, options, options.writeBaseline),
    );
}

async function storeBaseline(dist: string, source: string, options: GateCommandOptions, file: string): Promise<void> {
  await requireFolders(file);
  const request = requestOf(await requestedPlan(source, options), options);
  const terminal = new Terminal(process.stderr);
  const maker = new BaselineMaker(
    dist,
    request,
    timeOf(options),
    (event) => showSearch(terminal, event),
    (text) => terminal.note(text),
  );
  const done = onInterrupt(() => maker.stop());
  try {
    const stored = await maker.make();
    await writeAtomically(file, `${JSON.stringify(stored, null, 1)}\n`);
    terminal.close();
    process.stdout.write(
      `The figures of ${stored.target} are in ${file}. Hold a build against them with --against ${file}\n`,
    );
  } finally {
    terminal.close();
    done();
  }
}

async function gate(dist: string, source: string, options: GateCommandOptions): Promise<void> {
  const { tolerance, failures, time: budget } = options;
  await checkGateReports(options);
  await requireFolders(options.json);
  const candidate = requestOf(await requestedPlan(source, options), options);
  const people = peopleOf(options);
  const url = urlWithoutSecrets(candidate.plan.target.url);
  const root = process.cwd();
  const judged = async (): Promise<GateDocument> => {
    const terminal = new Terminal(process.stderr);
    const side = await sideOf(dist, candidate, options, (event) => showSearch(terminal, event));
    const onNote = (text: string): void => terminal.note(text);
    const judge = new Gate({ side, candidate: url, tolerance: { times: tolerance, failures }, budget, onNote });
    const done = onInterrupt(() => judge.stop());
    try {
      return await judge.judge();
    } finally {
      terminal.close();
      done();
    }
  };
  let document = await judged();
  if (document.status === 'void' && !document.interrupted && options.void === 'retry') document = await judged();
  people.stream.write(gateText(document, root, people.colour));
  process.exitCode = gateExitCode(document, options);
  await writeJson(document, options.json);
  await writeGateReports(document, options, root);
}

async function sideOf(
  dist: string,
  candidate: RunRequest,
  options: GateCommandOptions,
  onEvent: (event: SearchEvent) => void,
): Promise<GateSide> {
  const { against, againstStart, againstReady } = options;
  if (against === undefined) {
    throw new PlanError(
      'Say what it is held against: --against URL, or --against FILE with what --write-baseline FILE has stored.',
    );
  }
  if (!hasScheme(against)) {
    if (againstStart !== undefined || againstReady !== undefined) {
      throw new PlanError(`--against-start and --against-ready go with --against URL, and ${against} is a file.`);
    }
    if (questionOf(options) !== null) {
      throw new PlanError(`--answers is for two builds, --against URL: ${against} has figures, and no answers.`);
    }
    const baseline = readBaseline(await readText(against), against);
    const isProfiled = baseline.code !== undefined;
    if (options.profile === true && !isProfiled) {
      process.stderr.write(
        `${against} has no times of its code, so no slower lines are named: make it with --profile.\n`,
      );
    }
    const { budget, profile } = timeOf(options);
    const time = { budget, profile: profile && isProfiled };
    return new AgainstBaseline(dist, candidate, { baseline, file: against }, time, onEvent);
  }
  const plan = planAgainst(candidate.plan, against);
  const baseline = { ...candidate, plan, start: againstStart ?? null, ready: againstReady ?? null, pid: null };
  return new PairedBuilds(dist, candidate, baseline, timeOf(options), questionOf(options), onEvent);
}

/** Null where answers are not compared. Throws a {@link PlanError}. */
function questionOf({ answers, answersWithin, label }: GateCommandOptions): AnswerQuestion | null {
  const count = answers ?? (label === undefined ? 0 : ANSWERS);
  const equals = label?.indexOf('=') ?? -1;
  if (count === 0) {
    if (answersWithin.length === 0) return null;
    throw new PlanError('--answers-within says how answers may differ: say how many are compared with --answers.');
  }
  if (label !== undefined && answersWithin.length > 0) {
    throw new PlanError(
      'With --label answers are held against their labels, and --answers-within has no part in that.',
    );
  }
  if (label !== undefined && equals < 1)
    throw new PlanError('--label is a name and a path, such as rows.label=$.label.');
  return {
    count,
    rule: new AnswerRule(answersWithin),
    label:
      label === undefined ? null : { name: label.slice(0, equals), path: compileJsonPath(label.slice(equals + 1)) },
  };
}

function timeOf({ time: budget, profile }: GateCommandOptions): GateTime {
  return { budget, profile: profile === true };
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new PlanError(
      `The baseline ${file} cannot be read: ${error.message}. Of a build write its address with http://.`,
    );
  });
}
