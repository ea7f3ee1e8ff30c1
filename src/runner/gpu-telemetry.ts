import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClockOrigin } from '../runs/clock.ts';
import { NvidiaSmi } from '../telemetry/capture-nvidia-smi.ts';
import { TelemetryError } from '../telemetry/gpu-series.ts';
import { readNvidiaSmi } from '../telemetry/nvidia-smi.ts';
import { TELEMETRY_FILE, writeTelemetry } from '../telemetry/telemetry-parquet.ts';
import { RunnerError } from './messages.ts';

export const GPU_FILE = 'nvidia-smi.csv';

/** The GPU's part in one run: nvidia-smi running beside it, a file recorded elsewhere, or nothing. */
export class GpuTelemetry {
  readonly #source: string;
  #smi: NvidiaSmi | null = null;

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

  async start(folder: string): Promise<void> {
    if (this.#source === 'auto') this.#smi = await NvidiaSmi.start(path.join(folder, GPU_FILE));
  }

  /** Writes what was told of the GPUs into the run's folder. Resolves to what went wrong, as a sentence; null where nothing did. */
  async finish(folder: string, origin: ClockOrigin, durationMs: number): Promise<string | null> {
    await this.#smi?.stop();
    if (this.#source === 'off' || (this.#source === 'auto' && this.#smi === null)) return null;
    const file = this.#source === 'auto' ? path.join(folder, GPU_FILE) : this.#source;
    try {
      const series = readNvidiaSmi(await readFile(file, 'utf8'), origin.unixMs, durationMs);
      if (series.length > 0) await writeTelemetry(path.join(folder, TELEMETRY_FILE), series);
      return null;
    } catch (error) {
      // nvidia-smi without a driver says so in words instead of a table: then there is no GPU.
      if (this.#source === 'auto') return null;
      if (error instanceof TelemetryError) return error.message;
      throw error;
    }
  }

  abandon(): void {
    this.#smi?.abandon();
  }
}
