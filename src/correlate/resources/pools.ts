import { figure, wholePercent } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import { OUTGOING_SERIES, TARGET_SERIES } from '../../telemetry/target-series.ts';
import { AT_LIMIT, isMachineFull } from './cpu.ts';
import { type Look, type Observed, stateOf, untold } from './observed.ts';

/** Of what the target works on at once, to be more than it can: with it in the mean. */
const MORE = 1.5;
/** A number that changes by no more stands still. */
const STANDS = 0.05;
/** Threads of a target besides those that answer: the first one, those that accept, watch or collect. */
const OTHER_THREADS = 6;
/** By Little's law from a time alone that is itself measured. */
const ABOUT = 0.35;
/** Each works on one request, so it cannot be on more, but for what a slow preflight adds. */
const BEYOND = 0.2;
/** Of the cores, below which a target rests more than it works. */
const RESTS = 0.7;
const FULL = 0.97;

/** A pool of threads at its size, as far as it shows from outside: it stands still, and is about what the target works on at once. */
export function threadFacts(observed: Observed): ResourceFacts {
  const threads = observed.look(TARGET_SERIES.threads);
  if (threads === null) return untold('threads', 'The number of threads');
  const count = rangeText(threads);
  const { waiting, target } = observed;
  const { atOnce, withTarget } = waiting;
  // Node answers in one thread, whatever others it has.
  const isPool =
    target.runtime !== 'node' &&
    queuesWithoutWork(observed) &&
    stands(threads) &&
    atOnce !== null &&
    atOnce >= 1.5 &&
    threads.mean * (1 + BEYOND) >= atOnce &&
    threads.mean - atOnce <= Math.max(OTHER_THREADS, ABOUT * threads.mean);
  if (!isPool) return { resource: 'threads', state: 'free', utilisation: null, sentence: `Threads: ${count}.` };
  return {
    resource: 'threads',
    state: 'short',
    utilisation: 1,
    sentence:
      `Threads: ${count} all the time, it worked on about ${figure(atOnce, 2)} requests at once and had ${figure(withTarget, 2)}, ` +
      'with cores to spare: as a pool does of which every thread waits for something.',
  };
}

/** Those that are not accepted, those the target makes itself, and the load's own. */
export function connectionFacts(observed: Observed): ResourceFacts {
  const own = observed.look(TARGET_SERIES.connections);
  const queue = observed.look(TARGET_SERIES.acceptQueue);
  const pool = ownPool(observed);
  if (pool !== null) return pool;
  const { waiting, target } = observed;
  const open = own === null ? '' : `${rangeText(own)} to it`;
  if (queue !== null && queue.mean >= 1) {
    const told = `${figure(queue.mean, 2)} stood unaccepted in its queue (at most ${figure(queue.most)})`;
    const sentence = `Connections: ${[open, told].filter(Boolean).join(', ')}.`;
    return { resource: 'connections', state: stateOf(waiting.didWait, true), utilisation: null, sentence };
  }
  if (waiting.unsent >= 1 && waiting.withTarget >= AT_LIMIT * target.connections) {
    const sentence = `Connections: the load used all of its own ${target.connections}, and ${figure(waiting.unsent, 2)} requests waited for one.`;
    return { resource: 'connections', state: 'near', utilisation: 1, sentence };
  }
  if (own === null && queue === null) return untold('connections', 'The number of connections');
  return {
    resource: 'connections',
    state: 'free',
    utilisation: null,
    sentence: `Connections: ${open || 'none unaccepted'}.`,
  };
}

/** Connections the target makes, of which it has about as many as it works on at once while more requests are with it. */
function ownPool(observed: Observed): ResourceFacts | null {
  const { atOnce, withTarget } = observed.waiting;
  if (!queuesWithoutWork(observed) || atOnce === null) return null;
  const found = observed
    .looks(({ name }) => name === OUTGOING_SERIES)
    .find((look) => stands(look) && look.mean >= 0.5 && Math.abs(look.mean - atOnce) <= Math.max(1, ABOUT * atOnce));
  if (found === undefined) return null;
  const to = found.labels['to'] === undefined ? '' : ` to ${found.labels['to']}`;
  return {
    resource: 'connections',
    state: 'short',
    utilisation: 1,
    sentence:
      `Connections: the target had ${rangeText(found)} of its own${to} all the time, worked on about ${figure(atOnce, 2)} requests at once ` +
      `and had ${figure(withTarget, 2)}, with cores to spare: as with a pool that is all in use.`,
  };
}

export function descriptorFacts(observed: Observed): ResourceFacts {
  const fds = observed.look(TARGET_SERIES.fds);
  if (fds === null) return untold('file descriptors', 'The number of file descriptors');
  const { failed, answered } = observed.target;
  const share = Math.min(1, fds.most / 100);
  const sentence = `File descriptors: at most ${wholePercent(share)} of those it may have open.`;
  const failing = failed > 0.001 * (failed + answered);
  const state = share >= FULL ? stateOf(true, observed.waiting.didWait || failing) : stateOf(share >= AT_LIMIT, false);
  return { resource: 'file descriptors', state, utilisation: share, sentence };
}

/** Whether requests queued while the target had cores to work on them and did not use them. */
export function queuesWithoutWork(observed: Observed): boolean {
  const { waiting, target } = observed;
  const { didWait, atOnce, withTarget } = waiting;
  if (!didWait || atOnce === null || target.cores === null || withTarget < MORE * atOnce) return false;
  const cpu = observed.look(TARGET_SERIES.cpu);
  const thread = observed.look(TARGET_SERIES.busiestThread);
  if (cpu === null || cpu.mean >= RESTS * Math.min(target.cores, Math.max(1, atOnce))) return false;
  return (thread === null || thread.mean < RESTS) && !isMachineFull(observed);
}

function stands({ least, most, mean }: Look): boolean {
  return most - least <= Math.max(0.5, STANDS * mean);
}

/** `12`, or `8 to 12` where it changed. */
function rangeText({ least, most }: Look): string {
  const [from, to] = [figure(Math.round(least)), figure(Math.round(most))];
  return from === to ? to : `${from} to ${to}`;
}
