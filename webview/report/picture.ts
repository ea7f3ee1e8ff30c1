import type { ResultView } from '../../src/report/result-view.ts';
import type { Line } from './chart/bands.ts';
import type { Colours } from './chart/colours.ts';
import type { DistributionChart } from './chart/distribution-chart.ts';
import { isAlone, type TimeCharts } from './chart/time-charts.ts';

const MARGIN = 16;
const LINE = 20;

interface Part {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly canvas: HTMLCanvasElement;
}

/** The charts with their titles and legends as one PNG, in Base64. */
export function chartPicture(
  view: ResultView,
  charts: TimeCharts,
  distribution: DistributionChart,
  colours: Colours,
): string {
  const { canvas: spread } = distribution;
  const parts: Part[] = charts.pictures.map(({ band, canvas }) => ({
    title: band.title,
    lines: isAlone(band) ? [] : band.lines,
    canvas,
  }));
  if (spread?.isConnected) parts.push({ title: 'Latency distribution', lines: [], canvas: spread });
  const ratio = devicePixelRatio;
  const width = Math.max(400 * ratio, ...parts.map(({ canvas }) => canvas.width)) + 2 * MARGIN * ratio;
  const heading = [
    view.title,
    `${view.verdict?.sentence ?? view.progress ?? ''}`,
    `run ${view.run}, ${view.startedAt}`,
  ];
  const height =
    (2 * MARGIN + heading.length * LINE) * ratio +
    parts.reduce((sum, { canvas }) => sum + canvas.height + (LINE + 8) * ratio, 0);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  context.fillStyle = colours.background;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  let y = MARGIN * ratio;
  for (const [index, text] of heading.entries()) {
    context.font = `${index === 0 ? 'bold ' : ''}${13 * ratio}px ${colours.family}`;
    context.fillStyle = index === 2 ? colours.dim : colours.foreground;
    context.fillText(text, MARGIN * ratio, y + (LINE / 2) * ratio);
    y += LINE * ratio;
  }
  for (const { title, lines, canvas: chart } of parts) {
    y += 8 * ratio;
    drawLegend(context, title, lines, colours, y + (LINE / 2) * ratio);
    y += LINE * ratio;
    context.drawImage(chart, MARGIN * ratio, y);
    y += chart.height;
  }
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}

function drawLegend(
  context: CanvasRenderingContext2D,
  title: string,
  lines: readonly Line[],
  colours: Colours,
  y: number,
): void {
  const ratio = devicePixelRatio;
  let x = MARGIN * ratio;
  context.font = `bold ${12 * ratio}px ${colours.family}`;
  context.fillStyle = colours.foreground;
  context.fillText(title, x, y);
  x += context.measureText(title).width + 16 * ratio;
  context.font = `${12 * ratio}px ${colours.family}`;
  for (const { label, colour, dash, width, opacity } of lines) {
    context.save();
    context.globalAlpha = opacity;
    context.strokeStyle = colours[colour];
    context.lineWidth = width * ratio;
    context.setLineDash(dash.map((length) => length * ratio));
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 22 * ratio, y);
    context.stroke();
    context.restore();
    context.fillText(label, x + 28 * ratio, y);
    x += context.measureText(label).width + 46 * ratio;
  }
}
