import { parentPort, workerData } from 'node:worker_threads';
import { Generator } from './generator.ts';
import type { FromLoadWorker, LoadWorkerData, ToLoadWorker } from './messages.ts';

const port = parentPort;
if (!port) throw new Error('The load worker runs as a worker thread of the runner.');

const generator = new Generator(workerData as LoadWorkerData, (message: FromLoadWorker) => {
  if (message.type === 'rows') port.postMessage(message, [message.rows.buffer as ArrayBuffer]);
  else port.postMessage(message);
  if (message.type === 'done') port.close();
});
port.on('message', (message: ToLoadWorker) => {
  if (message.type === 'profile') generator.profile();
  else generator.stop(message.grace);
});
generator.start();
