import type { RunDocument } from '../../src/runs/run-document.ts';

/** What the service of test/bench/gpu_text_server.py did in the profiled phase, by itself: shares of it, and of the time its GPU was idle. */
export interface GpuTruth {
  readonly idle: number;
  readonly tokenizes: number;
  readonly tokenizesWhileIdle: number;
}

/** A GPU with work queued is busy, however many requests' work it is. @param text what the service wrote, a line a change */
export function gpuTruth(text: string, { phases, clock }: Pick<RunDocument, 'phases' | 'clock'>): GpuTruth {
  const phase = phases.find((one) => one.phase === 'profiled')!;
  const [start, end] = [phase.start + clock.unixMs, phase.end + clock.unixMs];
  const under = { gpu: 0, tokenize: 0 };
  const sums = { idle: 0, tokenizes: 0, both: 0 };
  let before = start;
  for (const line of [...text.split('\n').slice(0, -1), `${end} `]) {
    const [at, what, state] = line.split(' ') as [string, keyof typeof under, string];
    const now = Math.min(end, Math.max(start, Number(at)));
    if (under.gpu === 0) sums.idle += now - before;
    if (under.tokenize > 0) sums.tokenizes += now - before;
    if (under.gpu === 0 && under.tokenize > 0) sums.both += now - before;
    before = now;
    if (what in under) under[what] += state === 'begin' ? 1 : -1;
  }
  const length = end - start;
  return {
    idle: sums.idle / length,
    tokenizes: sums.tokenizes / length,
    tokenizesWhileIdle: sums.both / sums.idle,
  };
}
