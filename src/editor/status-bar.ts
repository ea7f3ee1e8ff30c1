import * as vscode from 'vscode';
import { figure } from '../load/measure/figure.ts';
import { endedPercentile, livePercentile, lostCounts } from '../report/run-entry.ts';
import { LENS_COMMANDS } from './lenses/route-lenses.ts';
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
    const spoken = shown.text.replace(/\$\([^)]*\)\s*/g, '');
    // Icons and colours are not spoken, and what they say stands in the tooltip.
    this.#item.accessibilityInformation = { label: `Tailflame: ${spoken}. ${shown.tooltip}` };
    this.#item.command = shown.command;
    this.#item.backgroundColor = shown.warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }
}

interface Shown {
  readonly text: string;
  readonly tooltip: string;
  readonly command: string | vscode.Command;
  readonly warning: boolean;
}

/**
 * What the item shows of a state; null: nothing. No icon turns while load is sent: to draw it takes a fifth of a core from whoever sends
 * and answers (docs/performance.md).
 */
export function describeState(state: RunState): Shown | null {
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
      const { rate, asked, phase, streams } = state.snapshot;
      const rates = asked === null ? `${figure(rate)}/s` : `${figure(rate)} of ${figure(asked)}/s`;
      const lost = lostCounts(state.snapshot);
      const stage = phase === 'profiled' ? ['profiling'] : phase === 'warmup' ? ['warming up'] : [];
      const live = [...livePercentile(state.snapshot), rates, ...stage, ...lost].join(' · ');
      const what = streams === null ? 'Latency' : 'Time to first token and output tokens a second';
      const tooltip = `${what} of the last 10 s, answered requests a second. Click to stop.`;
      return {
        text: `$(pulse) ${live}`,
        tooltip,
        command: 'tailflame.stop',
        warning: lost.length > 0,
      };
    }
    case 'asking': {
      const { text, snapshot } = state;
      const lost = snapshot === null ? [] : lostCounts(snapshot);
      const live = [text, ...(snapshot === null ? [] : livePercentile(snapshot)), ...lost].join(' · ');
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
      const { document, folder } = state.result;
      const icon = { passed: 'check', measured: 'flame', failed: 'error', void: 'warning', inconclusive: 'question' }[
        document.verdict.status
      ];
      const lost = lostCounts(document.load);
      const bad = document.verdict.status === 'failed' || document.verdict.status === 'void' || lost.length > 0;
      const text = `$(${icon}) ${[endedPercentile(document) ?? 'latency unknown', ...lost].join(' · ')}`;
      return {
        text,
        tooltip: `${document.verdict.sentence} Click for the result.`,
        // Another window, or the command line, may make a later one.
        command: { command: LENS_COMMANDS.showRun, title: 'Show Run', arguments: [folder] },
        warning: bad,
      };
    }
    case 'failed':
      return {
        text: '$(warning) Load test failed',
        tooltip: `${state.message} Click to start one anew.`,
        command: 'tailflame.loadTest',
        warning: true,
      };
  }
}
