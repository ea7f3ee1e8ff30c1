import type uPlot from 'uplot';
import type { ResultView } from '../../../src/report/result-view.ts';
import type { Phase } from '../../../src/runs/request-table.ts';
import type { Colours } from './colours.ts';

export const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  warmup: 'Warm-up',
  measured: 'Measured',
  transition: 'Profiler starts',
  profiled: 'Profiled',
};

/** Shades every phase but the measured one, with a line where a phase begins. */
export function drawPhases(chart: uPlot, phases: ResultView['phases'], colours: Colours): void {
  const { ctx, bbox } = chart;
  for (const { phase, start, end } of phases) {
    const [from, to] = edgesOf(chart, start, end);
    if (to <= from) continue;
    ctx.save();
    ctx.fillStyle = colours.foreground;
    ctx.globalAlpha = 0.07;
    if (phase !== 'measured') ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.globalAlpha = 0.45;
    if (from > bbox.left + 1) ctx.fillRect(Math.round(from), bbox.top, devicePixelRatio, bbox.height);
    ctx.restore();
  }
}

/** Names the phases above the chart, each where it has the room. */
export function namePhases(chart: uPlot, phases: ResultView['phases'], colours: Colours): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px ${colours.family}`;
  ctx.fillStyle = colours.foreground;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  for (const { phase, start, end } of phases) {
    const [from, to] = edgesOf(chart, start, end);
    const name = PHASE_TEXT[phase];
    if (ctx.measureText(name).width + 6 * ratio <= to - from)
      ctx.fillText(name, from + 2 * ratio, bbox.top - 3 * ratio);
  }
  ctx.restore();
}

function edgesOf(chart: uPlot, start: number, end: number): [number, number] {
  const { left, width } = chart.bbox;
  const clamp = (x: number): number => Math.min(left + width, Math.max(left, x));
  return [clamp(chart.valToPos(start, 'x', true)), clamp(chart.valToPos(end, 'x', true))];
}
