import type { GateDocument, GateFigure } from '../find/gate-document.ts';
import { labelText } from '../slo/label-text.ts';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly of: (figure: GateFigure) => number | null;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'tailflame_time_seconds',
    help: 'What the candidate takes.',
    of: ({ unit, candidate }) => (unit === 'ms' && candidate !== null ? candidate / 1000 : null),
  },
  {
    name: 'tailflame_share_ratio',
    help: 'The share of the requests of the candidate.',
    of: ({ unit, candidate }) => (unit === 'share' ? candidate : null),
  },
  {
    name: 'tailflame_change_ratio',
    help: 'How much more than of the baseline: of times as a share of them, of shares their difference.',
    of: ({ change }) => change,
  },
];

/** A gate's figures in OpenMetrics text, which GitLab shows beside those of the target branch (`artifacts:reports:metrics`). */
export function gateMetrics({ figures }: GateDocument): string {
  const lines = FAMILIES.flatMap(({ name, help, of }) => {
    const samples = figures.flatMap((figure) => {
      const value = of(figure);
      return value === null ? [] : [`${name}{figure="${labelText(figure.figure)}"} ${value}`];
    });
    return samples.length === 0 ? [] : [`# TYPE ${name} gauge`, `# HELP ${name} ${help}`, ...samples];
  });
  return `${[...lines, '# EOF'].join('\n')}\n`;
}
