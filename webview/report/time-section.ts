import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, render, type TemplateResult } from 'lit';
import { figure } from '../../src/load/measure/figure.ts';
import type { ResultView } from '../../src/report/result-view.ts';
import type { Colours } from './chart/colours.ts';
import { countsBetween, isProfiled } from './chart/moment.ts';
import { endsOf, extended, moved, type Stretch, snapped } from './chart/stretch.ts';
import { momentText } from './chart/ticks.ts';
import { CHART_LEFT, CHART_RIGHT, TimeCharts } from './chart/time-charts.ts';

export interface TimeActions {
  /** Whether a stretch can be shown as a flame graph beside. */
  readonly inEditor: boolean;
  /** The reader asked for the flame graph of a stretch, ms of run time. */
  readonly show: (from: number, to: number) => void;
  /** Another stretch is selected; null for none. */
  readonly selected: (stretch: Stretch | null) => void;
}

/** A movement shorter than this, CSS pixels, is a click. */
const SHORTEST_DRAG = 4;
const PAGE = 10;

/** The charts over time, a crosshair over all of them, and the stretch that is selected, by pointer or by keys. */
export class TimeSection {
  readonly charts: TimeCharts;
  readonly element = document.createElement('div');
  readonly #actions: TimeActions;
  readonly #overlay = document.createElement('div');
  readonly #crosshair = document.createElement('div');
  readonly #selected = document.createElement('div');
  readonly #label = document.createElement('div');
  #view: ResultView | null = null;
  #stretch: Stretch | null;
  #moment: number | null = null;
  #drag: { readonly x: number; readonly time: number; far: boolean } | null = null;

  constructor(colours: Colours, actions: TimeActions, stretch: Stretch | null) {
    this.charts = new TimeCharts(colours);
    this.#actions = actions;
    this.#stretch = stretch;
    this.element.className = 'time';
    this.#label.className = 'stretch-label';
    this.#label.setAttribute('role', 'status');
    this.#crosshair.className = 'crosshair';
    this.#selected.className = 'selected';
    const stack = document.createElement('div');
    stack.className = 'stack';
    stack.append(this.charts.element, this.#overlay);
    this.element.append(this.#label, stack);
    this.#prepareOverlay();
    // What is drawn over the charts stands in pixels.
    new ResizeObserver(() => this.#place()).observe(stack);
  }

  update(view: ResultView, under: ResultView | null): void {
    this.#view = view;
    this.charts.update(view, under);
    this.#place();
  }

  /** Another run is shown: what was selected of the one before is not of this one. */
  forget(): void {
    this.#stretch = null;
    this.#moment = null;
  }

  #prepareOverlay(): void {
    const overlay = this.#overlay;
    overlay.className = 'overlay';
    overlay.tabIndex = 0;
    overlay.setAttribute('role', 'slider');
    overlay.setAttribute('aria-label', 'Moment in the run');
    overlay.setAttribute('aria-describedby', 'time-keys');
    overlay.append(this.#selected, this.#crosshair);
    overlay.addEventListener('pointerdown', (event) => this.#press(event));
    overlay.addEventListener('pointermove', (event) => this.#move(event));
    overlay.addEventListener('pointerup', (event) => this.#release(event));
    overlay.addEventListener('pointercancel', () => {
      this.#drag = null;
    });
    overlay.addEventListener('pointerleave', () =>
      this.#point(this.#stretch && this.#focused ? this.#stretch.head : null),
    );
    overlay.addEventListener('keydown', (event) => this.#key(event));
    overlay.addEventListener('blur', () => this.#point(null));
  }

  get #focused(): boolean {
    return document.activeElement === this.#overlay;
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#overlay.setPointerCapture(event.pointerId);
    this.#drag = { x: event.clientX, time: this.#timeAt(event.clientX), far: false };
  }

  #move(event: PointerEvent): void {
    const time = this.#timeAt(event.clientX);
    if (this.#drag) {
      this.#drag.far ||= Math.abs(event.clientX - this.#drag.x) >= SHORTEST_DRAG;
      if (this.#drag.far && this.#view) {
        const { width } = this.#view.overTime;
        this.#select(snapped({ anchor: this.#drag.time, head: time }, width, this.charts.axis));
      }
    }
    this.#point(time);
  }

  #release(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag) return;
    if (drag.far && this.#timeAt(event.clientX) !== drag.time) this.#show();
    else this.#select(null);
  }

  #key(event: KeyboardEvent): void {
    const width = this.#view?.overTime.width ?? 0;
    const { low, high } = this.charts.axis;
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -width,
      ArrowDown: -width,
      ArrowRight: width,
      ArrowUp: width,
      PageDown: -PAGE * width,
      PageUp: PAGE * width,
      Home: low - high,
      End: high - low,
    };
    const by = steps[event.key];
    if (by !== undefined) this.#step(by, event.shiftKey);
    else if (event.key === 'Enter') this.#show();
    else if (event.key === 'Escape') this.#select(null);
    else return;
    event.preventDefault();
  }

  #step(by: number, extend: boolean): void {
    if (!this.#view) return;
    const { axis } = this.charts;
    const { start, width } = this.#view.overTime;
    // The first step selects the bucket where the reader looks, or the first.
    const at = this.#moment ?? (by === axis.high - axis.low ? axis.high - width / 2 : axis.low);
    const bucket = start + Math.floor((at - start) / width) * width;
    const before = this.#stretch;
    if (before === null) this.#select({ anchor: bucket, head: Math.min(axis.high, bucket + width) });
    else this.#select(extend ? extended(before, by, axis) : moved(before, by, axis));
    if (this.#stretch)
      this.#point(this.#stretch.head - Math.sign(this.#stretch.head - this.#stretch.anchor) * width * 0.5);
  }

  #select(stretch: Stretch | null): void {
    this.#stretch = stretch;
    this.#actions.selected(stretch);
    this.#place();
  }

  #show(): void {
    if (!this.#stretch || !this.#view) return;
    const { from, to } = endsOf(this.#stretch);
    if (isProfiled(this.#view, from, to)) this.#actions.show(from, to);
  }

  #point(moment: number | null): void {
    this.#moment = moment;
    this.charts.point(moment);
    this.#place();
  }

  #timeAt(clientX: number): number {
    const { low, high } = this.charts.axis;
    const { left } = this.#overlay.getBoundingClientRect();
    const share = (clientX - left - CHART_LEFT) / this.#room;
    return low + Math.min(1, Math.max(0, share)) * (high - low);
  }

  get #room(): number {
    return Math.max(1, this.#overlay.clientWidth - CHART_LEFT - CHART_RIGHT);
  }

  #place(): void {
    const { low, high, origin } = this.charts.axis;
    const x = (time: number): number => CHART_LEFT + Math.min(1, Math.max(0, (time - low) / (high - low))) * this.#room;
    const moment = this.#moment;
    this.#crosshair.hidden = moment === null;
    if (moment !== null) this.#crosshair.style.left = `${x(moment)}px`;
    this.#selected.hidden = this.#stretch === null;
    if (this.#stretch) {
      const { from, to } = endsOf(this.#stretch);
      this.#selected.style.left = `${x(from)}px`;
      this.#selected.style.width = `${Math.max(2, x(to) - x(from))}px`;
    }
    const seconds = (time: number): string => ((time - origin) / 1000).toFixed(3);
    const now = moment ?? low;
    this.#overlay.setAttribute('aria-valuemin', seconds(low));
    this.#overlay.setAttribute('aria-valuemax', seconds(high));
    this.#overlay.setAttribute('aria-valuenow', seconds(now));
    this.#overlay.setAttribute('aria-valuetext', this.#view ? this.charts.read(now) : '');
    render(this.#labelTemplate(), this.#label);
  }

  #labelTemplate(): TemplateResult {
    if (this.#stretch === null || !this.#view) return html`<span class="hint">${this.#hint()}</span>`;
    const { from, to } = endsOf(this.#stretch);
    const { origin } = this.charts.axis;
    const { answered, failed } = countsBetween(this.#view.overTime, from, to);
    const ends = `${hundredths(from - origin)} – ${hundredths(to - origin)}`;
    const what = `${figure(answered)} answered${failed > 0 ? `, ${figure(failed)} failed` : ''}`;
    return html`<span><strong>${ends}</strong> selected · ${hundredths(to - from)} long · ${what}</span>
      ${this.#actions.inEditor ? this.#graphTemplate(from, to) : nothing}
      <vscode-button secondary @click=${() => this.#select(null)}>Clear</vscode-button>`;
  }

  #graphTemplate(from: number, to: number): TemplateResult {
    if (this.#view && isProfiled(this.#view, from, to)) {
      return html`<vscode-button @click=${() => this.#show()}>Show flame graph</vscode-button>`;
    }
    return html`<span class="hint">${this.#view?.profiled ? 'not profiled then' : 'the run was not profiled'}</span>`;
  }

  #hint(): string {
    const moment = this.#moment;
    if (moment !== null) {
      return `At ${hundredths(moment - this.charts.axis.origin)}`;
    }
    return this.#view?.profiled && this.#actions.inEditor
      ? 'Drag over a stretch of the profiled phase to see its flame graph.'
      : 'Drag over a stretch of time to see how many requests began in it.';
  }
}

/** To hundredths of a second. */
function hundredths(ms: number): string {
  return momentText(Math.round(ms / 10) * 10);
}
