// The Python of an example server: a virtual environment in the cache, one for each list of requirements.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { aptInstall } from './apt.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { run } from './command.mjs';
import { root } from './packages.mjs';

const examples = {
  'fastapi-sklearn': { size: '350 MB', what: 'scikit-learn, FastAPI and py-spy' },
  'llm-stream': { size: '160 MB', what: 'NumPy, FastAPI, tokenizers and py-spy' },
  'flask-sentiment': { size: '40 MB', what: 'Flask, waitress and py-spy' },
};
const testRequirements = path.join(root, 'test/requirements.txt');
const advice = 'Install Python 3.10 or newer with its venv module (Debian: apt install python3-venv).';

/** The path of a Python that has an example's requirements, py-spy beside it; installed first if need be. */
export async function pythonEnv({ log, example = 'fastapi-sklearn' }) {
  const { size, what } = examples[example];
  const requirements = path.join(root, 'examples', example, 'requirements.txt');
  const folder = path.join(cacheFolder(), `python-${hashOf(requirements)}`);
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return pythonOf(folder);
  // Moved when it is whole. What is used of it, Python and py-spy, does not have its own path in it.
  const draft = `${folder}.${process.pid}`;
  try {
    log(`Making a Python environment in ${folder} (${size}, once) …`);
    await makeVenv(draft, example, { log });
    await install(pythonOf(draft), requirements, `installing ${what}`, { log });
    writeFileSync(path.join(draft, 'complete'), '');
    // Another checkout may have been quicker.
    if (!existsSync(complete)) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(draft, folder);
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  log('Python is ready.');
  return pythonOf(folder);
}

function pythonOf(folder) {
  return path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

/** The same Python with what the tests need besides: another reader of Parquet, and the client that streams are measured beside. */
export async function testPythonEnv({ log }) {
  const python = await pythonEnv({ log });
  const complete = path.join(path.dirname(path.dirname(python)), `tests-${hashOf(testRequirements)}`);
  if (existsSync(complete)) return python;
  await install(python, testRequirements, 'installing DuckDB and aiohttp', { log });
  writeFileSync(complete, '');
  return python;
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}

async function install(python, file, doing, { log }) {
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file];
  try {
    await run(python, pip, { log, limit: 10 * 60_000, doing });
  } catch (error) {
    const offline = /Name or service|Temporary failure|Network is unreachable|No matching distribution/.test(
      error.message,
    );
    throw new Error(
      offline ? `Python's packages could not be fetched; is there a network? ${error.message}` : error.message,
      { cause: error },
    );
  }
}

async function makeVenv(folder, example, { log }) {
  const make = async () => {
    await checkVersion();
    await run('python3', ['-m', 'venv', folder], { limit: 2 * 60_000, doing: 'python3 -m venv' });
  };
  try {
    await make();
  } catch (error) {
    // Debian leaves venv out of its Python, and may have no Python at all.
    rmSync(folder, { recursive: true, force: true });
    try {
      if (!(await aptInstall(['python3', 'python3-venv'], { log }))) throw error;
      await make();
    } catch (still) {
      throw new Error(`The ${example} example needs Python: ${still.message} ${advice}`, { cause: still });
    }
  }
}

async function checkVersion() {
  const check = 'import sys; sys.exit(sys.version_info < (3, 10) and "Python is older than 3.10" or 0)';
  await run('python3', ['-c', check], { limit: 30_000, doing: 'python3' });
}
