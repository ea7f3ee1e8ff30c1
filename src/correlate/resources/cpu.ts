import { figure, wholePercent } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import { TARGET_SERIES } from '../../telemetry/target-series.ts';
import { type Look, type Observed, stateOf, untold } from './observed.ts';

/** Of what there is: whoever comes then finds it taken most of the time. */
export const AT_LIMIT = 0.9;
/** Threads that are ready and have no core, in the mean. */
const WAITING = 0.5;
/** Fewer have a core whenever they want one, whatever else runs on the machine: it is others that wait. */
const FEW = WAITING / 2;
/** Of all cores: who takes so many leaves none to be waited for, and its requests wait inside of it. */
const MOSTLY = 0.75;
/** Of the time kept from running by a limit, %. */
const THROTTLED = 5;

/** Cores that a single thread may seem to take, where threads are not told by themselves. */
const ONE_THREAD = 1.1;

export interface CpuFacts {
  readonly facts: ResourceFacts;
  /** Whether no core was left to the target, rather than to one thread of it: then whatever runs in it waits. */
  readonly isWhole: boolean;
}

/** Cores: the target's, the machine's, and those of the one thread that took most. */
export function cpuFacts(observed: Observed): CpuFacts {
  const cpu = observed.look(TARGET_SERIES.cpu);
  if (cpu === null) return { facts: untold('cpu', "The target's CPU"), isWhole: false };
  const { cores } = observed.target;
  const machine = observed.look(TARGET_SERIES.machineCpu);
  const throttled = observed.look(TARGET_SERIES.throttled);
  const waiting = observed.look(TARGET_SERIES.waitingForCore);
  const thread = observed.look(TARGET_SERIES.busiestThread);
  const { didWait } = observed.waiting;
  const share = cores === null ? null : cpu.mean / cores;
  const used = `${coresText(cpu.mean)}${cores === null ? '' : ` of ${cores}`} cores${before(cpu, coresText)}`;
  const waited = waiting !== null && waiting.mean >= WAITING;
  const queue = waited ? `, and ${figure(waiting.mean, 2)} of its threads were ready and had none` : '';
  if (throttled !== null && throttled.mean >= THROTTLED) {
    const kept = `a limit kept it from running ${wholePercent(throttled.mean / 100)} of the time`;
    const state = stateOf(true, didWait);
    const sentence = `CPU: ${kept}; the target took ${used}${queue}.`;
    return { facts: { resource: 'cpu', state, utilisation: 1, sentence }, isWhole: true };
  }
  if (isMachineFull(observed) || (share !== null && share >= AT_LIMIT)) {
    const all = machine === null ? '' : `the machine's cores were ${wholePercent(machine.mean / 100)} busy; `;
    const utilisation = Math.min(1, machine === null ? share! : machine.mean / 100);
    const isMostlyItsOwn = share !== null && share >= MOSTLY;
    const state = stateOf(true, didWait && (isMostlyItsOwn || waiting === null || waiting.mean >= FEW));
    const sentence = `CPU: ${all}the target took ${used}${queue}.`;
    return { facts: { resource: 'cpu', state, utilisation, sentence }, isWhole: true };
  }
  if (thread !== null && thread.mean >= AT_LIMIT) {
    const ran = `one thread ran ${wholePercent(Math.min(1, thread.mean))} of the time${before(thread, wholePercent)}`;
    const sentence = `CPU: ${ran}, which is all that one thread can; the target took ${used}${queue}.`;
    const utilisation = Math.min(1, thread.mean);
    return { facts: { resource: 'cpu', state: stateOf(true, didWait), utilisation, sentence }, isWhole: false };
  }
  if (thread === null && cpu.mean >= AT_LIMIT && cpu.mean < ONE_THREAD) {
    const sentence = `CPU: the target took ${used}, as one thread that never rests does.`;
    return { facts: { resource: 'cpu', state: stateOf(true, didWait), utilisation: share, sentence }, isWhole: false };
  }
  const state = stateOf(false, waiting !== null && waiting.mean >= 2 * WAITING);
  const sentence = `CPU: the target took ${used}${queue}.`;
  return { facts: { resource: 'cpu', state, utilisation: share, sentence }, isWhole: false };
}

/** Whether no core of the machine is left to the target, whoever has them. */
export function isMachineFull(observed: Observed): boolean {
  const machine = observed.look(TARGET_SERIES.machineCpu);
  const waiting = observed.look(TARGET_SERIES.waitingForCore);
  return machine !== null && machine.mean >= AT_LIMIT * 100 && (waiting === null || waiting.mean >= FEW);
}

/** ` (0.6 while requests did not wait)`: what it was while requests were as quick as alone, where there was such a time. */
export function before({ calm }: Pick<Look, 'calm'>, text: (value: number) => string): string {
  return calm === null ? '' : ` (${text(calm)} while requests did not wait)`;
}

function coresText(cores: number): string {
  return figure(cores, 2);
}
