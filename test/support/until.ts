import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until there is an answer that is not null.
 * @param limit ms @param every ms from one answer to the next question
 * @throws where there is none in time, with what was waited for
 */
export async function until<T>(
  what: string,
  limit: number,
  ask: () => T | null | Promise<T | null>,
  every = 100,
): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${limit / 1000} s for ${what}.`);
    await sleep(every);
  }
}
