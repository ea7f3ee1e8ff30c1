import { html, nothing, render } from 'lit';
import type { ResultView } from '../../src/report/result-view.ts';
import { seriesCsv } from '../../src/report/series-csv.ts';
import type { RunChoice, ToResult } from '../messages.ts';
import { onThemeChange, readColours } from './chart/colours.ts';
import { DistributionChart } from './chart/distribution-chart.ts';
import { axisOf } from './chart/moment.ts';
import { download } from './download.ts';
import type { Page, PageActions, Section } from './page.ts';
import { chartPicture } from './picture.ts';
import { distribution } from './sections/distribution.ts';
import { errors } from './sections/errors.ts';
import { figures } from './sections/figures.ts';
import { findingViews } from './sections/finding-views.ts';
import { findings } from './sections/findings.ts';
import { header } from './sections/header.ts';
import { objectives } from './sections/objectives.ts';
import { overTime } from './sections/over-time.ts';
import { resources } from './sections/resources.ts';
import { sender } from './sections/sender.ts';
import { sizes } from './sections/sizes.ts';
import { slowest } from './sections/slowest.ts';
import { split } from './sections/split.ts';
import { steps } from './sections/steps.ts';
import { streams } from './sections/streams.ts';
import { verdict } from './sections/verdict.ts';
import { carried, findSurroundings } from './surroundings.ts';
import { TimeSection } from './time-section.ts';

/** From the top down. */
const SECTIONS: readonly Section[] = [
  verdict,
  figures,
  streams,
  overTime,
  distribution,
  column(steps, split, sizes),
  slowest,
  errors,
  objectives,
  findings,
  findingViews,
  resources,
  sender,
];

const surroundings = findSurroundings();
const kept = surroundings.recall();
const root = document.getElementById('result')!;

let view: ResultView | null = null;
let under: ResultView | null = null;
let runs: readonly RunChoice[] = [];
let colours = readColours();
let allSlowest = kept?.allSlowest ?? false;
let tableOpen = false;
let stretch = kept?.stretch ?? null;
/** The run that what is selected belongs to. */
let known = kept?.run ?? null;
let scheduled = false;
/** Where the reader was before the page was thrown away; taken up once, when there is something to scroll. */
let scrollTo = kept?.scroll ?? 0;

const time = new TimeSection(
  colours,
  {
    inEditor: surroundings.inEditor,
    show: (from, to) => surroundings.send({ type: 'stretch', from, to }),
    selected: (selected) => {
      stretch = selected;
      keep();
    },
  },
  stretch,
);
const distributionChart = new DistributionChart(colours);

const actions: PageActions = {
  layUnder: (run) => surroundings.send({ type: 'under', run }),
  open: (file, line) => surroundings.send({ type: 'open', file, line }),
  findAgain: () => surroundings.send({ type: 'again' }),
  showView: (shown) => surroundings.send({ type: 'view', view: shown }),
  save,
  showAllSlowest: (all) => {
    allSlowest = all;
    keep();
    schedule();
  },
  showTable: (open) => {
    tableOpen = open;
    schedule();
  },
};

window.addEventListener('message', (event: MessageEvent<ToResult>) => receive(event.data));
window.addEventListener('scroll', keep, { passive: true });
onThemeChange(() => {
  colours = readColours();
  time.charts.recolour(colours);
  distributionChart.recolour(colours);
});

const inFile = carried();
if (inFile) {
  ({ view, under } = inFile);
  show();
} else {
  schedule();
}
surroundings.send({ type: 'ready' });

function receive(message: ToResult): void {
  if (message.type === 'view') {
    if (known !== message.view.run) {
      time.forget();
      stretch = null;
      allSlowest = false;
    }
    known = message.view.run;
    ({ view } = message);
    keep();
  } else if (message.type === 'runs') ({ runs } = message);
  else if (message.type === 'under') under = message.view;
  else {
    // What came before it has to be drawn.
    requestAnimationFrame(() => requestAnimationFrame(sendPicture));
    return;
  }
  schedule();
}

/** Several messages make one picture. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    show();
  });
}

function show(): void {
  if (view === null) {
    render(html`<p class="no-run" role="status">Waiting for the run…</p>`, root);
    return;
  }
  time.update(view, under);
  distributionChart.update(view, under);
  const page: Page = {
    view,
    under,
    runs,
    origin: axisOf(view).origin,
    inEditor: surroundings.inEditor,
    time,
    distribution: distributionChart,
    allSlowest,
    tableOpen,
    actions,
  };
  render(html`${header(page)}<main>${SECTIONS.map((section) => section(page) ?? nothing)}</main>`, root);
  if (scrollTo > 0) {
    const wanted = scrollTo;
    scrollTo = 0;
    // The charts get their size once they stand in the page.
    requestAnimationFrame(() => requestAnimationFrame(() => window.scrollTo(0, wanted)));
  }
}

/** Sections that stand under each other beside a taller one. */
function column(...sections: readonly Section[]): Section {
  return (page) => {
    const parts = sections.map((section) => section(page)).filter((part) => part !== null);
    return parts.length === 0 ? null : html`<div class="column">${parts}</div>`;
  };
}

function keep(): void {
  if (view === null) return;
  surroundings.keep({ run: view.run, stretch, scroll: window.scrollY, allSlowest });
}

function save(as: 'html' | 'png' | 'csv'): void {
  if (view === null) return;
  if (as === 'png') sendPicture();
  else if (surroundings.inEditor) surroundings.send({ type: 'export', as });
  else download(`${view.run}.csv`, new Blob([seriesCsv(view)], { type: 'text/csv' }));
}

function sendPicture(): void {
  if (view === null) return;
  const base64 = chartPicture(view, time.charts, distributionChart, colours);
  if (surroundings.inEditor) surroundings.send({ type: 'picture', base64 });
  else {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    download(`${view.run}.png`, new Blob([bytes], { type: 'image/png' }));
  }
}
