// VS Code calls run() inside its extension host; the test files beside this one run there and nowhere else.
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run as runTests } from 'node:test';
import { spec as SpecReporter } from 'node:test/reporters';

const testLimit = 120_000;
const SETTLED_MS = 1000;

/** What the suite came to, as scripts/test.mjs reads it. */
interface SuiteResult {
  passed: number;
  failed: number;
  skipped: number;
}

export async function run(): Promise<void> {
  const folder = __dirname;
  const only = process.env['TAILFLAME_ONLY'] ?? '';
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.test.js') && name.includes(only))
    .map((name) => path.join(folder, name))
    .sort();
  const result: SuiteResult = { passed: 0, failed: 0, skipped: 0 };
  // Types of Node 20; `isolation` came with 22.8: the files run in this process, where `vscode` can be required.
  const options = { files, isolation: 'none', timeout: testLimit };
  const tests = runTests(options);
  const reporter = new SpecReporter();
  reporter.setEncoding('utf8');
  let text = '';
  reporter.on('data', (chunk: string) => {
    text += chunk;
    const end = text.lastIndexOf('\n');
    if (end < 0) return;
    for (const line of text.slice(0, end).split('\n')) console.log(`tailflame| ${line}`);
    text = text.slice(end + 1);
  });
  // The stream itself ends when the process does, and this one is VS Code's: it is over when nothing waits to run any more.
  let waiting = 0;
  await new Promise<void>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    tests.on('data', (event: TestEvent) => {
      if (event.type === 'test:enqueue') waiting += 1;
      if (event.type === 'test:pass' || event.type === 'test:fail') {
        waiting -= 1;
        count(result, event.type === 'test:pass', event.data);
      }
      reporter.write(event);
      clearTimeout(timer);
      if (waiting <= 0) timer = setTimeout(resolve, SETTLED_MS);
    });
  });
  reporter.end();
  const file = process.env['TAILFLAME_SUITE_RESULT'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(result));
  if (result.failed > 0) throw new Error(`${result.failed} of the tests in the extension host failed.`);
  if (result.passed === 0) throw new Error('No test ran in the extension host.');
}

interface TestEvent {
  readonly type: string;
  readonly data: Ended;
}

interface Ended {
  readonly details: { readonly type?: string | undefined };
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
}

function count(result: SuiteResult, passed: boolean, test: Ended): void {
  if (test.details.type === 'suite') return;
  if (isSet(test.skip) || isSet(test.todo)) result.skipped += 1;
  else if (passed) result.passed += 1;
  else result.failed += 1;
}

const isSet = (reason: string | boolean | undefined) => reason !== undefined && reason !== false;
