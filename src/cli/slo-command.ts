import { stat, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { stepNames } from '../load/plan/plan-steps.ts';
import { sloText } from '../report/slo-text.ts';
import { type OpenedRun, openRun, requestTables } from '../runner/opened/open-run.ts';
import { measuredSpan } from '../runs/run-document.ts';
import { burnAlerts, whyNoAlert } from '../slo/burn-alert.ts';
import { grafanaDashboard } from '../slo/grafana-dashboard.ts';
import { prometheusRules } from '../slo/prometheus-rules.ts';
import { readSlo } from '../slo/read-slo.ts';
import { CLIENT_FAILED, CLIENT_HISTOGRAM, CLIENT_LABELS, requestMetrics } from '../slo/request-metrics.ts';
import { isLevel, type ServiceLevel, serviceLevelOf } from '../slo/service-level.ts';
import { type ServiceMetrics, serviceMetrics, whyUntold } from '../slo/service-metrics.ts';
import { writeJson } from './json-output.ts';
import { collect, wholeNumber } from './option-values.ts';
import { peopleOf } from './people.ts';
import { requestedPlan } from './requested-plan.ts';

interface SloOptions {
  readonly objective: readonly string[];
  readonly days: number;
  readonly service?: string;
  readonly histogram?: string;
  readonly failed?: string;
  readonly of: string;
  readonly rules?: string;
  readonly dashboard?: string;
  readonly openMetrics?: string;
  readonly json?: string | true;
}

/** What OpenTelemetry's instrumentations tell of a server. */
const SERVER = {
  histogram: 'http_server_request_duration_seconds',
  failed: 'http_response_status_code=~"5.."',
  labels: [],
};
const CLIENT = { histogram: CLIENT_HISTOGRAM, failed: CLIENT_FAILED, labels: CLIENT_LABELS };

export function sloCommand(): Command {
  return new Command('slo')
    .description(
      'Objectives as service levels: what a run spent of their error budgets, and alerts and a dashboard for a service in operation.',
    )
    .argument('<run|plan>', 'a folder from .tailflame/runs, or a plan (*.load.yaml)')
    .option('--objective <limit>', "of a plan: a limit such as 'p(99)<250'; may be given several times", collect, [])
    .option('--days <n>', 'length of the error budget, in days', wholeNumber, 30)
    .option('--rules <file>', 'write recording and alerting rules for Prometheus')
    .option('--dashboard <file>', 'write a dashboard for Grafana, which reads those rules')
    .option('--service <name>', 'what it is called there (default: the host of the target)')
    .option(
      '--histogram <name>',
      `name of the service's latency histogram, in seconds (default: ${SERVER.histogram}, of a run what --open-metrics writes)`,
    )
    .option('--failed <matcher>', `label matcher of failed requests (default: ${SERVER.failed})`)
    .option('--of <matchers>', 'label matchers of the service’s own series, such as job="api"', '')
    .option('--open-metrics <file>', 'of a run: write its requests as OpenMetrics text, as if it had been scraped')
    .option('--json [file]', 'of a run: write the result as JSON; without a file, or with -, to standard output')
    .action(slo);
}

async function slo(source: string, options: SloOptions): Promise<void> {
  const isRun = (await stat(source).catch(() => null))?.isDirectory() === true;
  if (isRun) await ofRun(source, options);
  else await ofPlan(source, options);
}

async function ofRun(folder: string, options: SloOptions): Promise<void> {
  if (options.objective.length > 0) throw new PlanError('--objective is of a plan: a run has those it was made with.');
  const run = await openRun(folder);
  const document = await readSlo(run.document, run.plan, requestTables(run), options.days);
  const levels = levelsOf(run.plan);
  if (options.openMetrics !== undefined) await writeMetrics(run, levels, options.openMetrics);
  await writeFor(levels, run.plan.target.url, CLIENT, options);
  const people = peopleOf(options);
  people.stream.write(sloText(document, people.colour));
  await writeJson(document, options.json);
}

async function ofPlan(source: string, options: SloOptions): Promise<void> {
  if (options.openMetrics !== undefined || options.json !== undefined) {
    throw new PlanError(`--open-metrics and --json are of a run, and ${source} is none.`);
  }
  if (options.rules === undefined && options.dashboard === undefined) {
    throw new PlanError('Say what is wanted of the plan: --rules FILE, --dashboard FILE, or both.');
  }
  const plan = await requestedPlan(source, { header: [], objective: options.objective });
  const levels = levelsOf(plan);
  if (levels.length === 0) {
    throw new PlanError(
      `${source} has no service level. Give one such as --objective 'p(99)<250' or --objective 'failures: rate<1%'.`,
    );
  }
  await writeFor(levels, plan.target.url, SERVER, options);
  for (const { objective } of plan.objectives) {
    const level = serviceLevelOf(objective);
    if (!isLevel(level)) process.stderr.write(`${objective} is no service level: ${level.why}\n`);
  }
}

function levelsOf({ objectives }: Pick<Plan, 'objectives'>): ServiceLevel[] {
  return objectives.map(({ objective }) => serviceLevelOf(objective)).filter(isLevel);
}

async function writeFor(
  all: readonly ServiceLevel[],
  url: string,
  usual: Pick<ServiceMetrics, 'histogram' | 'labels'> & { readonly failed: string },
  { rules, dashboard, days, service = new URL(url).hostname, histogram, failed, of }: SloOptions,
): Promise<void> {
  if (rules === undefined && dashboard === undefined) return;
  const labels = histogram === undefined ? usual.labels : null;
  const metrics = serviceMetrics(histogram ?? usual.histogram, failed ?? usual.failed, of, labels);
  const levels = all.filter((level) => {
    const why = whyUntold(level, metrics);
    if (why !== null) process.stderr.write(`${level.objective} is left out: ${why}\n`);
    return why === null;
  });
  if (levels.length === 0) throw new PlanError('There is no service level to write rules or a dashboard for.');
  if (rules !== undefined) {
    await writeFile(rules, prometheusRules(levels, service, metrics, days));
    for (const { objective, budget } of levels) {
      for (const alert of burnAlerts(days)) {
        const why = whyNoAlert(alert, budget);
        if (why !== null) process.stderr.write(`${objective} has no ${alert.name} alert: ${why}.\n`);
      }
    }
  }
  if (dashboard === undefined) return;
  await writeFile(dashboard, `${JSON.stringify(grafanaDashboard(levels, service, metrics, days), null, 2)}\n`);
}

async function writeMetrics(run: OpenedRun, levels: readonly ServiceLevel[], file: string): Promise<void> {
  const limits = levels.flatMap(({ limit }) => (limit === null ? [] : [limit]));
  const span = measuredSpan(run.document);
  const { unixMs } = run.document.clock;
  await writeFile(
    file,
    await requestMetrics({ tables: requestTables(run), steps: stepNames(run.plan), unixMs, span, limits }),
  );
}
