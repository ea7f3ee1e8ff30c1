import type { Dashboard, Panel } from '@grafana/schema';
import { burnAlerts, whyNoAlert } from './burn-alert.ts';
import { recordedShare } from './prometheus-rules.ts';
import type { ServiceLevel } from './service-level.ts';
import { badShare, type ServiceMetrics } from './service-metrics.ts';

/** A type of Grafana's as JSON has it: an enum by its values. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends number
    ? number
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : T extends object
        ? { [Key in keyof T]: Plain<T[Key]> }
        : T;

export type PlainDashboard = Plain<Dashboard>;
type PlainPanel = Plain<Panel>;
type Unit = 'percentunit' | 's' | 'reqps' | 'none';

/** Of Grafana 11, which later ones bring up to date themselves. */
const SCHEMA_VERSION = 39;
const SOURCE = { type: 'prometheus', uid: '${source}' };
/** Of the 24 columns that Grafana has. */
const WIDTH = 12;
const HEIGHT = 8;
const QUANTILES = [0.5, 0.9, 0.99];

/** A dashboard: of each level what is left of its budget and how fast it is spent, and below what the service does. @param days the period of the budgets */
export function grafanaDashboard(
  levels: readonly ServiceLevel[],
  service: string,
  metrics: ServiceMetrics,
  days: number,
): PlainDashboard {
  const places = new Places();
  const panels = [
    ...levels.flatMap((level) => [
      places.place(budgetPanel(level, metrics, days)),
      places.place(burnPanel(level, service, days)),
    ]),
    ...servicePanels(metrics).map((panel) => places.place(panel)),
  ];
  return {
    title: `Service levels of ${service}`,
    tags: ['tailflame'],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'source', label: 'Prometheus', type: 'datasource', query: 'prometheus' }] },
    panels,
  };
}

/** Two panels a row. */
class Places {
  #count = 0;

  place(panel: PlainPanel): PlainPanel {
    const at = this.#count++;
    const gridPos = { x: (at % 2) * WIDTH, y: Math.floor(at / 2) * HEIGHT, w: WIDTH, h: HEIGHT };
    return { ...panel, id: at + 1, gridPos };
  }
}

function budgetPanel(level: ServiceLevel, metrics: ServiceMetrics, days: number): PlainPanel {
  const left = `1 - (${badShare(level, metrics, `${days}d`)}) / ${level.budget}`;
  const steps = [
    { color: 'red', value: null },
    { color: 'orange', value: 0 },
    { color: 'green', value: 0.25 },
  ];
  return {
    ...panelOf('stat', `${level.objective}: left of the error budget`, 'percentunit', [[left, 'left']]),
    description: `Of the last ${days} days. Below 0 more was bad than may be.`,
    fieldConfig: {
      defaults: { unit: 'percentunit', decimals: 1, thresholds: { mode: 'absolute', steps } },
      overrides: [],
    },
  };
}

function burnPanel(level: ServiceLevel, service: string, days: number): PlainPanel {
  const { objective, budget } = level;
  const alerts = burnAlerts(days);
  const windows = alerts.flatMap(({ short, long }) => [short, long]);
  const targets = windows.map((window): [string, string] => [
    `${recordedShare(level, service, window)} / ${budget}`,
    window,
  ]);
  const raised = alerts.filter((alert) => whyNoAlert(alert, budget) === null);
  const told = raised.map(({ long, short, burn }) => `${burn} over ${long} and ${short}`).join(', or ');
  const alert = told === '' ? 'No alert is raised.' : `An alert is raised above ${told}.`;
  return {
    ...panelOf('timeseries', `${objective}: burn rate`, 'none', targets),
    description: `1 spends the budget of ${days} days in ${days} days. ${alert}`,
  };
}

function servicePanels({ histogram, failed, of }: ServiceMetrics): PlainPanel[] {
  const rate = (name: string, by = '', ...more: string[]): string =>
    `sum${by}(rate(${name}{${[of, ...more].filter((matcher) => matcher !== '').join(', ')}}[$__rate_interval]))`;
  const isFailed = `${failed.label}${failed.operator}"${failed.value}"`;
  const quantiles = QUANTILES.map((quantile): [string, string] => [
    `histogram_quantile(${quantile}, ${rate(`${histogram}_bucket`, ' by (le)')})`,
    `p${quantile * 100}`,
  ]);
  return [
    panelOf('timeseries', 'Latency', 's', quantiles),
    panelOf('timeseries', 'Requests', 'reqps', [
      [rate(`${histogram}_count`), 'all'],
      [rate(`${histogram}_count`, '', isFailed), 'failed'],
    ]),
  ];
}

function panelOf(type: string, title: string, unit: Unit, targets: readonly (readonly [string, string])[]): PlainPanel {
  return {
    type,
    title,
    datasource: SOURCE,
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: targets.map(([expr, legendFormat], index) => {
      return { refId: String.fromCharCode(65 + index), datasource: SOURCE, expr, legendFormat };
    }),
  };
}
