import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { freePort } from './free-port.ts';
import { kill } from './kill.ts';
import { until } from './until.ts';

const programs = process.env['TAILFLAME_TEST_PROMETHEUS'] ?? '';
const PATIENCE_MS = 20_000;

/** What `promtool` prints; rejects with it where it finds fault. */
export async function promtool(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(path.join(programs, 'promtool'), args);
  return stdout + stderr;
}

export interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Prometheus with what a file of OpenMetrics told, and rules that it evaluates every second. */
export class Prometheus {
  readonly #child: ChildProcess;
  readonly #url: string;
  #output = '';

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
    const keep = (text: string): void => {
      this.#output = (this.#output + text).slice(-4000);
    };
    child.stderr!.on('data', (data: Buffer) => keep(data.toString()));
    child.once('error', (error) => keep(error.message));
  }

  /** @param folder for what it stores */
  static async start(folder: string, openMetrics: string, rules: string): Promise<Prometheus> {
    await mkdir(folder);
    const data = path.join(folder, 'data');
    await promtool('tsdb', 'create-blocks-from', 'openmetrics', openMetrics, data);
    const config = path.join(folder, 'prometheus.yml');
    await writeFile(config, `global: { evaluation_interval: 1s }\nrule_files: [${JSON.stringify(rules)}]\n`);
    const address = `127.0.0.1:${await freePort()}`;
    const options = [`--config.file=${config}`, `--storage.tsdb.path=${data}`, `--web.listen-address=${address}`];
    const child = spawn(path.join(programs, 'prometheus'), options, { stdio: ['ignore', 'ignore', 'pipe'] });
    return new Prometheus(child, `http://${address}`);
  }

  /** The value of each series that a query gives, by its labels, once it gives any. */
  async query(query: string): Promise<{ labels: Readonly<Record<string, string>>; value: number }[]> {
    type Sample = { metric: Readonly<Record<string, string>>; value: [number, string] };
    const url = `/api/v1/query?query=${encodeURIComponent(query)}`;
    return this.#until(async () => {
      const { result } = (await this.#get(url)) as { result: Sample[] };
      return result.length === 0
        ? null
        : result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    });
  }

  /** What is raised once every rule has been evaluated. */
  async alerts(): Promise<Alert[]> {
    await this.#until(async () => {
      const { groups } = (await this.#get('/api/v1/rules')) as { groups: { rules: { lastEvaluation: string }[] }[] };
      const evaluated = groups.flatMap(({ rules }) => rules).map(({ lastEvaluation }) => Date.parse(lastEvaluation));
      // Alerts read what the other group recorded in an evaluation before.
      return evaluated.every((at) => at > this.#began + 4000) ? true : null;
    });
    return ((await this.#get('/api/v1/alerts')) as { alerts: Alert[] }).alerts;
  }

  readonly #began = Date.now();

  stop(): Promise<void> {
    return kill(this.#child);
  }

  async #get(at: string): Promise<unknown> {
    const { body } = await request(this.#url + at);
    return ((await body.json()) as { data: unknown }).data;
  }

  #until<T>(look: () => Promise<T | null>): Promise<T> {
    const ask = (): Promise<T | null> => look().catch(() => null);
    return until('Prometheus to tell of it', PATIENCE_MS, ask, 200).catch((error: Error) => {
      throw new Error(`${error.message} ${this.#output}`);
    });
  }
}
