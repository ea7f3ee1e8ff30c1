import { PlanError } from '../plan/plan-error.ts';
import { Generator } from './generator.ts';
import type { FromGenerator, ToGenerator } from './messages.ts';

// A generator is a process of its own: what it measures of its CPU is its own, and several of them use several cores.

let generator: Generator | null = null;

process.on('message', (message: ToGenerator) => {
  if (message.type === 'start') prepare(message);
  else if (message.type === 'go') generator?.start(message.startAt);
  else if (message.type === 'profile') generator?.profile(message.at, message.late);
  else if (message.type === 'values') generator?.learn(message.values);
  else generator?.stop(message.grace);
});
// The terminal sends these to the whole group; the runner decides what becomes of the load.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit());

function prepare({ data }: Extract<ToGenerator, { type: 'start' }>): void {
  try {
    generator = new Generator(data, post);
    post({ type: 'ready' });
  } catch (error) {
    const message = error instanceof PlanError ? error.message : `The generator failed: ${(error as Error).message}`;
    post({ type: 'broken', message });
    process.disconnect();
  }
}

function post(message: FromGenerator): void {
  if (!process.connected) return;
  process.send?.(message, undefined, undefined, () => {
    if (message.type === 'done' && process.connected) process.disconnect();
  });
}
