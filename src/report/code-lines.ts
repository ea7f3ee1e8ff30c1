import type { CodeDifference } from '../correlate/code/code-difference.ts';
import { codeSentence } from './slower-sentences.ts';
import type { StyledLine } from './styled-line.ts';

/** What of the code took longer or shorter in the second of two sides; none where a side has no profile. @param root what files are named relative to */
export function codeLines(code: CodeDifference | null, root: string): StyledLine[] {
  if (code === null) return [];
  const { slower, faster } = code;
  if (slower.length + faster.length === 0)
    return [[['dim', 'No line of yours took surely more or less for a request.']]];
  return [
    ['Code, by the profiles'],
    ...slower.map((one): StyledLine => [['red', '  ▲ '], codeSentence(one, 'all', root)]),
    ...faster.map((one): StyledLine => [['green', '  ▼ '], codeSentence(one, 'all', root)]),
  ];
}
