import { printParseErrorCode, visit } from 'jsonc-parser';
import { PlanError } from '../plan-error.ts';

/** The value of a JSON text. Throws a {@link PlanError} with line and column where it is none. @param file what it is called */
export function jsonValue(text: string, file: string): unknown {
  const content = text.replace(/^\ufeff/, '');
  try {
    return JSON.parse(content);
  } catch {
    throw new PlanError(`${file}${firstFault(content)}`);
  }
}

/** `:12:5: This is not JSON: …` */
function firstFault(text: string): string {
  if (text.trim() === '') return ' is empty.';
  let fault: string | null = null;
  visit(
    text,
    {
      onError: (code, _offset, _length, line, column) => {
        fault ??= `:${line + 1}:${column + 1}: This is not JSON: ${wordsOf(printParseErrorCode(code))}.`;
      },
    },
    { disallowComments: true },
  );
  return fault ?? ': This is not JSON.';
}

/** `CommaExpected` is "comma expected". */
function wordsOf(code: string): string {
  return code
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replace('close brace', '"}"')
    .replace('close bracket', '"]"');
}
