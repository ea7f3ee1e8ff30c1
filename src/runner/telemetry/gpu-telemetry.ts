import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EVERY_MS, NvidiaSmi } from '../../telemetry/capture-nvidia-smi.ts';
import { GPU_SERIES, namedGpuSeries, TelemetryError } from '../../telemetry/gpu-series.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import type { NamedSeries } from '../../telemetry/named-series.ts';
import { NvidiaSmiReader, readNvidiaSmi, type SmiRecording, withIndexes } from '../../telemetry/nvidia-smi.ts';
import { type SmiKind, SmiTable } from '../../telemetry/smi-table.ts';
import { RunnerError } from '../messages.ts';
import { TargetPids } from '../target/target-pids.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

/** Where what nvidia-smi said in a run is kept. */
const FILES: Readonly<Record<SmiKind, string>> = {
  'query-gpu': 'nvidia-smi.csv',
  'compute-apps': 'nvidia-smi-apps.csv',
  dmon: 'nvidia-smi-dmon.txt',
  pmon: 'nvidia-smi-pmon.txt',
};
/** The fewest that tell what GPUs did and which of them the target uses. */
const AUTO: readonly SmiKind[] = ['query-gpu', 'compute-apps'];
/** Read at a time while a run goes on; a file may hold much that was before it. */
const MOST_BYTES = 1024 * 1024;
/** Of one recording. */
const LARGEST_BYTES = 128 * 1024 * 1024;

/** One that is told, by an nvidia-smi of the run or a file recorded elsewhere. */
interface Stream {
  readonly file: string;
  /** Null: recorded elsewhere. */
  readonly smi: NvidiaSmi | null;
  reader: NvidiaSmiReader | null;
  bytesRead: number;
}

/** The GPU's part in one run: nvidia-smi running beside it, files recorded elsewhere, or nothing. */
export class GpuTelemetry implements TelemetrySource {
  readonly #source: string;
  #live: readonly SmiKind[] = [];
  /** Of those what was asked for by its name. */
  #named: readonly SmiKind[] = [];
  #files: readonly string[] = [];
  #run: WatchedRun | null = null;
  #pids: TargetPids | null = null;
  #streams: Stream[] = [];

  /** @param source 'auto', 'off', or of what nvidia-smi tells (`dmon`, …) and of files several, with commas between them */
  constructor(source: string) {
    this.#source = source;
  }

  /** Comes first. A file that is not there is said before any load is sent. @throws RunnerError */
  async check(): Promise<void> {
    if (this.#source === 'off') return;
    // A file's name may hold commas.
    const parts = (await isFile(this.#source)) ? [this.#source] : this.#source.split(',').map((part) => part.trim());
    const isKind = (part: string): part is SmiKind => Object.hasOwn(FILES, part);
    this.#named = parts.filter(isKind);
    this.#live = [...new Set([...(parts.includes('auto') ? AUTO : []), ...this.#named])];
    this.#files = parts.filter((part) => part !== 'auto' && !isKind(part));
    for (const file of this.#files) {
      const handle = await open(file).catch((error: Error) => {
        throw new RunnerError(2, `The GPU file ${file} cannot be read: ${error.message}.`);
      });
      await handle.close();
    }
  }

  async begin(run: WatchedRun): Promise<string | null> {
    this.#run = run;
    this.#pids = new TargetPids(run.target);
    const { unixMs } = run.origin;
    const live = await Promise.all(
      this.#live.map(async (kind): Promise<Stream | null> => {
        const file = path.join(run.folder, FILES[kind]);
        const smi = await NvidiaSmi.start(kind, file, this.#pidsIn(kind, unixMs));
        return smi === null ? null : { file, smi, reader: new NvidiaSmiReader(unixMs), bytesRead: 0 };
      }),
    );
    const recorded = this.#files.map((file) => ({
      file,
      smi: null,
      reader: new NvidiaSmiReader(unixMs),
      bytesRead: 0,
    }));
    this.#streams = [...live.filter((stream) => stream !== null), ...recorded];
    // Who left the choice to us has no GPU, which is no trouble.
    const missing = this.#live.filter((kind, at) => live[at] === null && this.#named.includes(kind));
    return missing.length > 0 ? `nvidia-smi was not found, so it tells nothing of ${missing.join(' and ')}.` : null;
  }

  async news(): Promise<NamedSeries[]> {
    const told: NamedSeries[] = [];
    for (const stream of this.#streams) told.push(...(await this.#newsOf(stream)));
    return told;
  }

  async finish(): Promise<Told> {
    await Promise.all(this.#streams.map(({ smi }) => smi?.stop()));
    const live: SmiRecording[] = [];
    const elsewhere: SmiRecording[] = [];
    const troubles: string[] = [];
    for (const stream of this.#streams) {
      try {
        const recording = await this.#recordingOf(stream);
        if (recording === null) continue;
        (stream.smi === null ? elsewhere : live).push(recording);
        if (recording.trouble !== null && stream.smi === null) troubles.push(recording.trouble);
      } catch (error) {
        if (!(error instanceof TelemetryError)) throw error;
        troubles.push(error.message);
      }
    }
    const stepped = this.#clockStep(live);
    if (stepped !== null) troubles.push(stepped);
    const recordings = stepped === null ? [...live, ...elsewhere] : elsewhere;
    const indexes = new Map(recordings.flatMap((recording) => [...recording.indexes]));
    const series = withIndexes(
      recordings.flatMap((recording) => recording.series),
      indexes,
    );
    return { series: await this.#withTarget(series), trouble: troubles.length === 0 ? null : troubles.join(' ') };
  }

  abandon(): void {
    for (const { smi } of this.#streams) smi?.abandon();
  }

  /**
   * That the wall clock, by which nvidia-smi tells, was set, or the machine slept, while the run went on, as a sentence; null where it kept
   * step but for what lies between two times that are told. What was recorded elsewhere goes by another clock.
   */
  #clockStep(live: readonly SmiRecording[]): string | null {
    if (this.#run === null || live.length === 0) return null;
    const { origin, now } = this.#run;
    const step = Date.now() - origin.unixMs - now();
    if (Math.abs(step) <= Math.max(...live.map(({ kind }) => EVERY_MS[kind]))) return null;
    return (
      `The clock of this machine went ${(Math.abs(step) / 1000).toFixed(1)} s ${step > 0 ? 'ahead' : 'back'} during the run (it was set, ` +
      'or the machine slept), so it is not known what the GPU did when: what nvidia-smi told meanwhile is left out. Run it again.'
    );
  }

  /** Whose processes they are can be learned while they run. */
  #pidsIn(kind: SmiKind, unixMs: number): (lines: string) => void {
    if (kind !== 'compute-apps' && kind !== 'pmon') return () => {};
    const table = new SmiTable(unixMs);
    return (lines) => {
      try {
        void this.#pids?.learn(table.rows(lines).map(({ field }) => Number(field('pid'))));
      } catch {
        // What is wrong with the table is said at the end.
      }
    };
  }

  async #newsOf(stream: Stream): Promise<NamedSeries[]> {
    if (stream.reader === null || this.#run === null) return [];
    let handle: FileHandle | null = null;
    try {
      handle = await open(stream.file);
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(MOST_BYTES), 0, MOST_BYTES, stream.bytesRead);
      // What is after the last line break is being written.
      const whole = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
      stream.bytesRead += whole;
      return stream.reader.read(buffer.toString('utf8', 0, whole), this.#run.now()).flatMap(namedGpuSeries);
    } catch (error) {
      // nvidia-smi may still have to begin. What is wrong with a file is said at the end, when all of it is read.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') stream.reader = null;
      return [];
    } finally {
      await handle?.close();
    }
  }

  /** Null where nvidia-smi had nothing to tell. */
  async #recordingOf({ file, smi }: Stream): Promise<SmiRecording | null> {
    if (this.#run === null || (smi !== null && !(await isFile(file)))) return null;
    const { origin, now } = this.#run;
    const { size, mtimeMs } = await stat(file).catch((error: Error) => {
      throw new TelemetryError(`The GPU file ${file} cannot be read: ${error.message}.`);
    });
    if (size > LARGEST_BYTES) {
      throw new TelemetryError(
        `The GPU file ${file} is larger than ${LARGEST_BYTES / 1024 / 1024} MB. Record it anew, or cut out what was while the run was.`,
      );
    }
    return readNvidiaSmi(textOf(await readFile(file)), origin.unixMs, now(), smi === null ? mtimeMs : null);
  }

  /** Says of the processes whose they are, where that is known. */
  async #withTarget(series: readonly LabelledSeries[]): Promise<LabelledSeries[]> {
    const isOfProcess = ({ name }: LabelledSeries): boolean =>
      name === GPU_SERIES.processMemory || name === GPU_SERIES.processUtilisation;
    await this.#pids?.learn(series.filter(isOfProcess).map(({ labels }) => Number(labels['pid'])));
    return series.map((one) => {
      const isTarget = isOfProcess(one) ? (this.#pids?.isTarget(Number(one.labels['pid'])) ?? null) : null;
      return isTarget === null ? one : { ...one, labels: { ...one.labels, target: isTarget ? 'yes' : 'no' } };
    });
  }
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** PowerShell's `>` writes UTF-16, and says so first. */
function textOf(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
