import { LittlesLawCheck } from '../../correlate/littles-law.ts';
import { RequestWindows } from '../../correlate/resources/request-windows.ts';
import { resourceFacts } from '../../correlate/resources/resources.ts';
import { figure } from '../../load/measure/figure.ts';
import type { HealthSample } from '../../runs/health-sample.ts';
import type { RequestTable } from '../../runs/request-table.ts';
import type { LittlesLaw, PhaseSpan, RunDocument } from '../../runs/run-document.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';

const NO_TIME = { start: 0, end: 0 };

/** What a run's requests say of its target's resources, beside what was told of them. */
export class RunResources {
  readonly #measured: RequestWindows;
  readonly #profiled: RequestWindows | null;
  readonly #law: LittlesLawCheck;

  /** @param health by generator, in order of time */
  constructor(phases: readonly PhaseSpan[], health: readonly (readonly HealthSample[])[]) {
    const measured = phases.find(({ phase }) => phase === 'measured') ?? NO_TIME;
    const profiled = phases.find(({ phase }) => phase === 'profiled');
    this.#measured = new RequestWindows(measured);
    this.#profiled = profiled === undefined ? null : new RequestWindows(profiled);
    this.#law = new LittlesLawCheck(health, measured);
  }

  /** A request of any phase. */
  add(table: RequestTable, row: number): void {
    this.#measured.add(table, row);
    this.#profiled?.add(table, row);
    this.#law.add(table, row);
  }

  get littlesLaw(): LittlesLaw | null {
    return this.#law.result();
  }

  /**
   * Undefined where nothing was told of the target, and where the generator was the bottleneck: then what the target did is no answer to
   * the load that was asked for.
   * @param preflight ms of the one request before the load; NaN unknown
   */
  facts(
    { verdict, target, environment, load }: RunDocument,
    connections: number,
    preflight: number,
    series: readonly LabelledSeries[],
  ): RunDocument['resources'] {
    if (series.length === 0 || verdict.status === 'void') return undefined;
    return resourceFacts({
      target: {
        runtime: target.runtime,
        cores: target.pid === null ? null : environment.cpus,
        connections,
        failed: load.failed,
        answered: load.completed,
      },
      measured: this.#measured,
      profiled: this.#profiled,
      preflight,
      series,
    });
  }
}

/** What does not fit together, as a sentence; null where all does. */
export function littlesLawNote(law: LittlesLaw | null): string | null {
  if (law === null || law.agrees) return null;
  return (
    `Something is wrong with this measurement: ${figure(law.inFlight)} requests were in flight in the mean as counted, ` +
    `but rate × time in flight says ${figure(law.expected)} (Little's law). Please report it.`
  );
}
