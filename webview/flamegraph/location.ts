export interface Location {
  readonly file: string;
  readonly line: number;
  /** 0: unknown. */
  readonly column: number;
}

/** The `(file:line:column)` with which speedscope ends the name of a frame; null where the text names no place. */
export function locationIn(text: string): Location | null {
  const match = /\(((?:[^()]|\([^()]*\))+?):(\d+)(?::(\d+))?\)\s*$/.exec(text);
  if (!match) return null;
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3] ?? 0) };
}
