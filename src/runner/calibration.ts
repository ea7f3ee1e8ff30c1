import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { steadyUsers } from '../load/model/closed-load.ts';
import { plainPlan } from '../load/plan/plain-plan.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import { resolvePlan } from '../load/plan/resolve-plan.ts';
import { writeAtomically } from '../runs/atomic-file.ts';
import { RunClock, takeOrigin } from '../runs/clock.ts';
import { isAnswered, MEASURED, REQUEST_OFFSET, REQUEST_WIDTH } from '../runs/request-table.ts';
import { Generators } from './generators.ts';

/**
 * As many as an open load near the limit comes to use. Each one more costs something: on two cores 32 carry 90,000 requests a second, 256
 * 62,000 and 1000 37,000, and a figure that holds for 32 alone would promise too much.
 */
const CONNECTIONS = 256;
const WARMUP_MS = 300;
const MEASURED_MS = 900;
/** A machine does not change often. */
const GOOD_FOR_MS = 30 * 24 * 3_600_000;
/** What a busy machine managed says little of it when it is not. */
const BUSY_GOOD_FOR_MS = 60_000;
/** Programs that wanted to run over the last minute, a core, from which on a machine is busy. */
const BUSY_LOAD = 0.5;

export interface Calibration {
  /** Requests a second of one generator against a server that does nothing. */
  readonly capacity: number;
  /** Ms since 1970. */
  readonly measuredAt: number;
  /** Whether others kept the machine busy then. Windows does not tell. */
  readonly busy?: boolean;
}

/** Whether a calibration still holds. @param now ms since 1970 */
export function isFresh({ measuredAt, busy }: Calibration, now: number): boolean {
  return now - measuredAt < (busy === true ? BUSY_GOOD_FOR_MS : GOOD_FOR_MS);
}

/**
 * What the plan's generators together manage on this machine, requests a second; measured once, against a server that does nothing, and
 * kept in the user's cache folder. Null where it cannot be measured or was aborted: then nothing is said of it.
 * @param dist the folder of the bundles @param onMeasure called before the second that it takes
 */
export async function generatorCapacity(
  dist: string,
  plan: ResolvedPlan,
  signal: AbortSignal,
  onMeasure: () => void,
): Promise<number | null> {
  const file = path.join(cacheFolder(), 'calibration.json');
  const machine = [os.cpus()[0]?.model, os.availableParallelism(), process.version, TAILFLAME_VERSION].join(' | ');
  const all = await readAll(file);
  const known = all[machine];
  const fresh = known !== undefined && isFresh(known, Date.now());
  const busy = os.loadavg()[0]! > BUSY_LOAD * os.availableParallelism();
  if (!fresh) onMeasure();
  const capacity = fresh ? known.capacity : await measure(dist, signal);
  if (capacity === null) return null;
  if (!fresh) {
    const measured: Calibration = { capacity, measuredAt: Date.now(), busy };
    const kept = JSON.stringify({ ...all, [machine]: measured }, null, 2);
    await mkdir(path.dirname(file), { recursive: true })
      .then(() => writeAtomically(file, `${kept}\n`))
      // A folder that cannot be written to costs a second at the next run, and nothing else.
      .catch(() => {});
  }
  const cores = Math.max(1, Math.min(plan.generators, os.availableParallelism() - 1));
  return capacity * cores;
}

/** Null where it was aborted too, or the server ended before it was asked to: what was answered until then says nothing. */
async function measure(dist: string, aborted: AbortSignal): Promise<number | null> {
  const server = fork(path.join(dist, 'null-server.cjs'), [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    execArgv: [],
  });
  const ended = new AbortController();
  server.once('exit', () => ended.abort());
  server.once('error', () => ended.abort());
  const signal = AbortSignal.any([aborted, ended.signal]);
  try {
    const [port] = (await once(server, 'message', { signal })) as [number];
    const url = `http://127.0.0.1:${port}/`;
    const plan = { ...plainPlan({ url, method: 'GET', headers: {}, body: null }), duration: MEASURED_MS };
    const resolved = resolvePlan({ ...plan, warmup: WARMUP_MS, timeout: 1000 }, steadyUsers(CONNECTIONS, MEASURED_MS));
    const origin = takeOrigin();
    const clock = new RunClock(origin);
    const data = {
      plan: resolved,
      origin,
      profiled: false,
      addresses: {},
      allowed: [],
      multiplexed: [],
      secrets: {},
      values: {},
      trace: null,
    };
    let answered = 0;
    const generators = new Generators(
      path.join(dist, 'generator.cjs'),
      data,
      () => clock.now(),
      (_, message) => {
        if (message.type !== 'rows') return;
        for (let at = 0; at < message.rows.length; at += REQUEST_WIDTH) {
          const phase = message.rows[at + REQUEST_OFFSET.phase]!;
          if (phase === MEASURED && isAnswered(message.rows[at + REQUEST_OFFSET.outcome]!)) answered++;
        }
      },
    );
    signal.addEventListener('abort', () => generators.kill(), { once: true });
    await generators.done;
    if (signal.aborted) return null;
    return answered > 0 ? Math.round((answered / MEASURED_MS) * 1000) : null;
  } catch {
    return null;
  } finally {
    server.kill();
  }
}

async function readAll(file: string): Promise<Record<string, Calibration>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, Calibration>;
  } catch {
    return {};
  }
}

/** As the XDG base directories have it, and its kin on other systems. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (xdg) return path.join(xdg, 'tailflame');
  if (process.platform === 'win32' && local) return path.join(local, 'tailflame', 'cache');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'tailflame');
  return path.join(os.homedir(), '.cache', 'tailflame');
}
