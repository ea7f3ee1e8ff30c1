import { figure } from '../load/measure/figure.ts';
import type { LiveSnapshot } from '../load/measure/recorder.ts';
import type { RunEntry } from '../runs/run-catalog.ts';
import type { RunDocument, StreamingFigures, Verdict } from '../runs/run-document.ts';
import { duration, tokenRate } from './figures.ts';
import { PHASE_NAME, rateText } from './live-view.ts';
import { routeNote } from './run-lines.ts';
import type { RunSummary } from './run-summary.ts';
import { harmless } from './styled-line.ts';

export type ListedRun = RunEntry<RunSummary>;

/** What a run is in a list: its verdict, or why that is not the point. */
export type RunKind = Verdict['status'] | 'interrupted' | 'under way' | 'broken';

const KIND_WORD: Readonly<Record<RunKind, string>> = {
  passed: 'passed',
  failed: 'failed',
  void: 'not valid',
  inconclusive: 'cannot be told yet',
  measured: 'measured',
  interrupted: 'stopped before its end',
  'under way': 'under way',
  broken: 'cannot be read',
};

export function runKind({ summary, underWay }: ListedRun): RunKind {
  if (summary === null) return 'broken';
  if (underWay) return 'under way';
  return summary.state === 'finished' ? summary.verdict.status : 'interrupted';
}

/** The name a person gave it, else what it was sent to, else its folder. */
export function runName({ folder, summary, label }: ListedRun): string {
  return harmless(label.name ?? summary?.title ?? folderName(folder));
}

/** What stands beside the name: `p50 4 ms · p99 63 ms · 60/s · 3 min ago`. @param now ms since 1970 */
export function runNote(run: ListedRun, now: number): string {
  const { folder, summary, problem, label } = run;
  // Room is scarce there, and where it lies is in the hover.
  if (summary === null) return (problem ?? '').replace(folder, '').replace(/^[\\/]/, '');
  const { latency, streaming, load, startedAt, target } = summary;
  const asked = label.name === null || summary.title !== target ? [] : [harmless(target)];
  if (run.underWay) return [...asked, 'under way'].join(' · ');
  // One whose runner went away has no figures before it is opened.
  const known = summary.state === 'running' ? 'open it to see what was measured' : null;
  const when = { latency, streaming, load, startedAt: new Date(startedAt).toISOString() };
  return [...asked, known ?? routeNote(when, now)].join(' · ');
}

/**
 * The highest percentile that is known of the last seconds, `p99 63 ms`; of streams the time to first token and tokens a second, `TTFT
 * p99 310 ms`, `1,240 tokens/s`. Empty where there is nothing to tell yet.
 */
export function livePercentile({ percentile, streams }: Pick<LiveSnapshot, 'percentile' | 'streams'>): string[] {
  if (streams === null) return percentile === null ? [] : [`${percentile.name} ${duration(percentile.value)}`];
  const { ttft, tokensPerSecond } = streams;
  const name = HIGHEST_FIRST.find((one) => ttft[one] !== null);
  return [
    ...(name === undefined ? [] : [`TTFT ${name} ${duration(ttft[name])}`]),
    ...(tokensPerSecond === null ? [] : [tokenRate(tokensPerSecond)]),
  ];
}

const HIGHEST_FIRST = ['p99', 'p95', 'p90', 'p50'] as const;

/** `p99 63 ms` of a run that has ended, of streams `TTFT p99 310 ms`; null where no percentile is known. */
export function endedPercentile({ latency, streaming }: Pick<RunDocument, 'latency' | 'streaming'>): string | null {
  const times = streaming?.ttft ?? latency;
  const name = HIGHEST_FIRST.find((one) => times[one] !== null);
  return name === undefined ? null : `${streaming ? 'TTFT ' : ''}${name} ${duration(times[name])}`;
}

/** `3 failed`, `9 not sent`; neither where there are none. */
export function lostCounts({ failed, dropped }: Pick<LiveSnapshot, 'failed' | 'dropped'>): string[] {
  return [...(failed > 0 ? [`${figure(failed)} failed`] : []), ...(dropped > 0 ? [`${figure(dropped)} not sent`] : [])];
}

/** What stands beside the run this window measures. */
export function liveNote({ phase, elapsed, total, ...live }: LiveSnapshot): string {
  const seconds = (ms: number): string => String(Math.floor(ms / 1000));
  return [
    ...livePercentile(live),
    rateText(live),
    ...lostCounts(live),
    `${PHASE_NAME[phase].toLowerCase()} ${seconds(elapsed)}${total === null ? '' : ` of ${seconds(total)}`} s`,
  ].join(' · ');
}

/** A run for those who hear it: name, kind, marks, figures. */
export function spokenRun(run: ListedRun, now: number): string {
  const marks = [...(run.label.baseline ? ['baseline'] : []), ...(run.label.pinned ? ['pinned'] : [])];
  return [runName(run), KIND_WORD[runKind(run)], ...marks, runNote(run, now).replaceAll(' · ', ', ')].join(', ');
}

/** What is told of a run in a hover: a sentence, then facts by name, then what is amiss. */
export interface RunHover {
  readonly sentence: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly problems: readonly string[];
}

/** @param when the run's start as people write it where they are */
export function runHover(run: ListedRun, when: (ms: number) => string): RunHover {
  const { folder, summary, problem, label, labelProblem } = run;
  const problems = labelProblem === null ? [] : [labelProblem];
  if (summary === null) return { sentence: problem ?? '', facts: [['Run', folder]], problems };
  const { latency, streaming, load, environment } = summary;
  const percentiles = { p50: latency.p50, p95: latency.p95, p99: latency.p99 };
  const counts = [`${figure(load.completed)} answered`, ...lostCounts(load)];
  const facts: [string, string][] = [
    ['Target', summary.address],
    ['Load', `${summary.loadText}; ${rateText({ rate: load.rate.got, asked: load.rate.asked })}`],
    ['Requests', counts.join(' · ')],
    [
      'Latency',
      Object.entries(percentiles)
        .map(([name, value]) => `${name} ${duration(value ?? null)}`)
        .join(' · '),
    ],
    ...(streaming === null ? [] : [['Streams', streamsText(streaming)] as [string, string]]),
    ...(environment === null ? [] : [['Machine', machineText(environment)] as [string, string]]),
    ['Profiled', summary.profiled ? 'yes' : 'no'],
    ['Started', when(summary.startedAt)],
    ['Run', folderName(folder)],
  ];
  const marks = [
    ...(label.baseline ? [`Baseline of ${summary.target}.`] : []),
    ...(label.pinned ? ['Pinned.'] : []),
    ...(runKind(run) === 'interrupted' ? ['It was stopped before its end.'] : []),
  ];
  return { sentence: [summary.verdict.sentence, ...marks].join(' '), facts, problems };
}

/** Runs as they stand in a list: pinned ones above, in both the newest first. */
export function inOrder(runs: readonly ListedRun[]): ListedRun[] {
  const time = ({ summary, writtenAt }: ListedRun): number => summary?.startedAt ?? writtenAt;
  return runs.toSorted(
    (a, b) => Number(b.label.pinned) - Number(a.label.pinned) || time(b) - time(a) || (a.folder < b.folder ? 1 : -1),
  );
}

/** The runs beside `chosen` that are the baseline of their target: they no longer are once `chosen` become it. */
export function otherBaselines(runs: readonly ListedRun[], chosen: readonly ListedRun[]): ListedRun[] {
  const folders = new Set(chosen.map(({ folder }) => folder));
  const target = chosen[0]?.summary?.target;
  return runs.filter(
    ({ folder, label, summary }) => !folders.has(folder) && label.baseline && summary?.target === target,
  );
}

/** `TTFT p50 221 ms, p99 365 ms · gap p99 26 ms · 1,108 tokens/s`. */
function streamsText({ ttft, gap, tokensPerSecond }: StreamingFigures): string {
  const tokens = tokensPerSecond === null ? [] : [tokenRate(tokensPerSecond)];
  const times = [`TTFT p50 ${duration(ttft.p50)}, p99 ${duration(ttft.p99)}`, `gap p99 ${duration(gap.p99)}`];
  return [...times, ...tokens].join(' · ');
}

function machineText({ os, arch, cpus, cpuModel, node }: NonNullable<RunSummary['environment']>): string {
  return `${os} ${arch}, ${cpus} × ${cpuModel}, Node ${node}`;
}

function folderName(folder: string): string {
  return folder.split(/[\\/]/).at(-1) ?? folder;
}
