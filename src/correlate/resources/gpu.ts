import { figure, wholePercent } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import { AT_LIMIT, before } from './cpu.ts';
import { type Look, type Observed, stateOf } from './observed.ts';

/** Null where no GPU was watched. */
export function gpuFacts(observed: Observed): ResourceFacts | null {
  const busiest = observed
    .looks(isUtilisation)
    .reduce<Look | null>((most, look) => (most === null || look.mean > most.mean ? look : most), null);
  if (busiest === null) return null;
  const share = Math.min(1, busiest.mean);
  const index = busiest.labels['gpu'] ?? '0';
  const memory = observed.looks(({ name, labels }) => name === 'GPU memory' && labels['gpu'] === index)[0];
  const held =
    memory === undefined ? '' : `, and at most ${figure(Math.round(memory.most))} MiB of its memory were in use`;
  // The driver counts any kernel at all, however little of the GPU it takes.
  const ran = `GPU ${index} ran something ${wholePercent(share)} of the time${before(busiest, wholePercent)}`;
  return {
    resource: 'gpu',
    state: stateOf(share >= AT_LIMIT, share >= AT_LIMIT && observed.waiting.didWait),
    utilisation: share,
    sentence: `GPU: ${ran}${held}.`,
  };
}

function isUtilisation({ name }: LabelledSeries): boolean {
  return name === 'GPU utilisation';
}
