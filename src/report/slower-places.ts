import path from 'node:path';
import type { GateDocument } from '../find/gate-document.ts';
import { shortPath } from '../profile/user-code.ts';
import { slowerSentences } from './slower-sentences.ts';

/** A place in the repository that got slower, and what is said of it. */
export interface SlowerPlace {
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly function: string;
  readonly sentence: string;
}

/** What got slower and lies in the repository, the most first. @param root of the repository */
export function slowerPlaces(document: GateDocument, root: string): SlowerPlace[] {
  const sentences = slowerSentences(document, root);
  return document.slower.flatMap(({ function: name, file, line }, index) => {
    const short = shortPath(file, root);
    if (path.isAbsolute(short)) return [];
    return [{ file: short.replaceAll('\\', '/'), line: line ?? 1, function: name, sentence: sentences[index]! }];
  });
}
