import { html, nothing, render, svg, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import type { ResultView } from '../../../src/report/result-view.ts';
import { type Band, bandsOf, type Line } from './bands.ts';
import type { Colours } from './colours.ts';
import { HeatMap, heatReach } from './heat-map.ts';
import { type Axis, axisOf, bucketAt } from './moment.ts';
import { drawPhases, namePhases, PHASE_TEXT } from './phase-bands.ts';
import { latencyLabel, linearTicks, logTicks, momentText, timeTicks } from './ticks.ts';

/** Room beside every chart, CSS pixels: the same for all, so that a moment is at the same place in each. */
export const CHART_LEFT = 68;
export const CHART_RIGHT = 14;
const CHART_TOP = 6;
const NAMES_TOP = 18;
const TIMES_HEIGHT = 26;
const LABEL_SPACE = 90;

interface Drawn {
  readonly band: Band;
  readonly element: HTMLElement;
  readonly legend: HTMLElement;
  readonly plot: HTMLElement;
  chart: uPlot | null;
}

/** The charts that share the axis of time, one under the other. */
export class TimeCharts {
  readonly element = document.createElement('div');
  readonly #heat = new HeatMap();
  readonly #resize = new ResizeObserver(() => this.#fit());
  #colours: Colours;
  #view: ResultView | null = null;
  #axis: Axis = { low: 0, high: 1, origin: 0 };
  #drawn: Drawn[] = [];
  #shape = '';
  #width = 0;
  #moment: number | null = null;

  constructor(colours: Colours) {
    this.#colours = colours;
    this.element.className = 'bands';
    this.#resize.observe(this.element);
  }

  get axis(): Axis {
    return this.#axis;
  }

  update(view: ResultView, under: ResultView | null): void {
    this.#view = view;
    this.#axis = axisOf(view);
    this.#heat.paint(view.overTime, this.#colours);
    const bands = bandsOf(view, under);
    const shape = JSON.stringify(bands.map(({ id, title, lines }) => [id, title, lines.map(({ label }) => label)]));
    if (shape === this.#shape) {
      this.#drawn = this.#drawn.map((drawn, index) => ({ ...drawn, band: bands[index]! }));
      for (const { chart, band } of this.#drawn) chart?.setData(dataOf(band));
    } else {
      this.#shape = shape;
      for (const { chart } of this.#drawn) chart?.destroy();
      this.#drawn = bands.map(elementsOf);
      this.element.replaceChildren(...this.#drawn.map(({ element }) => element));
      this.#fit();
    }
    this.#describe();
  }

  /** After the theme has changed. */
  recolour(colours: Colours): void {
    this.#colours = colours;
    if (this.#view) this.#heat.paint(this.#view.overTime, colours);
    for (const { chart } of this.#drawn) chart?.redraw(true, true);
    this.#describe();
  }

  /** Shows the values of a moment, ms of run time; null shows none. */
  point(moment: number | null): void {
    this.#moment = moment;
    this.#describe();
  }

  /** The values of a moment in words. */
  read(moment: number): string {
    const [phase] = this.#view?.phases.filter(({ start, end }) => moment >= start && moment < end) ?? [];
    const values = this.#drawn
      .filter(({ band }) => band.empty === null)
      .flatMap(({ band: { lines } }) => lines.map(({ label, read }) => `${label} ${read(moment)}`));
    const when = momentText(Math.round(moment - this.#axis.origin));
    return [`${when}${phase ? `, ${PHASE_TEXT[phase.phase]}` : ''}`, ...values].join(', ');
  }

  /** What a picture of them is put together from. */
  get pictures(): { readonly band: Band; readonly canvas: HTMLCanvasElement }[] {
    return this.#drawn.flatMap(({ band, chart }) => (chart === null ? [] : [{ band, canvas: chart.ctx.canvas }]));
  }

  #fit(): void {
    const width = Math.floor(this.element.clientWidth);
    if (width <= CHART_LEFT + CHART_RIGHT || this.#view === null) return;
    const resized = width !== this.#width;
    this.#width = width;
    for (const [index, drawn] of this.#drawn.entries()) {
      if (drawn.chart === null) drawn.chart = this.#chart(index);
      else if (resized) drawn.chart.setSize({ width, height: this.#heightOf(index) });
    }
  }

  #heightOf(index: number): number {
    const { band } = this.#drawn[index]!;
    return band.height + (index === this.#drawn.length - 1 ? TIMES_HEIGHT : 0) + (index === 0 ? NAMES_TOP : 0);
  }

  #chart(index: number): uPlot {
    const { plot, band } = this.#drawn[index]!;
    const first = index === 0;
    const last = index === this.#drawn.length - 1;
    const font = `11px ${this.#colours.family}`;
    const most = Math.max(3, Math.floor(band.height / 30));
    const grid = { stroke: () => this.#colours.grid, width: 1 };
    const options: uPlot.Options = {
      width: this.#width,
      height: this.#heightOf(index),
      padding: [first ? NAMES_TOP : CHART_TOP, CHART_RIGHT, last ? 0 : CHART_TOP, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [this.#axis.low, this.#axis.high] },
        y: { range: () => this.#range(index) },
      },
      axes: [
        {
          size: last ? TIMES_HEIGHT : 0,
          stroke: () => this.#colours.dim,
          font,
          grid,
          ticks: { ...grid, show: last, size: 4 },
          gap: 3,
          splits: () => this.#times(),
          values: (_, times) => times.map((time) => (last ? momentText(Math.round(time - this.#axis.origin)) : '')),
        },
        {
          size: CHART_LEFT,
          stroke: () => this.#colours.dim,
          font,
          grid,
          ticks: { ...grid, size: 4 },
          gap: 3,
          splits: (_, __, low, high) =>
            first
              ? logTicks(10 ** low, 10 ** high, most).map(Math.log10)
              : linearTicks(low, high, most).filter((tick) => band.whole !== true || Number.isInteger(tick)),
          values: (_, ticks) => ticks.map((tick) => (first ? latencyLabel(10 ** tick) : band.label(tick))),
        },
      ],
      series: [{}, ...band.lines.flatMap((line, at) => this.#series(index, line, at))],
      hooks: {
        drawClear: [
          (chart) => {
            drawPhases(chart, this.#view!.phases, this.#colours);
            if (first) this.#heat.draw(chart);
          },
        ],
        draw: [
          (chart) => {
            if (first) namePhases(chart, this.#view!.phases, this.#colours);
            this.#sayEmpty(chart, this.#drawn[index]!.band);
          },
        ],
      },
    };
    const chart = new uPlot(options, dataOf(band), plot);
    chart.ctx.canvas.setAttribute('aria-hidden', 'true');
    return chart;
  }

  /** The line, on the latency chart with a rim in the background's colour, so that it stands out from the heat map. */
  #series(index: number, line: Line, at: number): uPlot.Series[] {
    const { colour, width, dash, kind, opacity } = line;
    const drawn: uPlot.Series = {
      label: line.label,
      stroke: () => this.#colours[colour],
      width,
      dash: [...dash],
      alpha: opacity,
      points: { show: true, size: 4, filter: isolated, fill: () => this.#colours[colour] },
    };
    if (kind === 'area') drawn.fill = () => withAlpha(this.#colours[colour]);
    if (kind === 'bars') {
      drawn.paths = uPlot.paths.bars!({ size: [0.9, 60], radius: 0 });
      drawn.fill = () => this.#colours[colour];
      drawn.width = 0;
    }
    const rim: uPlot.Series = {
      label: `rim ${at}`,
      stroke: () => this.#colours.background,
      width: width + 2,
      alpha: 0.7 * opacity,
      points: { show: false },
    };
    return index === 0 ? [rim, drawn] : [drawn];
  }

  #range(index: number): [number, number] {
    const { band } = this.#drawn[index]!;
    const known = band.lines.flatMap(({ values }) => values.filter((value) => value !== null));
    if (index > 0) return [0, (known.reduce((a, b) => Math.max(a, b), 0) || 1) * 1.12];
    const reach = heatReach(this.#view!.overTime) ?? { low: 1, high: 10 };
    const low = known.reduce((a, b) => Math.min(a, b), Math.log10(reach.low));
    const high = known.reduce((a, b) => Math.max(a, b), Math.log10(reach.high));
    const room = Math.max(0.03 * (high - low), 0.02);
    return [low - room, high + room];
  }

  #times(): number[] {
    const { low, high, origin } = this.#axis;
    const most = Math.max(2, Math.floor((this.#width - CHART_LEFT) / LABEL_SPACE));
    return timeTicks(low - origin, high - origin, most).map((time) => time + origin);
  }

  #sayEmpty(chart: uPlot, { empty }: Band): void {
    if (empty === null) return;
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.font = `${12 * devicePixelRatio}px ${this.#colours.family}`;
    ctx.fillStyle = this.#colours.dim;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(empty, bbox.left + bbox.width / 2, bbox.top + bbox.height / 2);
    ctx.restore();
  }

  #describe(): void {
    const within = this.#view && this.#moment !== null ? bucketAt(this.#view.overTime, this.#moment) : null;
    const moment = within === null ? null : this.#moment;
    for (const { band, legend } of this.#drawn) render(legendTemplate(band, moment), legend);
  }
}

function elementsOf(band: Band): Drawn {
  const element = division('band');
  const legend = division('legend');
  const plot = division('plot');
  element.append(legend, plot);
  return { band, element, legend, plot, chart: null };
}

function division(name: string): HTMLElement {
  const element = document.createElement('div');
  element.className = name;
  return element;
}

function legendTemplate(band: Band, moment: number | null): TemplateResult {
  const named = !isAlone(band);
  // The run's own lines before those of the run laid under it, which are drawn first.
  const lines = band.lines.toSorted((a, b) => b.opacity - a.opacity);
  return html`<span class="band-title">${band.title}</span>${lines.map((line) => {
    const known = band.empty !== null || line.values.some((value) => value !== null);
    const value = moment === null || band.empty !== null ? '' : line.read(moment);
    return html`<span class="legend-item">${named ? html`${swatch(line)} ${line.label}` : nothing}
      <span class="legend-value">${known ? value : html`<span class="dim">${line.absent}</span>`}</span></span>`;
  })}`;
}

/** Whether a band's only line says no more than its title. */
export function isAlone({ title, lines }: Band): boolean {
  return lines.length === 1 && lines[0]!.label.toLowerCase() === title.toLowerCase();
}

/** A line's own colour, dashes and width, small. */
function swatch({ colour, dash, width, kind, opacity }: Line): TemplateResult {
  const mark =
    kind === 'bars'
      ? svg`<rect x="8" y="1" width="6" height="8" fill="currentColor"></rect>`
      : svg`<line x1="0" y1="5" x2="22" y2="5" stroke="currentColor" stroke-width=${width} stroke-dasharray=${dash.join(' ')} opacity=${opacity}></line>`;
  return html`<svg class="swatch ${colour}" width="22" height="10" aria-hidden="true">${mark}</svg>`;
}

/** The lines on one list of times, as the chart library wants them; on the latency chart each twice, for its rim. */
function dataOf({ id, lines }: Band): uPlot.AlignedData {
  const times = [...new Set(lines.flatMap(({ at }) => at))];
  const shared = lines.every(({ at }) => at.length === times.length);
  const aligned = shared
    ? [[...(lines[0]?.at ?? [])], ...lines.map(({ values }) => [...values])]
    : uPlot.join(lines.map(({ at, values }) => [[...at], [...values]]));
  const [x, ...ys] = aligned as [number[], ...(number | null)[][]];
  return [x, ...ys.flatMap((values) => (id === 'latency' ? [values, values] : [values]))];
}

/** Points that no line reaches, since nothing is known beside them. */
function isolated(chart: uPlot, index: number): number[] | null {
  const values = chart.data[index]!;
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const known = (at: number): boolean => values[at] !== null && values[at] !== undefined;
    if (known(i) && !known(i - 1) && !known(i + 1)) found.push(i);
  }
  return found;
}

function withAlpha(colour: string): string {
  return `color-mix(in srgb, ${colour} 22%, transparent)`;
}
