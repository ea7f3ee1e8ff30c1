import uPlot from 'uplot';
import type { ResultView } from '../../../src/report/result-view.ts';
import type { Colours } from './colours.ts';
import { quantilePosition, quantileText, quantileTicks } from './quantile-axis.ts';
import { latencyLabel, logTicks } from './ticks.ts';
import { CHART_LEFT, CHART_RIGHT } from './time-charts.ts';

const HEIGHT = 230;
const QUANTILES_HEIGHT = 26;

type Distribution = ResultView['distribution'];

/** Latency by quantile, each further nine with the same room, so that the tail can be seen. */
export class DistributionChart {
  readonly element = document.createElement('div');
  readonly #resize = new ResizeObserver(() => this.#fit());
  #colours: Colours;
  #points: Distribution = [];
  #under: Distribution = [];
  #chart: uPlot | null = null;
  #width = 0;

  constructor(colours: Colours) {
    this.#colours = colours;
    this.element.className = 'plot';
    this.#resize.observe(this.element);
  }

  get canvas(): HTMLCanvasElement | null {
    return this.#chart?.ctx.canvas ?? null;
  }

  update(view: ResultView, under: ResultView | null): void {
    this.#points = view.distribution;
    this.#under = under?.distribution ?? [];
    if (this.#chart) this.#chart.setData(this.#data());
    else this.#fit();
  }

  recolour(colours: Colours): void {
    this.#colours = colours;
    this.#chart?.redraw(true, true);
  }

  #data(): uPlot.AlignedData {
    const table = (points: Distribution): [number[], number[]] => [
      points.map(({ quantile }) => quantilePosition(quantile)),
      points.map(({ latency }) => Math.log10(Math.max(latency, 1e-6))),
    ];
    return uPlot.join([table(this.#under), table(this.#points)]);
  }

  #highest(): number {
    return Math.max(0.5, ...[...this.#points, ...this.#under].map(({ quantile }) => quantile));
  }

  #latencies(): [number, number] {
    const known = [...this.#points, ...this.#under].map(({ latency }) => Math.log10(Math.max(latency, 1e-6)));
    if (known.length === 0) return [0, 1];
    const low = Math.min(...known);
    const high = Math.max(...known);
    const room = Math.max(0.05 * (high - low), 0.05);
    return [low - room, high + room];
  }

  #fit(): void {
    const width = Math.floor(this.element.clientWidth);
    if (width <= CHART_LEFT + CHART_RIGHT || width === this.#width) return;
    this.#width = width;
    if (this.#chart) this.#chart.setSize({ width, height: HEIGHT });
    else this.#chart = this.#create();
  }

  #create(): uPlot {
    const font = `11px ${this.#colours.family}`;
    const grid = { stroke: () => this.#colours.grid, width: 1 };
    const axis = { stroke: () => this.#colours.dim, font, grid, ticks: { ...grid, size: 4 }, gap: 3 };
    const options: uPlot.Options = {
      width: this.#width,
      height: HEIGHT,
      padding: [8, CHART_RIGHT + 10, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [0, quantilePosition(this.#highest())] },
        y: { range: () => this.#latencies() },
      },
      axes: [
        {
          ...axis,
          size: QUANTILES_HEIGHT,
          splits: () => quantileTicks(this.#highest()).map(quantilePosition),
          values: () => quantileTicks(this.#highest()).map(quantileText),
        },
        {
          ...axis,
          size: CHART_LEFT,
          splits: (_, __, low, high) => logTicks(10 ** low, 10 ** high, 8).map(Math.log10),
          values: (_, ticks) => ticks.map((tick) => latencyLabel(10 ** tick)),
        },
      ],
      series: [
        {},
        {
          label: 'before',
          stroke: () => this.#colours.blue,
          width: 1.5,
          dash: [2, 3],
          alpha: 0.8,
          spanGaps: true,
          points: { show: false },
        },
        {
          label: 'latency',
          stroke: () => this.#colours.blue,
          width: 2,
          spanGaps: true,
          points: { show: false },
          fill: () => `color-mix(in srgb, ${this.#colours.blue} 16%, transparent)`,
          fillTo: (chart) => chart.scales['y']!.min!,
        },
      ],
    };
    const chart = new uPlot(options, this.#data(), this.element);
    chart.ctx.canvas.setAttribute('aria-hidden', 'true');
    return chart;
  }
}
