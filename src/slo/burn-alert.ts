/** An alert that looks at two windows, so that it is sure of what lasts and ends soon after it. */
export interface BurnAlert {
  readonly name: 'fast' | 'slow';
  /** Prometheus durations. */
  readonly long: string;
  readonly short: string;
  /** Above this burn rate in both. */
  readonly burn: number;
}

/** The share of a whole period's budget that is gone by the time the alert is raised, and in how many hours. */
const FAST = { spent: 0.02, hours: 1 };
const SLOW = { spent: 0.05, hours: 6 };

/** Why there is no such alert of a budget, as part of a sentence; null: there is one. */
export function whyNoAlert({ burn }: BurnAlert, budget: number): string | null {
  // A burn rate of 1 spends the budget in just its period.
  if (burn <= 1) return 'a service within it may burn as fast, of a budget for so few days';
  return burn * budget < 1 ? null : 'so large a budget cannot be spent so fast';
}

/** Two percent of the budget in an hour, or five in six hours (Site Reliability Workbook, ch. 5). @param days the period of the budget */
export function burnAlerts(days: number): readonly BurnAlert[] {
  const burn = ({ spent, hours }: typeof FAST): number => Number(((spent * days * 24) / hours).toPrecision(4));
  return [
    { name: 'fast', long: '1h', short: '5m', burn: burn(FAST) },
    { name: 'slow', long: '6h', short: '30m', burn: burn(SLOW) },
  ];
}
