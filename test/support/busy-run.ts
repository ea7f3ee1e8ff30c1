import type { CodeRun } from '../../src/correlate/code/line-times.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { placedRequests } from './placed-requests.ts';
import { viewMaterial } from './view-material.ts';

/**
 * One request after the other for 8 s, nearly all of each in two lines of one function, looked at every 10 ms in the mean, at random: as
 * py-spy writes it, which gives what it sees several times over as one sample that stood as long.
 */
export function busyRun(inferMs: number, seed: number): CodeRun {
  const builder = new ProfileBuilder();
  const file = '/srv/app.py';
  const main = builder.thread({ pid: 1, id: '0', name: 'main' });
  const stackOf = (name: string, line: number): number =>
    builder.stack(-1, builder.frame({ function: name, file, line: null, column: null }), line);
  const parts = [
    { ms: 0.3, stack: stackOf('parse', 10), state: RUNNING },
    { ms: 0.7 * inferMs, stack: stackOf('infer', 20), state: RUNNING },
    { ms: 0.3 * inferMs, stack: stackOf('infer', 21), state: RUNNING },
    { ms: 0.3, stack: stackOf('serve', 30), state: WAITING },
  ];
  const took = parts.reduce((sum, { ms }) => sum + ms, 0);
  const random = seededRandom(seed);
  const length = 8000;
  let since = { time: 0, part: parts[3]! };
  for (let time = 0; time < length; time += -10 * Math.log(1 - random())) {
    const at = time % took;
    const part = parts[[0.3, 0.3 + 0.7 * inferMs, 0.3 + inferMs, took].findIndex((end) => at < end)]!;
    if (part === since.part) continue;
    builder.sample(since.time, since.part.stack, main, time - since.time, since.part.state);
    since = { time, part };
  }
  builder.sample(since.time, since.part.stack, main, length - since.time, since.part.state);
  const requests = Array.from({ length: Math.floor(length / took) }, (_, request) => ({
    start: request * took,
    end: (request + 1) * took - 0.3,
  }));
  const profile = builder.build('run', 'ms', true);
  const material = viewMaterial({ profile, requests: placedRequests(requests), phase: { start: 0, end: length } });
  return { material, lineText: (_, line) => `line ${line}` };
}
