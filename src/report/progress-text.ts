import { figure } from '../load/measure/figure.ts';
import { duration, tokenRate } from './figures.ts';
import { type LiveStreamFigures, type LiveView, PHASE_NAME, rateText } from './live-view.ts';
import { harmless } from './styled-line.ts';

const HIGHEST_FIRST = ['p99', 'p95', 'p90'] as const;

/** One line on a run in progress, as it stands in a log. */
export function progressText(live: Omit<LiveView, 'sentence'>): string {
  const seconds = Math.floor(live.elapsed / 1000);
  const parts = [
    live.stage === null ? PHASE_NAME[live.phase] : `${PHASE_NAME[live.phase]} ${harmless(live.stage)}`,
    live.total === null ? `${seconds} s` : `${seconds} of ${Number((live.total / 1000).toFixed(1))} s`,
    rateText(live),
    ...(live.streams === null ? latencyParts(live.percentiles) : streamParts(live.streams)),
    `${figure(live.inFlight)} in flight`,
  ];
  if (live.failed > 0) parts.push(`${figure(live.failed)} failed`);
  if (live.dropped > 0) parts.push(`${figure(live.dropped)} dropped`);
  return parts.join(' · ');
}

/** The median, and the highest percentile there are enough requests for. */
function latencyParts(percentiles: LiveView['percentiles']): string[] {
  if (percentiles.p50 === null) return ['latency not known yet'];
  return percentileParts(percentiles);
}

/** The same of the time to first token, and tokens a second. */
function streamParts({ ttft, tokensPerSecond }: LiveStreamFigures): string[] {
  const [first, ...rest] = percentileParts(ttft);
  return [
    ...(ttft.p50 === null ? ['TTFT not known yet'] : [`TTFT ${first}`, ...rest]),
    ...(tokensPerSecond === null ? [] : [tokenRate(tokensPerSecond)]),
  ];
}

function percentileParts(percentiles: LiveView['percentiles']): string[] {
  const highest = HIGHEST_FIRST.find((name) => percentiles[name] !== null);
  const names = highest === undefined ? (['p50'] as const) : (['p50', highest] as const);
  return names.map((name) => `${name} ${duration(percentiles[name])}`);
}
