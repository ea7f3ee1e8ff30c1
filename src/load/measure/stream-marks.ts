import { OK, type RequestTable } from '../../runs/request-table.ts';

/** Intended start to the first chunk with content, reasoning or tool-call text, ms; NaN where none came. */
export function ttftAt({ details, intended }: RequestTable, row: number): number {
  return details === null ? Number.NaN : details.firstContent[row]! - intended[row]!;
}

/** Intended start to the first chunk with content, ms; NaN where none came. */
export function firstVisibleAt({ details, intended }: RequestTable, row: number): number {
  return details === null ? Number.NaN : details.firstVisible[row]! - intended[row]!;
}

/**
 * (last − first content) / (output tokens − 1), ms. NaN where there are not two tokens, their number is unknown, or the stream was cut off:
 * the server may have made more than it was asked to send.
 */
export function tpotAt({ details, outcome }: RequestTable, row: number): number {
  if (details === null || outcome[row] !== OK || !(details.outputTokens[row]! > 1)) return Number.NaN;
  return (details.lastContent[row]! - details.firstContent[row]!) / (details.outputTokens[row]! - 1);
}
