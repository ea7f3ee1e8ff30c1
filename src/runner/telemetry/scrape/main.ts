import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { RunClock } from '../../../runs/clock.ts';
import type { FromScraper, ScrapeData, ToScraper } from './messages.ts';
import { Scraper } from './scraper.ts';

/* A thread that asks endpoints for their metrics: whatever they answer, nothing else of the run waits for it. */

/** From being asked to finish to giving up what has not answered. */
const LAST_MS = 1500;
const NICENESS = 15;

const { endpoints, origin } = workerData as ScrapeData;
const tell = (message: FromScraper): void => parentPort!.postMessage(message);

// Only on Linux is it this thread's alone.
if (process.platform === 'linux') os.setPriority(NICENESS);

const clock = new RunClock(origin);
const scrapers = endpoints.map((endpoint, number) => new Scraper(endpoint, number, clock, tell));
const runs = Promise.all(scrapers.map((scraper) => scraper.run()));

parentPort!.on('message', ({ type }: ToScraper) => {
  if (type === 'look') for (const scraper of scrapers) scraper.look();
  else void finish();
});

async function finish(): Promise<void> {
  const timer = setTimeout(() => {
    for (const scraper of scrapers) scraper.cancel();
  }, LAST_MS);
  for (const scraper of scrapers) scraper.finish();
  await runs;
  clearTimeout(timer);
  tell({ type: 'finished', health: scrapers.map(({ health }) => health) });
  parentPort!.close();
}
