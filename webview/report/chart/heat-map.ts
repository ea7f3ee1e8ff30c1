import type uPlot from 'uplot';
import type { TimeSeries } from '../../../src/report/result-view.ts';
import type { Colours } from './colours.ts';

/** The palest a cell with a single request may be. */
const PALEST = 0.2;

/** The requests of every bucket by latency, as a picture one pixel a cell, on one canvas for all the updates of a run. */
export class HeatMap {
  readonly #canvas = new OffscreenCanvas(1, 1);
  readonly #context = this.#canvas.getContext('2d', { willReadFrequently: true })!;
  #series: TimeSeries | null = null;

  paint(series: TimeSeries, { blue }: Colours): void {
    const { counts, edges } = series;
    const rows = edges.length - 1;
    const most = counts.reduce((least, bucket) => bucket.reduce((a, b) => Math.max(a, b), least), 0);
    this.#series = most === 0 ? null : series;
    if (most === 0) return;
    const [red, green, blueness] = this.#rgb(blue);
    this.#canvas.width = counts.length;
    this.#canvas.height = rows;
    const image = this.#context.createImageData(counts.length, rows);
    const scale = (1 - PALEST) / Math.log1p(most);
    for (const [column, bucket] of counts.entries()) {
      for (let row = 0; row < rows; row++) {
        const count = bucket[row] ?? 0;
        if (count === 0) continue;
        // The fastest at the bottom.
        const at = ((rows - 1 - row) * counts.length + column) * 4;
        image.data[at] = red;
        image.data[at + 1] = green;
        image.data[at + 2] = blueness;
        image.data[at + 3] = Math.round(255 * (PALEST + scale * Math.log1p(count)));
      }
    }
    this.#context.putImageData(image, 0, 0);
  }

  /** Draws it where its times and latencies are on a chart whose y scale is the logarithm of ms. */
  draw(chart: uPlot): void {
    if (this.#series === null) return;
    const { start, width, edges, counts } = this.#series;
    const x = (time: number): number => chart.valToPos(time, 'x', true);
    const y = (ms: number): number => chart.valToPos(Math.log10(ms), 'y', true);
    const { left, top, width: wide, height } = chart.bbox;
    const { ctx } = chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, wide, height);
    ctx.clip();
    ctx.imageSmoothingEnabled = false;
    const [from, upTo] = [x(start), x(start + counts.length * width)];
    const [bottom, highest] = [y(edges[0]!), y(edges.at(-1)!)];
    ctx.drawImage(this.#canvas, from, highest, upTo - from, bottom - highest);
    ctx.restore();
  }

  #rgb(colour: string): readonly [number, number, number] {
    this.#context.fillStyle = colour;
    this.#context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = this.#context.getImageData(0, 0, 1, 1).data;
    return [red!, green!, blue!];
  }
}

/** The latencies that the chart has to reach, ms: whole rows with anything in them. Null where nothing was answered. */
export function heatReach({ counts, edges }: TimeSeries): { readonly low: number; readonly high: number } | null {
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  for (const bucket of counts) {
    for (let row = 0; row < bucket.length; row++) {
      if (bucket[row] === 0) continue;
      first = Math.min(first, row);
      last = Math.max(last, row);
    }
  }
  return last < 0 ? null : { low: edges[first]!, high: edges[last + 1]! };
}
