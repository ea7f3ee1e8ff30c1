import type { NamedSeries } from './named-series.ts';

/** One quantity over time, with what tells it from others of its name. */
export interface LabelledSeries extends NamedSeries {
  readonly labels: Readonly<Record<string, string>>;
}

/** As it is drawn: its labels stand behind the name where others go by that name too. */
export function namedSeries(all: readonly LabelledSeries[]): NamedSeries[] {
  return all.map(({ name, labels, unit, time, values }) => {
    const isAlone = all.filter((other) => other.name === name).length === 1;
    const text = Object.values(labels).join(', ');
    return { name: isAlone || text === '' ? name : `${name} (${text})`, unit, time, values };
  });
}
