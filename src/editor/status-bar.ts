import * as vscode from 'vscode';
import { figure } from '../report/figures.ts';
import { endedPercentile, livePercentile } from '../report/run-entry.ts';
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

/** No icon turns while load is sent: to draw it takes a fifth of a core from whoever sends and answers (docs/performance.md). */
function describeState(state: RunState): Shown | null {
  switch (state.kind) {
    case 'idle':
      return null;
    case 'starting':
      return {
        text: `$(pulse) ${state.text}`,
        tooltip: 'Click to stop.',
        command: 'tailflame.stop',
        warning: false,
      };
    case 'running': {
      const { rate, asked, failed, dropped, phase, streams } = state.snapshot;
      const rates = asked === null ? `${figure(rate)}/s` : `${figure(rate)} of ${figure(asked)}/s`;
      const live = [...livePercentile(state.snapshot), rates].join(' · ');
      const trouble = failed + dropped > 0 ? ` · ${figure(failed + dropped)} failed` : '';
      const stage = phase === 'profiled' ? ' · profiling' : phase === 'warmup' ? ' · warming up' : '';
      const what = streams === null ? 'Latency' : 'Time to first token and output tokens a second';
      const tooltip = `${what} of the last 10 s, answered requests a second. Click to stop.`;
      return {
        text: `$(pulse) ${live}${stage}${trouble}`,
        tooltip,
        command: 'tailflame.stop',
        warning: trouble !== '',
      };
    }
    case 'asking': {
      const { text, snapshot } = state;
      const live = [text, ...(snapshot === null ? [] : livePercentile(snapshot))].join(' · ');
      return {
        text: `$(pulse) ${live}`,
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
      const latency = endedPercentile(document) ?? 'latency unknown';
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
