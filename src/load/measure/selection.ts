import { modelOf } from '../model/load-model.ts';
import type { Plan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import type { Selector } from './objective.ts';
import type { Span } from './sliding-window.ts';

/** What a selector means for a plan: which steps, and which stretches of a phase. */
export interface Selection {
  /** 1 for a step that is meant. */
  readonly steps: Uint8Array;
  /** Run time, ms; null: any. */
  readonly stages: readonly Span[] | null;
}

/** @param start of the phase, ms of run time */
export function selectionOf(plan: Plan, selector: Selector, start: number): Selection {
  const { step: wantedStep, scenario: wantedScenario, stage: wantedStage, ...tags } = selector;
  const steps = Uint8Array.from(allSteps(plan), ({ scenario, step }) => {
    const own = { ...plan.tags, ...scenario.tags, ...step.tags };
    const meant =
      (wantedStep === undefined || step.name === wantedStep) &&
      (wantedScenario === undefined || scenario.name === wantedScenario) &&
      Object.entries(tags).every(([name, value]) => own[name] === value);
    return Number(meant);
  });
  if (wantedStage === undefined) return { steps, stages: null };
  return { steps, stages: stageSpans(plan, start).filter(({ name }) => name === wantedStage) };
}

/** @param step index @param time run time, ms */
export function isSelected({ steps, stages }: Selection, step: number, time: number): boolean {
  return steps[step] === 1 && (stages === null || contains(stages, time));
}

/** When each stage of a plan's load is on, in a phase that begins at `start` (ms of run time). */
export function stageSpans(plan: Plan, start: number): { name: string; start: number; end: number }[] {
  let at = start;
  return (plan.load === null ? [] : modelOf(plan.load).stages).map(({ name, duration }) => {
    const span = { name, start: at, end: at + duration };
    at += duration;
    return span;
  });
}

function contains(spans: readonly Span[], time: number): boolean {
  return spans.some(({ start, end }) => time >= start && time < end);
}
