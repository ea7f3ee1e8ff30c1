import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** The Python that tests use; made first where there is none yet. */
export async function testPython(): Promise<string> {
  const known = process.env['TAILFLAME_TEST_PYTHON'];
  if (known) return known;
  const script = pathToFileURL(path.resolve('scripts/python-env.mjs')).href;
  const { testPythonEnv } = (await import(script)) as {
    testPythonEnv(options: { log: (text: string) => void }): Promise<string>;
  };
  return testPythonEnv({ log: (text) => process.stderr.write(`${text}\n`) });
}
