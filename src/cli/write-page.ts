import { writeFile } from 'node:fs/promises';
import type { AnswerView } from '../report/answer-view.ts';
import { answerPage, readPageCode, resultPage } from '../report/offline-page.ts';
import { runResultView } from '../report/run-result-view.ts';
import type { OpenedRun } from '../runner/open-run.ts';

/** Writes a run as one HTML page. @param dist the folder of the bundles @param file `-` is standard output */
export async function writePage(dist: string, run: OpenedRun, file: string): Promise<void> {
  await write(resultPage({ view: await runResultView(run), under: null }, await readPageCode(dist, 'report')), file);
}

/** Writes the answer of a search or a sweep as one HTML page. @param dist the folder of the bundles @param file `-` is standard output */
export async function writeAnswerPage(dist: string, view: AnswerView, file: string): Promise<void> {
  await write(answerPage(view, await readPageCode(dist, 'answer')), file);
}

async function write(page: string, file: string): Promise<void> {
  if (file === '-') process.stdout.write(page);
  else await writeFile(file, page);
}
