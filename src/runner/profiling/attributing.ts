import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LEAST_SAMPLED, type Told } from '../../correlate/attributed/owners.ts';
import type { Wait } from '../../correlate/slow-intervals.ts';
import { writeAtomically } from '../../runs/atomic-file.ts';
import {
  type Attribution,
  attributionText,
  parseAttribution,
  readAttribution,
  tracePrefix,
} from '../../runs/attribution.ts';
import type { ClockOrigin } from '../../runs/clock.ts';
import type { TargetProcess } from '../target/target-process.ts';
import { ATTRIBUTION_VARIABLE, AttributionFolder, MOST_BYTES } from './attribution-folder.ts';

/** In the run's folder: what the service told of the requests of the profiled phase. */
const ATTRIBUTION_FILE = 'attribution.json';

/** What was told of a run; null where nothing was. */
export async function openAttribution(folder: string): Promise<Attribution | null> {
  const text = await readFile(path.join(folder, ATTRIBUTION_FILE), 'utf8').catch(() => null);
  return text === null ? null : parseAttribution(text);
}

/** What a service that cooperates tells of one run's requests. It never fails the run. */
export class Attributing {
  /** The beginning of the trace ids of this run's requests. */
  readonly trace = tracePrefix(randomInt(2 ** 32));
  #folder: AttributionFolder | null = null;
  #isStarted = false;
  #isTooMuch = false;

  /** Before the target is started; resolves to what it is to have in its environment. */
  async beforeStart(): Promise<Record<string, string>> {
    this.#folder = await AttributionFolder.create();
    this.#isStarted = true;
    return { [ATTRIBUTION_VARIABLE]: this.#folder.path };
  }

  /** Resolves to why nothing will be told, as a sentence; null where something may be. @param target null: not known */
  async find(target: TargetProcess | null): Promise<string | null> {
    if (this.#isStarted) return null;
    if (target === null) return 'No attribution: the process of the target is not known. Give it with --pid.';
    try {
      this.#folder = await AttributionFolder.of(target);
    } catch (error) {
      const why = (error as Error).message;
      return `No attribution: the environment of process ${target.pid} cannot be read (${why}). Let Tailflame start it (--start).`;
    }
    if (this.#folder !== null) return null;
    return (
      `No attribution: process ${target.pid} was not started with ${ATTRIBUTION_VARIABLE} in its environment. ` +
      'Let Tailflame start it (--start), or set it to the path of an empty folder.'
    );
  }

  /** What was told, once the load is over, kept in the run's folder; null where nothing was. */
  async read(folder: string, origin: ClockOrigin): Promise<Attribution | null> {
    if (this.#folder === null) return null;
    const texts = await this.#folder.read();
    this.#isTooMuch = texts === null;
    if (texts === null) return null;
    const attribution = readAttribution(texts, this.trace, origin);
    if (attribution.worked.request.length === 0) return null;
    await writeAtomically(path.join(folder, ATTRIBUTION_FILE), attributionText(attribution));
    return attribution;
  }

  /** What a result says of how far its requests were attributed, once it was read what was told. @param what of them findings are of */
  note(attribution: Attribution | null, told: Told | null, what: Wait): string {
    if (attribution === null || told === null) {
      const why = this.#isTooMuch
        ? `The service told more than ${MOST_BYTES / 1024 / 1024} MiB, of all runs together: empty its folder, or start it anew.`
        : 'The service told nothing: are the lines in it? See `tailflame attribution`.';
      return `Exactly attributed: none of the requests. ${why}`;
    }
    const lost = attribution.lost === 0 ? '' : ` ${attribution.lost} records were lost.`;
    return `Exactly attributed: ${told.count} of ${told.of} requests.${lost}${whyByOverlap(told, what)}`;
  }

  async release(): Promise<void> {
    await this.#folder?.release();
  }

  /** The same at once, for the moment the process ends. */
  abandon(): void {
    this.#folder?.abandon();
  }
}

/** Why findings go by overlap in time though requests were told of, as a sentence behind a space; nothing where they do not. */
function whyByOverlap({ count, sampled, isEnough }: Told, what: Wait): string {
  if (count === 0) return '';
  if (sampled < LEAST_SAMPLED) {
    return (
      ` Findings go by overlap in time all the same: only ${Math.round(sampled * 100)} % of the work for them was in ` +
      'threads that were sampled. In a container the service sees other numbers of them than the profiler.'
    );
  }
  if (what === 'latency' || !isEnough) return '';
  return ' Findings are of first tokens and go by overlap in time; the views of slow requests are exact.';
}
