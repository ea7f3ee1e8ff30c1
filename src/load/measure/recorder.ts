import { build, type Histogram, HistogramLogWriter } from 'hdr-histogram-js';
import { OUTCOMES, PHASES, type Phase, REQUEST_OFFSET, REQUEST_WIDTH } from '../runs/request-table.ts';
import { supportFor } from './percentile.ts';

/** What is known of a run while it runs. Latency in ms. */
export interface LiveSnapshot {
  readonly phase: Phase;
  /** Ms since the load began. */
  readonly elapsed: number;
  /** Answered requests per second over the last seconds. */
  readonly rate: number;
  readonly asked: number | null;
  /** The highest percentile up to p99 that has support in the last 10 s (or the run so far); null before there is one. */
  readonly percentile: { readonly name: 'p50' | 'p90' | 'p95' | 'p99'; readonly value: number } | null;
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
  readonly inFlight: number;
}

const WINDOW_S = 10;
const RATE_WINDOW_S = 3;
const LIVE = [
  ['p99', 0.99],
  ['p95', 0.95],
  ['p90', 0.9],
  ['p50', 0.5],
] as const;

interface Second {
  readonly histogram: Histogram;
  completed: number;
}

/** Histograms of latency for every second and in total, in whole µs; warm-up is kept apart from the rest. */
export class Recorder {
  readonly #seconds = new Map<string, Second>();
  #phase: Phase = 'warmup';
  #phaseStart = 0;
  #loadStart = Number.NaN;
  #completed = 0;
  #failed = 0;
  #dropped = 0;
  #inFlight = 0;

  enter(phase: Phase, start: number): void {
    if (Number.isNaN(this.#loadStart)) this.#loadStart = start;
    this.#phase = phase;
    this.#phaseStart = start;
  }

  add(rows: Float64Array, inFlight: number): void {
    this.#inFlight = inFlight;
    for (let at = 0; at + REQUEST_WIDTH <= rows.length; at += REQUEST_WIDTH) {
      const outcome = OUTCOMES[rows[at + REQUEST_OFFSET.outcome]!]!;
      const phase = PHASES[rows[at + REQUEST_OFFSET.phase]!]!;
      if (outcome === 'ok') {
        const end = rows[at + REQUEST_OFFSET.end]!;
        const micros = Math.round((end - rows[at + REQUEST_OFFSET.intended]!) * 1000);
        const second = this.#second(phase, Math.floor(end / 1000));
        // hdr-histogram-js takes NaN and negative numbers in silence, and its maximum never recovers.
        if (micros >= 0) second.histogram.recordValue(Math.max(1, micros));
        second.completed++;
        if (phase !== 'warmup') this.#completed++;
      } else if (phase !== 'warmup') {
        if (outcome === 'dropped') this.#dropped++;
        else if (outcome !== 'interrupted') this.#failed++;
      }
    }
  }

  snapshot(now: number, asked: number | null): LiveSnapshot {
    const last = Math.floor(now / 1000);
    const first = Math.max(last - WINDOW_S, Math.floor(this.#phaseStart / 1000));
    const window = newHistogram();
    let recent = 0;
    for (let second = last; second >= first; second--) {
      const kept = this.#seconds.get(`${this.#phase}:${second}`);
      if (kept) window.add(kept.histogram);
      if (second >= last - RATE_WINDOW_S) recent += kept?.completed ?? 0;
    }
    const span = Math.min(now / 1000 - (last - RATE_WINDOW_S), Math.max(0.001, (now - this.#phaseStart) / 1000));
    const supported = LIVE.find(([, q]) => window.totalCount >= supportFor(q));
    return {
      phase: this.#phase,
      elapsed: Number.isNaN(this.#loadStart) ? 0 : now - this.#loadStart,
      rate: recent / span,
      asked,
      percentile: supported
        ? { name: supported[0], value: window.getValueAtPercentile(supported[1] * 100) / 1000 }
        : null,
      completed: this.#completed,
      failed: this.#failed,
      dropped: this.#dropped,
      inFlight: this.#inFlight,
    };
  }

  /** The measured and profiled seconds as an HdrHistogram log 1.3 (`.hlog`), in µs. @param startUnixMs of the run's clock */
  toLog(startUnixMs: number): string {
    let text = '';
    const writer = new HistogramLogWriter((line) => {
      text += line;
    });
    writer.outputLogFormatVersion();
    writer.outputStartTime(startUnixMs);
    writer.outputLegend();
    for (const [key, { histogram }] of this.#seconds) {
      const [phase, second] = key.split(':') as [Phase, string];
      if (phase !== 'measured' && phase !== 'profiled') continue;
      histogram.startTimeStampMsec = startUnixMs + Number(second) * 1000;
      histogram.endTimeStampMsec = histogram.startTimeStampMsec + 1000;
      histogram.tag = phase;
      writer.outputIntervalHistogram(histogram);
    }
    return text;
  }

  #second(phase: Phase, second: number): Second {
    const key = `${phase}:${second}`;
    const known = this.#seconds.get(key);
    if (known) return known;
    const made = { histogram: newHistogram(), completed: 0 };
    this.#seconds.set(key, made);
    return made;
  }
}

function newHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, numberOfSignificantValueDigits: 3, autoResize: true, bitBucketSize: 32 });
}
