// npm run demo [-- node-classifier | fastapi-sklearn | flask-sentiment | express-embeddings]: load an example server, profile it, name its slow line.
import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { examplePackages, packages, root } from './packages.mjs';

const log = (text) => process.stderr.write(`${text}\n`);
const JSON_BODY = ['-H', 'content-type: application/json'];

const examples = {
  'node-classifier': async (port) => ({
    command: [process.execPath, 'examples/node-classifier/server.mjs'],
    url: `http://127.0.0.1:${port}/predict`,
    load: ['--rate', '60', '--duration', '12s', '--warmup', '1s'],
    body: { reading: [0.1, 0.4, 0.2, 0.9, 0.3, 0.5, 0.7, 0.6] },
  }),
  'fastapi-sklearn': async (port) => {
    const { pythonEnv } = await import('./python-env.mjs');
    return {
      command: [await pythonEnv({ log }), 'examples/fastapi-sklearn/server.py'],
      url: `http://127.0.0.1:${port}/rank`,
      load: ['--rate', '50', '--duration', '14s', '--warmup', '1s'],
      body: { customer: 7, products: [1, 2, 3, 4, 5] },
    };
  },
  'flask-sentiment': async (port) => {
    const { pythonEnv } = await import('./python-env.mjs');
    return {
      command: [await pythonEnv({ log, example: 'flask-sentiment' }), 'examples/flask-sentiment/server.py'],
      url: `http://127.0.0.1:${port}/explain`,
      load: ['--rate', '35', '--duration', '14s', '--warmup', '1s'],
      body: {
        text: 'The lamp is sturdy and lovely to look at but the switch was broken when it came and nobody helped me',
      },
    };
  },
  'express-embeddings': async (port) => {
    await examplePackages('express-embeddings', { log });
    return {
      command: [process.execPath, 'examples/express-embeddings/server.mjs'],
      url: `http://127.0.0.1:${port}/embed`,
      load: ['--rate', '60', '--duration', '12s', '--warmup', '1s'],
      body: { text: 'Hello, the parcel has not arrived and nobody answers the telephone; what shall I do?' },
    };
  },
};

const [name = 'node-classifier'] = process.argv.slice(2);
const example = examples[name];
if (example === undefined) {
  log(`There is no example "${name}". Say one of: ${Object.keys(examples).join(', ')}`);
  process.exit(2);
}

try {
  await packages({ log });
  const { buildProgram } = await import('./build.mjs');
  await buildProgram();
  const port = await freePort();
  const { command, url, load, body } = await example(port);
  const start = command.map((part) => `"${part}"`).join(' ');
  log(
    `\n${name}: POST ${url}, first without and then with the profiler. About ${name === 'node-classifier' ? 30 : 35} s.\n`,
  );
  const run = ['run', url, '-X', 'POST', '-d', JSON.stringify(body), ...JSON_BODY, ...load];
  const code = await tailflame(
    [...run, '--start', start, '--ready', new URL('/healthz', url).href, '--profile', 'auto'],
    {
      ...process.env,
      PORT: String(port),
    },
  );
  if (code === 0)
    log('See the same in VS Code: open this folder, and run "Tailflame: Find Slow Lines…" from the command palette.');
  process.exitCode = code;
} catch (error) {
  log(error.message);
  process.exitCode = 1;
}

function tailflame(args, env) {
  const child = spawn(process.execPath, [path.join(root, 'dist/cli.cjs'), ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  // The terminal interrupts both; the run decides when it is over.
  process.on('SIGINT', () => {});
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ? 1 : code)));
}

/** A port nobody has, so that the demo never loads somebody else's server. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
