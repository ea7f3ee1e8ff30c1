import type { Frame } from '../profile/profile.ts';
import type { Activity } from './activity.ts';
import type { Entity } from './entities.ts';
import type { Wait } from './slow-intervals.ts';

/** The numbers of a finding, shares 0–1. */
export interface FindingNumbers {
  readonly tailShare: number;
  readonly restShare: number;
  /** T/R; null where unknown. */
  readonly lift: number | null;
}

/** What is slow, as sentences name it, by what is waited for. */
export const SLOW_WORDS: Readonly<Record<Wait, string>> = {
  latency: 'slow requests',
  ttft: 'slow waits for a first token',
  gap: 'slow waits for a next token',
};

/** What ran during slow requests. It says what overlapped, never what caused what: more than overlap was not measured. */
export function lineSentence(subject: string, numbers: FindingNumbers, slow: string): string {
  return `${subject} ran for ${percent(numbers.tailShare)} of the busy time during ${slow}, ${otherwise(numbers)}.`;
}

/** What the target waited in during slow requests. */
export function waitedInSentence(subject: string, numbers: FindingNumbers, slow: string): string {
  return (
    `During ${slow} the target was waiting in ${subject} for ${percent(numbers.tailShare)} of the time, ` +
    `${otherwise(numbers)}: on I/O, a lock, a sleep or another process.`
  );
}

/** That the target did nothing during slow requests, where no stack says what it waited for. */
export function waitedSentence(numbers: FindingNumbers, slow: string): string {
  return (
    `During ${slow} none of the target's code ran for ${percent(numbers.tailShare)} of the time, ` +
    `${otherwise(numbers)}: it was waiting for something outside (I/O, a lock, another process).`
  );
}

/** That slow requests waited for nearly all of their time, as others may have as well, which took much less of it. Ms, and a share of 0–1. */
export function waitedAnywaySentence({ tail, slowMs, otherMs }: Activity, slow: string): string {
  return (
    `For ${percent(1 - tail)} of the time of ${slow} none of the target's code ran; they took ${milliseconds(slowMs)} in the mean and others ` +
    `${milliseconds(otherMs)}: it was waiting for something outside (I/O, a lock, another process).`
  );
}

/** What ran in library code that no line of the user's called, by its role. */
export function roleSentence(role: string, call: string, numbers: FindingNumbers, slow: string): string {
  return (
    `${opening(role)} (\`${call}\`), called by no line of yours, took ${percent(numbers.tailShare)} of the busy time ` +
    `during ${slow}, ${otherwise(numbers)}.`
  );
}

/** `` `rebuildIndex` (model.mjs:42) `` for a function and the line it mostly stood at, `` Line 42 of `handler` (app.py:42) `` for a line. */
export function subjectOf(
  frame: Frame,
  entity: Entity,
  line: number | null,
  fileLabel: (path: string) => string,
): string {
  const name = frame.function === '' ? 'an anonymous function' : `\`${frame.function}\``;
  const label = frame.file === null ? null : fileLabel(frame.file);
  const place = label === null ? '' : ` (${label}${line === null ? '' : `:${line}`})`;
  return `${entity.line > 0 ? `line ${entity.line} of ` : ''}${name}${place}`;
}

/** The last part of a path or URL. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;
}

/** First letter large, for a subject that opens a sentence. */
export function opening(subject: string): string {
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}

/** `84 ms`, `0.4 ms`. */
export function milliseconds(value: number): string {
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** `58 %`, `0.4 %`, `0 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 0.95 ? value.toFixed(1) : Math.round(value)} %`;
}

function otherwise({ restShare, lift }: FindingNumbers): string {
  const times = lift === null ? '' : ` (${lift < 9.95 ? lift.toFixed(1) : Math.round(lift)}×)`;
  return `${percent(restShare)} otherwise${times}`;
}
