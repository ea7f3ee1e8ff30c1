import { figure } from '../load/measure/figure.ts';
import type { LogFacts, RunDocument } from '../runs/run-document.ts';

const MOST_MESSAGES = 5;

/** What the logs said, a line each: how much of what, then the messages. */
export function logSentences({ logs = [], phases = [] }: Partial<Pick<RunDocument, 'logs' | 'phases'>>): string[] {
  const zero = phases[0]?.start ?? 0;
  return logs.filter(({ lines }) => lines > 0).flatMap((log) => [countsOf(log), ...messagesOf(log, zero)]);
}

/** `server.log: 1,240 lines, 42 errors, 3 warnings.` */
export function countsOf({ log, lines, errors, warnings }: LogFacts): string {
  return `${log}: ${counted(lines, 'line')}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`;
}

/** `42 × error: pool exhausted after # ms, from 12.4 s on`, the most frequent first. @param zero when the load began, run time in ms */
export function messagesOf({ messages, others }: LogFacts, zero: number): string[] {
  const shown = messages.slice(0, MOST_MESSAGES);
  const more = others + messages.slice(MOST_MESSAGES).reduce((sum, { count }) => sum + count, 0);
  return [
    ...shown.map(({ level, message, count, first }) => {
      const when = `${count === 1 ? 'at' : 'from'} ${((first - zero) / 1000).toFixed(1)} s${count === 1 ? '' : ' on'}`;
      return `${figure(count)} × ${level}: ${message || 'no message'}, ${when}`;
    }),
    ...(more > 0 ? [`… and ${figure(more)} of other messages`] : []),
  ];
}

function counted(count: number, noun: string): string {
  return `${figure(count)} ${noun}${count === 1 ? '' : 's'}`;
}
