import * as vscode from 'vscode';
import { type FindRateEvent, RateFinder } from '../../find/find-rate.ts';
import type { FindRateDocument } from '../../find/find-rate-document.ts';
import { type ReadAgain, settingsOf } from '../../find/plan-setting.ts';
import { type ProbeDocument, probeDocument } from '../../find/probe.ts';
import { type SweepEvent, Sweeper, type SweepSetting } from '../../find/sweep.ts';
import type { SweepDocument } from '../../find/sweep-document.ts';
import { sweepPoint } from '../../find/sweep-point.ts';
import { requestsPerIteration } from '../../load/measure/asked-load.ts';
import type { Plan } from '../../load/plan/plan.ts';
import { answerTitle } from '../../report/answer-title.ts';
import type { AnswerView } from '../../report/answer-view.ts';
import { findRateProgress, findRateView } from '../../report/find-rate-view.ts';
import { sweepProgress, sweepView } from '../../report/sweep-view.ts';
import type { Route } from '../../routes/route.ts';
import type { RunRequest } from '../../runner/messages.ts';
import { askForRateQuestion, askForSweepQuestion } from '../answer-questions.ts';
import { REQUEST_COMMANDS } from '../lenses/request-lenses.ts';
import { LENS_COMMANDS } from '../lenses/route-lenses.ts';
import type { AnswerPanel } from '../panels/answer-panel.ts';
import { planFileAtHand } from '../plan-files/plan-at-hand.ts';
import type { PlanDiagnostics } from '../plan-files/plan-diagnostics.ts';
import type { PlanEnd, PlanRunner } from '../plan-runner.ts';
import type { Asking } from '../run-controller.ts';
import type { ServiceAddress } from '../service-address.ts';
import { loadTest } from './load-test.ts';
import { loadTestRoute } from './load-test-route.ts';
import { register } from './register.ts';

const LAST = 'tailflame.lastAnswer';
/** The width of the band, as a share of its middle, that a search is content with. */
const PRECISION = 0.1;

/** @param read the plan's file; null: it has none */
type Question<Answer> = (plan: Plan, read: ReadAgain | null) => Promise<PlanEnd<Answer>>;

/** What the commands work with. */
export interface AnswerParts {
  readonly runner: PlanRunner;
  readonly memory: vscode.Memento;
  readonly addresses: ServiceAddress;
  readonly diagnostics: PlanDiagnostics;
  readonly panel: AnswerPanel;
}

/** *Find Highest Rate…* and *Compare Settings…* of an endpoint, a route or a plan. */
export class AnswerCommands implements vscode.Disposable {
  readonly #dist: string;
  readonly #parts: AnswerParts;
  readonly #subscriptions: readonly vscode.Disposable[];

  /** @param dist the folder of the bundles */
  constructor(dist: string, parts: AnswerParts) {
    this.#dist = dist;
    this.#parts = parts;
    this.#subscriptions = [
      register('tailflame.findHighestRate', () => this.#askEndpoint(false, (plan) => this.#findRate(plan))),
      register('tailflame.compareSettings', () => this.#askEndpoint(true, (plan, read) => this.#compare(plan, read))),
      register(LENS_COMMANDS.findRate, (route) => this.#askRoute(route, (plan) => this.#findRate(plan))),
      register(LENS_COMMANDS.compareSettings, (route) =>
        this.#askRoute(route, (plan, read) => this.#compare(plan, read)),
      ),
      register(REQUEST_COMMANDS.findRateOfPlan, (file) => this.#askPlan(file, (plan) => this.#findRate(plan))),
      register(REQUEST_COMMANDS.compareSettingsOfPlan, (file) =>
        this.#askPlan(file, (plan, read) => this.#compare(plan, read)),
      ),
      register('tailflame.showLastAnswer', () => this.#showLast()),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** @param asksLoad whether the question is put under a load that somebody says */
  #askEndpoint<Answer>(asksLoad: boolean, question: Question<Answer>): Promise<Answer | undefined> {
    const { runner, memory } = this.#parts;
    return loadTest(runner, memory, asksLoad, (plan) => question(plan, null));
  }

  #askRoute<Answer>(route: unknown, question: Question<Answer>): Promise<Answer | undefined> {
    const { runner, memory, addresses } = this.#parts;
    return loadTestRoute(runner, memory, addresses, route as Route, (plan) => question(plan, null));
  }

  async #askPlan<Answer>(file: unknown, question: Question<Answer>): Promise<Answer | undefined> {
    if (!this.#parts.runner.mayBegin()) return undefined;
    const { plan, read } = await planFileAtHand(file, this.#parts.diagnostics);
    const end = await question(plan, read);
    if (end.kind === 'failed') void vscode.window.showErrorMessage(end.error.message);
    return end.kind === 'finished' ? end.result : undefined;
  }

  /** Throws a {@link PlanError} where the plan cannot be asked. */
  async #findRate(plan: Plan): Promise<PlanEnd<FindRateDocument>> {
    const asked = await askForRateQuestion(plan, this.#parts.memory);
    if (asked === undefined) return { kind: 'stopped' };
    const end = await this.#parts.runner.ask(
      asked.plan,
      (request, asking) => this.#find(request, asked.budget, asking),
      ({ sentence, answer }) => ({ sentence, good: answer === 'found' }),
    );
    return this.#shown(end, (document) => findRateView(document, answerTitle(plan)));
  }

  /** Throws a {@link PlanError} where the plan cannot be asked. */
  async #compare(plan: Plan, read: ReadAgain | null): Promise<PlanEnd<SweepDocument>> {
    const asked = await askForSweepQuestion(plan, this.#parts.memory);
    if (asked === undefined) return { kind: 'stopped' };
    const settings = await settingsOf(plan, asked.varied, asked.values, read);
    const end = await this.#parts.runner.ask(
      plan,
      (request, asking) => this.#sweep(request, asked.varied, settings, asking),
      ({ sentence, best }) => ({ sentence, good: best !== null }),
    );
    return this.#shown(end, (document) => sweepView(document, answerTitle(plan)));
  }

  /** The last answer of this workspace, again. */
  #showLast(): void {
    const view = this.#parts.memory.get<AnswerView>(LAST);
    if (view) this.#parts.panel.show(view);
    else void vscode.window.showInformationMessage('Nothing was asked in this folder yet.');
  }

  #find(request: RunRequest, budget: number, asking: Asking): Promise<FindRateDocument> {
    const { plan } = request;
    const began = new Date();
    const probes: ProbeDocument[] = [];
    const options = { dist: this.#dist, request, unit: 'rate', budget, precision: PRECISION } as const;
    const finder = new RateFinder(options, (event) => {
      if (event.type === 'probe') probes.push(probeDocument(event.probe));
      const progress = told(event, asking);
      const soFar = {
        unit: 'rate' as const,
        requestsPerIteration: requestsPerIteration(plan),
        objectives: objectivesOf(plan),
        probes,
        ...since(began),
      };
      if (progress !== null) this.#parts.panel.show(findRateProgress(soFar, answerTitle(plan), progress));
    });
    asking.signal.addEventListener('abort', () => finder.stop());
    return finder.find();
  }

  #sweep(
    request: RunRequest,
    varied: string,
    settings: readonly SweepSetting[],
    asking: Asking,
  ): Promise<SweepDocument> {
    const { plan } = request;
    const began = new Date();
    const probes: ProbeDocument[] = [];
    const options = { dist: this.#dist, request, varied, settings, repeat: 1, seed: plan.seed, price: null };
    const sweeper = new Sweeper(options, (event) => {
      if (event.type === 'probe') probes.push(probeDocument(event.probe));
      const progress = told(event, asking);
      if (progress === null) return;
      const points = probes.map((probe) =>
        sweepPoint(probe.label, [{ probe, valid: true, rowsPerSecond: null, batching: null }], null),
      );
      const soFar = {
        varied,
        requestsPerIteration: requestsPerIteration(plan),
        objectives: objectivesOf(plan),
        points,
        ...since(began),
      };
      this.#parts.panel.show(sweepProgress(soFar, answerTitle(plan), progress));
    });
    asking.signal.addEventListener('abort', () => sweeper.stop());
    return sweeper.sweep();
  }

  async #shown<Document>(
    end: PlanEnd<Document>,
    viewOf: (document: Document) => AnswerView,
  ): Promise<PlanEnd<Document>> {
    if (end.kind !== 'finished') return end;
    const view = viewOf(end.result);
    await this.#parts.memory.update(LAST, view);
    this.#parts.panel.show(view);
    return end;
  }
}

/** Tells the status bar of an event. @returns what is done now, where it is another thing than before; else null */
function told(event: FindRateEvent | SweepEvent, asking: Asking): string | null {
  switch (event.type) {
    case 'stage':
      asking.told(event.text, null);
      return event.text;
    case 'begins':
      asking.told(event.label, null);
      return `Now ${event.label}`;
    case 'live':
      asking.told(event.label, event.snapshot);
      return null;
    case 'probe':
      return `Measured ${event.probe.label}`;
  }
}

function since(began: Date): { startedAt: string; took: number } {
  return { startedAt: began.toISOString(), took: Date.now() - began.getTime() };
}

function objectivesOf({ objectives }: Plan): string[] {
  return objectives.map(({ objective }) => objective);
}
