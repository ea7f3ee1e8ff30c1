import { writeFile } from 'node:fs/promises';
import { readPageCode, resultPage } from '../report/offline-page.ts';
import { runResultView } from '../report/run-result-view.ts';
import type { OpenedRun } from '../runner/open-run.ts';

/** Writes a run as one HTML page. @param dist the folder of the bundles @param file `-` is standard output */
export async function writePage(dist: string, run: OpenedRun, file: string): Promise<void> {
  const page = resultPage({ view: await runResultView(run), under: null }, await readPageCode(dist, 'report'));
  if (file === '-') process.stdout.write(page);
  else await writeFile(file, page);
}
