import { writeFile } from 'node:fs/promises';
import type { AnswerView } from '../report/answer-view.ts';
import { answerPage, readPageCode, resultPage } from '../report/offline-page.ts';
import { runResultView } from '../report/run-result-view.ts';
import type { OpenedRun } from '../runner/opened/open-run.ts';

/** Writes a run as one HTML page. @param dist the folder of the bundles @param file `-` is standard output */
export async function writePage(dist: string, run: OpenedRun, file: string): Promise<void> {
  const page = resultPage({ view: await runResultView(run), under: null }, await readPageCode(dist, 'report'));
  await writeText(page, file);
}

/** Writes the answer of a search or a sweep as one HTML page. @param dist the folder of the bundles @param file `-` is standard output */
export async function writeAnswerPage(dist: string, view: AnswerView, file: string): Promise<void> {
  await writeText(answerPage(view, await readPageCode(dist, 'answer')), file);
}

/** @param file `-` is standard output */
export async function writeText(text: string, file: string): Promise<void> {
  if (file === '-') process.stdout.write(text);
  else await writeFile(file, text);
}
