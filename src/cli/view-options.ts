import { type Command, InvalidArgumentError, Option } from 'commander';
import { isPlainKind, isRequestView, PLAIN_KINDS, type PlainKind, type View } from '../correlate/views/view.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { findSavedView, type SavedView } from '../runner/opened/saved-views.ts';
import { time, timeWithUnit } from './option-values.ts';

/** What on the command line says which view of a run is meant. Times are ms. */
export interface ViewOptions {
  readonly view?: string;
  readonly tail?: true;
  readonly gpuIdle?: true;
  readonly step?: string;
  readonly group?: string;
  readonly slowerThan?: number;
  readonly from?: number;
  readonly to?: number;
  readonly against?: string;
}

/** A view that was asked for. @param name it was saved under; null where it was not */
export interface AskedView {
  readonly view: View;
  readonly name: string | null;
}

export function addViewOptions(command: Command): Command {
  return command
    .option('--view <name>', `which samples: ${PLAIN_KINDS.join(', ')}, or a view saved with the run`)
    .addOption(new Option('--tail', 'the same as --view slow').conflicts(['view', 'gpuIdle', 'against']))
    .addOption(new Option('--gpu-idle', 'the same as --view gpu-idle').conflicts(['view', 'tail', 'against']))
    .option('--step <name>', 'slow requests of this step')
    .option('--group <value>', 'slow requests of this group of the split')
    .option(
      '--slower-than <time>',
      'what is slow: 250ms; else what the objective says, or the slowest 5 %',
      timeWithUnit,
    )
    .option('--from <time>', 'from here on, counted as the panel does, from the start of the measured phase', moment)
    .option('--to <time>', 'up to here', moment)
    .addOption(new Option('--against <run>', 'the difference from another run').conflicts(['view']));
}

/** Whether anything but all samples is asked for. */
export function asksForView(options: ViewOptions): boolean {
  return Object.values(options).some((value) => value !== undefined);
}

/**
 * The view that options ask for. Throws a {@link PlanError} where they do not go together.
 * @param saved with the run @param origin the start of the measured phase, ms of run time @param against how the other run is kept
 */
export function askedView(
  options: ViewOptions,
  saved: readonly SavedView[],
  origin: number,
  against: string | null,
): AskedView {
  const stretch = stretchOf(options, origin);
  const { step, group, slowerThan: over } = options;
  const among = {
    ...(step === undefined ? {} : { step }),
    ...(group === undefined ? {} : { group }),
    ...(over === undefined ? {} : { over }),
  };
  const isAmong = Object.keys(among).length > 0;
  if (against !== null) {
    if (isAmong || options.from !== undefined || options.to !== undefined) {
      throw new PlanError('Two runs are held against each other as wholes: --against stands alone.');
    }
    return { view: { kind: 'difference', against }, name: null };
  }
  const asked = options.tail ? 'slow' : options.gpuIdle ? 'gpu-idle' : options.view;
  const kept = asked === undefined ? undefined : findSavedView(saved, asked);
  if (kept !== undefined) {
    if (isAmong || Object.keys(stretch).length > 0) {
      throw new PlanError(`The view ${kept.name} says itself what is in it: give --view alone.`);
    }
    return kept;
  }
  const kind = kindOf(asked ?? (isAmong ? 'slow' : 'all'), saved);
  const view: View = { kind, ...stretch };
  if (!isRequestView(view)) {
    if (isAmong) throw new PlanError(`--step, --group and --slower-than are of requests, and ${kind} is not.`);
    return { view, name: null };
  }
  return { view: { ...view, ...among }, name: null };
}

function kindOf(name: string, saved: readonly SavedView[]): PlainKind {
  const kind = name === 'tail' ? 'slow' : name;
  if (isPlainKind(kind)) return kind;
  const kept =
    saved.length === 0 ? 'none is saved with it' : `saved with it: ${saved.map((one) => one.name).join(', ')}`;
  throw new PlanError(`There is no view ${name}. There are ${PLAIN_KINDS.join(', ')}; ${kept}.`);
}

function stretchOf({ from, to }: ViewOptions, origin: number): { from: number; to: number } | Record<never, never> {
  if (from === undefined && to === undefined) return {};
  if (from === undefined || to === undefined) throw new PlanError('Give both --from and --to.');
  if (!(to > from)) throw new PlanError('--to must come after --from.');
  return { from: origin + from, to: origin + to };
}

function moment(text: string): number {
  const before = text.startsWith('-');
  try {
    const value = time(before ? text.slice(1) : text);
    return before ? -value : value;
  } catch {
    throw new InvalidArgumentError('Write a time such as 12s, 12.5s or 1m30s.');
  }
}
