import type { DetailValues } from '../../runs/request-table.ts';
import type { OutgoingRequest } from '../http/connection.ts';
import type { Answer } from './answer.ts';

/** Finds in whole answers of one API what they tell of their requests beyond the marks, such as the server's own timings. */
export interface AnswerReader {
  /** Whether it looks into the body; else it gets an empty one. */
  readonly needsBody: boolean;
  /**
   * Fills in what it finds and leaves the rest. Called once for every answer that came whole with a status below 400, before the step's
   * checks; it must not throw, whatever the answer is.
   */
  read(answer: Answer, sent: OutgoingRequest, details: DetailValues): void;
}
