import * as vscode from 'vscode';
import { duration, figure } from '../report/figures.ts';
import type { RunController, RunState } from './run-controller.ts';

/** The one item: live percentile and rate while a run lasts, its verdict after. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('tailflame', vscode.StatusBarAlignment.Left, 10);
  readonly #subscription: vscode.Disposable;

  constructor(controller: RunController) {
    this.#item.name = 'Tailflame';
    this.#subscription = controller.onDidChange((state) => this.#show(state));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #show(state: RunState): void {
    const shown = describeState(state);
    if (!shown) {
      this.#item.hide();
      return;
    }
    this.#item.text = shown.text;
    this.#item.tooltip = shown.tooltip;
    this.#item.accessibilityInformation = { label: `Tailflame: ${shown.text.replace(/\$\([^)]*\)\s*/g, '')}` };
    this.#item.command = shown.command;
    this.#item.backgroundColor = shown.warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }
}

interface Shown {
  readonly text: string;
  readonly tooltip: string;
  readonly command: string;
  readonly warning: boolean;
}

function describeState(state: RunState): Shown | null {
  switch (state.kind) {
    case 'idle':
      return null;
    case 'starting':
      return {
        text: `$(loading~spin) ${state.text}`,
        tooltip: 'Click to stop.',
        command: 'tailflame.stop',
        warning: false,
      };
    case 'running': {
      const { percentile, rate, asked, failed, dropped, phase } = state.snapshot;
      const rates = asked === null ? `${figure(rate)}/s` : `${figure(rate)} of ${figure(asked)}/s`;
      const live = percentile ? `${percentile.name} ${duration(percentile.value)} · ${rates}` : rates;
      const trouble = failed + dropped > 0 ? ` · ${figure(failed + dropped)} failed` : '';
      const stage = phase === 'profiled' ? ' · profiling' : phase === 'warmup' ? ' · warming up' : '';
      const tooltip = 'Latency of the last 10 s, answered requests a second. Click to stop.';
      return {
        text: `$(loading~spin) ${live}${stage}${trouble}`,
        tooltip,
        command: 'tailflame.stop',
        warning: trouble !== '',
      };
    }
    case 'asking': {
      const { text, snapshot } = state;
      const live = snapshot?.percentile ? ` · ${snapshot.percentile.name} ${duration(snapshot.percentile.value)}` : '';
      return {
        text: `$(loading~spin) ${text}${live}`,
        tooltip: 'Click to stop; what is known so far is shown.',
        command: 'tailflame.stop',
        warning: false,
      };
    }
    case 'answered':
      return {
        text: `$(${state.good ? 'check' : 'question'}) ${state.sentence}`,
        tooltip: 'Click for the answer.',
        command: 'tailflame.showLastAnswer',
        warning: false,
      };
    case 'finished': {
      const { document } = state.result;
      const icon = { passed: 'check', measured: 'flame', failed: 'error', void: 'warning', inconclusive: 'question' }[
        document.verdict.status
      ];
      const { p99, p95, p90, p50 } = document.latency;
      const known = [
        ['p99', p99],
        ['p95', p95],
        ['p90', p90],
        ['p50', p50],
      ].find(([, value]) => value !== null);
      const latency = known ? `${known[0]} ${duration(known[1] as number)}` : 'latency unknown';
      const failed = document.load.failed > 0 ? ` · ${figure(document.load.failed)} failed` : '';
      const bad =
        document.verdict.status === 'failed' || document.verdict.status === 'void' || document.load.failed > 0;
      const text = `$(${icon}) ${latency}${failed}`;
      return {
        text,
        tooltip: `${document.verdict.sentence} Click for the result.`,
        command: 'tailflame.showLastRun',
        warning: bad,
      };
    }
    case 'failed':
      return { text: '$(warning) Tailflame', tooltip: state.message, command: 'tailflame.loadTest', warning: true };
  }
}
