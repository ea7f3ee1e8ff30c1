import { styleText } from 'node:util';
import type { Latency, RunDocument, Verdict } from '../runs/run-document.ts';
import { duration, figure, percent } from './figures.ts';

type Style = Parameters<typeof styleText>[0];

const COLOUR: Record<Verdict['status'], Style> = {
  passed: 'green',
  measured: 'bold',
  failed: 'red',
  void: 'yellow',
  inconclusive: 'yellow',
};

/** A run as a person reads it in ten seconds. @param colour whether the terminal shows colours */
export function runText(run: RunDocument, colour: boolean): string {
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lines = ['', paint(COLOUR[run.verdict.status], run.verdict.sentence)];
  for (const reason of run.verdict.reasons.slice(1)) lines.push(`  ${reason}`);
  lines.push('', ...table(run));
  if (run.errors.length > 0) {
    lines.push('', paint('red', 'Errors'));
    for (const { kind, count, example } of run.errors)
      lines.push(`  ${figure(count)} × ${kind}   ${firstLine(example)}`);
  }
  if (run.objectives.length > 0) {
    lines.push('', 'Objectives');
    for (const { objective, value, ok } of run.objectives) {
      const mark = ok === null ? '?' : ok ? '✓' : '✗';
      const shown = value === null ? 'unknown' : objective.startsWith('rate') ? percent(value) : duration(value);
      lines.push(`  ${mark} ${objective}   ${shown}`);
    }
  }
  lines.push(...findings(run, paint));
  for (const note of run.notes ?? []) lines.push('', paint('yellow', note));
  lines.push('', paint('dim', health(run)), paint('dim', `Run      ${run.run}`), '');
  return lines.join('\n');
}

function table(run: RunDocument): string[] {
  const { load } = run;
  const asked = load.rate.asked === null ? '' : ` of ${figure(load.rate.asked)} asked`;
  const parts = [`${figure(load.completed)} answered`];
  if (load.failed > 0) parts.push(`${figure(load.failed)} failed`);
  if (load.dropped > 0) parts.push(`${figure(load.dropped)} dropped`);
  if (load.interrupted > 0) parts.push(`${figure(load.interrupted)} interrupted`);
  const rows = [
    `Rate     ${figure(load.rate.got)}/s${asked}   ${parts.join(' · ')}`,
    `Latency  ${latency(run.latency)}`,
  ];
  if (run.profiled) rows.push(`  while profiled  ${latency(run.profiled)}`);
  return rows;
}

function latency(block: Latency): string {
  const cells: [string, number | null][] = [
    ['p50', block.p50],
    ['p90', block.p90],
    ['p95', block.p95],
    ['p99', block.p99],
    ['p99.9', block.p999],
    ['max', block.max],
  ];
  return cells.map(([name, value]) => `${name} ${duration(value)}`).join(' · ');
}

function findings(run: RunDocument, paint: (style: Style, text: string) => string): string[] {
  if (run.findings.length === 0) return run.findingsNote ? ['', 'Findings', `  ${run.findingsNote}`] : [];
  const listed = run.findings.slice(0, 3).map(({ sentence }, index) => `  ${index + 1}. ${sentence}`);
  return ['', paint('bold', 'While the slow requests waited'), ...listed];
}

function health(run: RunDocument): string {
  const { lateness, poolWait, cpu } = run.health;
  const cores = cpu === null ? 'CPU unknown' : `${cpu.toFixed(2)} cores`;
  return `Sender   late p99 ${duration(lateness.p99)} · waited for a connection p99 ${duration(poolWait.p99)} · ${cores}`;
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
