import { gpuSources } from '../correlate/gpu-idle.ts';
import type { WaitSupport } from '../correlate/views/chosen-waits.ts';
import { isRequestView, type RequestKind, threadKey, type View } from '../correlate/views/view.ts';
import type { ViewMaterial } from '../correlate/views/view-material.ts';
import type { WeighedView } from '../correlate/views/weigh-view.ts';
import { figure } from '../load/measure/figure.ts';
import type { ProfileUnit, Thread } from '../profile/profile.ts';
import type { RunDocument } from '../runs/run-document.ts';
import type { GpuActivity } from '../telemetry/gpu-activity.ts';
import { duration } from './figures.ts';

/** What the words for a run's views are made with. */
export interface ViewContext {
  readonly threads: readonly Thread[];
  readonly gpus: readonly GpuActivity[];
  /** When the measured phase began, ms of run time: where the panel's axis has its 0. */
  readonly origin: number;
}

export function viewContext({ phases }: Pick<RunDocument, 'phases'>, { profile, gpus }: ViewMaterial): ViewContext {
  return {
    threads: profile.threads,
    gpus,
    origin: (phases.find(({ phase }) => phase === 'measured') ?? phases[0])?.start ?? 0,
  };
}

const REQUEST_NAMES: Readonly<Record<RequestKind, string>> = {
  slow: 'Slow requests',
  other: 'Other requests',
  'first-token': 'Slow first tokens',
  gap: 'Slow gaps in streams',
};

const SUBJECTS: Readonly<Record<RequestKind, readonly [when: string, counted: string]>> = {
  slow: ['slow requests were in flight', 'requests'],
  other: ['other requests than slow ones were in flight', 'requests'],
  'first-token': ['a first token was waited for too long', 'waits for a first token'],
  gap: ['the next chunk of a stream was waited for too long', 'gaps between chunks'],
};

/** Ms of run time as seconds of the panel's axis: `12.5 s`. */
export function axisSeconds(ms: number, { origin }: Pick<ViewContext, 'origin'>): number {
  return Number(((ms - origin) / 1000).toFixed(2));
}

/** What a view is called where none gave it a name: `Slow requests of pay over 250 ms, 12–15 s`. */
export function viewName(view: View, context: ViewContext): string {
  const when = stretchText(view, context);
  if (view.kind === 'all') return when ?? 'All';
  return when === null ? wholeName(view, context) : `${wholeName(view, context)}, ${when}`;
}

function wholeName(view: View, { threads }: ViewContext): string {
  if (isRequestView(view)) {
    const of = [view.step, view.group].flatMap((name) => (name === undefined ? [] : [` of ${name}`])).join('');
    return `${REQUEST_NAMES[view.kind]}${of}${view.over === undefined ? '' : ` over ${duration(view.over)}`}`;
  }
  switch (view.kind) {
    case 'gpu-idle':
      return 'While the GPU was idle';
    case 'gpu':
      return `GPU ${view.gpu}`;
    case 'thread':
      return `Thread ${threads.find((thread) => threadKey(thread) === view.thread)?.name ?? view.thread}`;
    case 'difference':
      return `Against ${lastPart(view.against)}`;
    case 'all':
      return 'All';
  }
}

/** What one sees in a view and what it rests on, in one or two sentences. */
export function viewSentence(view: View, weighed: WeighedView, context: ViewContext): string {
  const { profile, difference } = weighed;
  const { samples, total, waits } = weighed.support;
  if (view.kind === 'difference' && difference !== null) return differenceSentence(view.against, weighed);
  const when = stretchText(view, context);
  const whenText = when === null ? '' : `, ${when}`;
  const rests = `${amount(total, profile.unit)} in ${counted(samples, 'sample')}`;
  if (isRequestView(view) && waits !== null) return requestsSentence(view, waits, when, rests);
  switch (view.kind) {
    case 'gpu-idle':
      return `What ran as far as the GPU was idle, by ${gpuSources(context.gpus)}${whenText}: ${rests}. Overlap in time, not cause.`;
    case 'gpu':
      return `How busy it was over time, by ${gpuSources(context.gpus.filter(({ gpu }) => gpu === view.gpu))}${whenText}.`;
    case 'thread':
      return `One thread${whenText}, what it waited in included: ${rests}.`;
    default:
      return `All that ran${whenText === '' ? ' while it was profiled' : whenText}: ${rests}.`;
  }
}

/** @param when the stretch it is of; null for the whole run @param rests what it comes to, in how many samples */
function requestsSentence(
  { kind }: { readonly kind: RequestKind },
  waits: WaitSupport,
  when: string | null,
  rests: string,
): string {
  const [what, many] = SUBJECTS[kind];
  const { counted: some, of, threshold, isLimit, isTold } = waits;
  const from = isLimit ? `over ${duration(threshold)}` : `from ${duration(threshold)} on`;
  const bound = kind === 'other' ? `slow is ${from}` : from;
  const [whenText, whole] = when === null ? ['', ''] : [`, ${when}`, ' of the whole run'];
  const support = `${figure(some)} of ${figure(of)} ${many}${whole}, ${bound}; ${rests}`;
  const whose = kind === 'other' ? 'other requests than slow ones' : 'slow requests';
  return isTold
    ? `What ran for ${whose}, as the service told${whenText}: ${support}.`
    : `As far as ${what}${whenText}: ${support}. Overlap in time, not cause.`;
}

function differenceSentence(against: string, { profile, difference }: WeighedView): string {
  const sum = (weights: Float64Array): number => weights.reduce((total, weight) => total + weight, 0);
  const { now, before, per } = difference!;
  const [a, b] = [sum(now), sum(before)];
  const change = a === b ? 'as much' : `${amount(Math.abs(a - b), profile.unit)} ${a > b ? 'more' : 'less'}`;
  return (
    `A ${per}: ${amount(a, profile.unit)} now, ${amount(b, profile.unit)} in ${lastPart(against)}, ${change}. ` +
    'A box is as wide as in the run where it took more.'
  );
}

function stretchText({ from, to }: View, context: ViewContext): string | null {
  if (from === undefined || to === undefined) return null;
  return `${axisSeconds(from, context)}–${axisSeconds(to, context)} s`;
}

/** A weight for people, in its profile's unit. */
export function amount(weight: number, unit: ProfileUnit): string {
  if (unit === 'ms') return duration(weight);
  return unit === 'bytes' ? `${figure(weight)} bytes` : counted(weight, 'sample');
}

function counted(count: number, what: string): string {
  return `${figure(count)} ${what}${count === 1 ? '' : 's'}`;
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
