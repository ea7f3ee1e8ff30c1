import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { NvidiaSmi } from '../telemetry/capture-nvidia-smi.ts';
import { labelledGpuSeries, namedGpuSeries, TelemetryError } from '../telemetry/gpu-series.ts';
import type { NamedSeries } from '../telemetry/named-series.ts';
import { NvidiaSmiReader, readNvidiaSmi } from '../telemetry/nvidia-smi.ts';
import { RunnerError } from './messages.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

export const GPU_FILE = 'nvidia-smi.csv';
/** Read at a time while a run goes on; a file may hold much that was before it. */
const MOST_BYTES = 1024 * 1024;

/** The GPU's part in one run: nvidia-smi running beside it, a file recorded elsewhere, or nothing. */
export class GpuTelemetry implements TelemetrySource {
  readonly #source: string;
  #run: WatchedRun | null = null;
  #smi: NvidiaSmi | null = null;
  /** Of what it says; null where nothing says anything. */
  #file: string | null = null;
  #reader: NvidiaSmiReader | null = null;
  #bytesRead = 0;

  /** @param source 'auto', 'off' or a file @throws RunnerError where the file cannot be read */
  constructor(source: string) {
    this.#source = source;
  }

  /** A file that is not there is said before any load is sent. */
  async check(): Promise<void> {
    if (this.#source === 'auto' || this.#source === 'off') return;
    await readFile(this.#source).catch((error: Error) => {
      throw new RunnerError(2, `The GPU file ${this.#source} cannot be read: ${error.message}.`);
    });
  }

  async begin(run: WatchedRun): Promise<null> {
    if (this.#source === 'off') return null;
    this.#run = run;
    const recorded = path.join(run.folder, GPU_FILE);
    if (this.#source === 'auto') this.#smi = await NvidiaSmi.start(recorded);
    if (this.#source !== 'auto') this.#file = this.#source;
    else if (this.#smi !== null) this.#file = recorded;
    if (this.#file !== null) this.#reader = new NvidiaSmiReader(run.origin.unixMs);
    return null;
  }

  async news(): Promise<NamedSeries[]> {
    if (this.#file === null || this.#reader === null || this.#run === null) return [];
    let handle: FileHandle | null = null;
    try {
      handle = await open(this.#file);
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(MOST_BYTES), 0, MOST_BYTES, this.#bytesRead);
      // What is after the last line break is being written.
      const whole = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
      this.#bytesRead += whole;
      return this.#reader.read(buffer.toString('utf8', 0, whole), this.#run.now()).flatMap(namedGpuSeries);
    } catch {
      // What is wrong with it is said at the end, when all of it is read.
      this.#reader = null;
      return [];
    } finally {
      await handle?.close();
    }
  }

  async finish(): Promise<Told> {
    const nothing = { series: [], trouble: null };
    await this.#smi?.stop();
    if (this.#file === null || this.#run === null) return nothing;
    const { origin, now } = this.#run;
    try {
      const series = readNvidiaSmi(await readFile(this.#file, 'utf8'), origin.unixMs, now());
      return { series: series.flatMap(labelledGpuSeries), trouble: null };
    } catch (error) {
      // nvidia-smi without a driver says so in words instead of a table: then there is no GPU.
      if (this.#source === 'auto') return nothing;
      if (error instanceof TelemetryError) return { ...nothing, trouble: error.message };
      throw error;
    }
  }

  abandon(): void {
    this.#smi?.abandon();
  }
}
