import { access, appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { GateDocument } from '../find/gate-document.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { codeQuality } from '../report/code-quality.ts';
import { gateJUnit } from '../report/gate-junit.ts';
import { gateMarkdown } from '../report/gate-markdown.ts';
import { gateMetrics } from '../report/gate-metrics.ts';
import type { GateChoice } from '../report/gate-outcome.ts';
import { gatePage } from '../report/gate-page.ts';
import { githubAnnotations } from '../report/github-annotations.ts';
import { requireFolders } from './output-folder.ts';
import { writeText } from './write-page.ts';

/** Where a gate's result goes besides the terminal, and what a pipeline makes of one that could not be told. */
export interface GateReportOptions extends GateChoice {
  readonly junit?: string;
  readonly html?: string;
  readonly markdown?: string;
  readonly github?: true;
  readonly codeQuality?: string;
  readonly openMetrics?: string;
}

export function withGateReports(command: Command): Command {
  return command
    .addOption(
      new Option('--inconclusive <choice>', 'of a gate that cannot tell: exit code 97, or 0')
        .choices(['fail', 'warn'])
        .default('fail'),
    )
    .addOption(
      new Option('--void <choice>', 'of a gate whose generator could not be relied on: exit code 98, once more, or 0')
        .choices(['retry', 'fail', 'warn'])
        .default('fail'),
    )
    .option('--junit <file>', 'write the result as JUnit XML')
    .option('--html <file>', 'write the result as one page that opens without a network')
    .option('--markdown <file>', 'append the result to a file as Markdown')
    .option('--github', 'show it in GitHub Actions: a summary of the job, and annotations at slower lines')
    .option('--code-quality <file>', 'write slower lines as a GitLab code-quality report')
    .option('--open-metrics <file>', 'write the figures as a GitLab metrics report');
}

/** Names of the options, as commander has them. */
export const REPORTS = ['junit', 'html', 'markdown', 'github', 'codeQuality', 'openMetrics'];

/** Throws a {@link PlanError} where a report could not be written, before minutes are spent on it. */
export async function checkGateReports(options: GateReportOptions): Promise<void> {
  summaryFile(options);
  const { junit, html, markdown, codeQuality: issues, openMetrics } = options;
  await requireFolders(junit, html, markdown, issues, openMetrics);
}

/** The file of a job's summary in GitHub Actions; null where that is not asked for. Throws a {@link PlanError} elsewhere. */
function summaryFile({ github }: GateReportOptions): string | null {
  if (github === undefined) return null;
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file) return file;
  throw new PlanError(
    '--github is for a step of GitHub Actions, which sets GITHUB_STEP_SUMMARY: elsewhere give --markdown FILE.',
  );
}

/** Where the checkout is that a folder lies in: pipelines name files relative to that. */
async function checkoutOf(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const isRoot = await access(path.join(at, '.git')).then(
      () => true,
      () => false,
    );
    if (isRoot) return at;
    if (path.dirname(at) === at) return folder;
  }
}

/** @param root what files are named relative to for people */
export async function writeGateReports(
  document: GateDocument,
  options: GateReportOptions,
  root: string,
): Promise<void> {
  const { junit, html, markdown, codeQuality: issues, openMetrics, github } = options;
  const checkout = await checkoutOf(root);
  if (junit !== undefined) await writeFile(junit, gateJUnit(document, root, options));
  if (html !== undefined) await writeText(gatePage(document, root), html);
  if (issues !== undefined) await writeFile(issues, `${JSON.stringify(codeQuality(document, checkout), null, 2)}\n`);
  if (openMetrics !== undefined) await writeFile(openMetrics, gateMetrics(document));
  for (const file of [markdown, summaryFile(options)]) {
    if (file !== undefined && file !== null) await appendFile(file, gateMarkdown(document, root));
  }
  // GitHub reads commands from either stream; the result may be on standard output.
  if (github !== undefined) process.stderr.write(githubAnnotations(document, checkout, options));
}
