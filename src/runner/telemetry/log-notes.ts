import type { LogFacts } from '../../runs/run-document.ts';

const MIB = 1024 * 1024;

/** What is to be said of how a log was read, as sentences. */
export function logNotes({ log, skipped, trouble }: LogFacts): string[] {
  const behind = `Of ${log} ${(skipped / MIB).toFixed(1)} MiB came too fast to be read: its errors and warnings are counted without them.`;
  return [...(trouble === null ? [] : [`The log ${log} ${trouble}.`]), ...(skipped > 0 ? [behind] : [])];
}
