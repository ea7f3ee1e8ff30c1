import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The Python of the tests' virtual environment, which is made where it is not there yet. For benches; tests are told it. */
export async function testPython(): Promise<string> {
  const script = pathToFileURL(path.resolve('scripts/python-env.mjs')).href;
  const { testPythonEnv } = (await import(script)) as {
    testPythonEnv(options: { log: (text: string) => void }): Promise<string>;
  };
  return testPythonEnv({ log: (text) => process.stderr.write(`${text}\n`) });
}
