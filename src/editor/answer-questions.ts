import * as vscode from 'vscode';
import { parseObjective } from '../load/measure/objective.ts';
import { parseDuration } from '../load/plan/duration.ts';
import type { Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { allSteps } from '../load/plan/plan-steps.ts';

const REMEMBERED = 'tailflame.lastQuestion';

interface Remembered {
  readonly objective: string;
  readonly budget: string;
  readonly values: Readonly<Record<string, string>>;
}

const FIRST: Remembered = { objective: 'p(99)<250', budget: '90s', values: {} };
const USUAL_VALUES: Readonly<Record<string, string>> = {
  users: '1,2,4,8,16',
  rate: '10,20,50,100',
  batch: '1,4,16,64',
  connections: '4,16,64,256',
};

/** What a search for the highest rate is told. */
export interface RateQuestion {
  /** The plan with what has to hold. */
  readonly plan: Plan;
  /** Ms it may take. */
  readonly budget: number;
}

/** What a comparison of settings is told. */
export interface SweepQuestion {
  /** `users`, `rate`, or a name that `sweep --set` takes. */
  readonly varied: string;
  readonly values: readonly string[];
}

/** Asks what has to hold, where the plan does not say it, and how long the search may take. Undefined where somebody went away. */
export async function askForRateQuestion(plan: Plan, memory: vscode.Memento): Promise<RateQuestion | undefined> {
  const last = { ...FIRST, ...memory.get<Partial<Remembered>>(REMEMBERED) };
  const steps = plan.objectives.length > 0 ? 1 : 2;
  let asked = plan;
  let { objective } = last;
  if (plan.objectives.length === 0) {
    const answer = await vscode.window.showInputBox({
      title: `What Has to Hold (1/${steps})`,
      prompt: 'Such as p(99)<250 (ms), ttft: p(95)<500, rate<1% (failures); several with commas',
      value: objective,
      ignoreFocusOut: true,
      validateInput: (text) => faultOf(() => objectivesIn(text)),
    });
    if (answer === undefined) return undefined;
    objective = answer;
    asked = { ...plan, objectives: objectivesIn(answer) };
  }
  const budget = await vscode.window.showInputBox({
    title: `How Long It May Take (${steps}/${steps})`,
    prompt: 'The more time, the narrower the answer: 90s, 3m',
    value: last.budget,
    ignoreFocusOut: true,
    validateInput: (text) => ((parseDuration(text) ?? 0) >= 20_000 ? undefined : 'A time of at least 20s'),
  });
  if (budget === undefined) return undefined;
  await memory.update(REMEMBERED, { ...last, objective, budget } satisfies Remembered);
  return { plan: asked, budget: parseDuration(budget)! };
}

/** Asks what is varied, and its values. Undefined where somebody went away. */
export async function askForSweepQuestion(plan: Plan, memory: vscode.Memento): Promise<SweepQuestion | undefined> {
  const last = { ...FIRST, ...memory.get<Partial<Remembered>>(REMEMBERED) };
  const chosen = await vscode.window.showQuickPick(varieties(plan), {
    title: 'Compare Settings (1/2)',
    placeHolder: 'What is varied',
  });
  if (chosen === undefined) return undefined;
  const { varied } = chosen;
  const values = await vscode.window.showInputBox({
    title: 'Values (2/2)',
    prompt: `Values of ${chosen.label}, with commas`,
    value: last.values[varied] ?? USUAL_VALUES[varied] ?? '',
    ignoreFocusOut: true,
    validateInput: (text) => (valuesIn(text).length >= 2 ? undefined : 'At least two, such as 1,2,4,8'),
  });
  if (values === undefined) return undefined;
  await memory.update(REMEMBERED, { ...last, values: { ...last.values, [varied]: values } } satisfies Remembered);
  return { varied, values: valuesIn(values) };
}

type Variety = vscode.QuickPickItem & { readonly varied: string };

function varieties(plan: Plan): Variety[] {
  const variables = Object.keys(plan.environment);
  return [
    { label: 'Users', description: 'who each wait for an answer', varied: 'users' },
    { label: 'Requests a second', description: 'whatever the server does', varied: 'rate' },
    ...(allSteps(plan).some(({ step }) => step.body?.kind === 'json')
      ? [{ label: 'Batch', description: 'rows in a request', varied: 'batch' }]
      : []),
    { label: 'Connections', description: 'at most this many', varied: 'connections' },
    ...variables.map((name) => ({ label: name, description: 'a value of the plan’s environment', varied: name })),
  ];
}

function objectivesIn(text: string): Plan['objectives'] {
  const written = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  return written.map((objective) => {
    parseObjective(objective);
    return { objective, window: null, abort: false, after: 0 };
  });
}

function valuesIn(text: string): string[] {
  return [...new Set(text.split(',').map((value) => value.trim()))].filter((value) => value !== '');
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof PlanError) return error.message;
    throw error;
  }
}
