import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './messages.ts';
import { SourceFiles } from './source-files.ts';

// The worker thread: holds the parsed files, and answers with their routes. Its grammars lie beside it.

const port = parentPort;
if (port === null) throw new Error('This program is started as a worker thread, by RouteIndex.');
const files = new SourceFiles(__dirname);

port.on('message', (message: ToWorker) => {
  if (message.kind === 'update') files.update(message.file, message.source);
  else if (message.kind === 'remove') files.remove(message.file);
  else void answer(message.id, message.file);
});

async function answer(id: number, file: string | null): Promise<void> {
  const say = (message: FromWorker): void => port!.postMessage(message);
  try {
    const routes = await files.routes();
    const asked = file === null ? routes : routes.filter((route) => route.file === file);
    say({ kind: 'routes', id, routes: asked, parseTime: files.parseTime });
  } catch (error) {
    say({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
}
