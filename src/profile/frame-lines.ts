import type { Profile } from './profile.ts';

/** The line to open for each frame: where the function is declared or, where only executing lines are known, the one seen most; 0 unknown. */
export function frameLines({ frames, stacks, samples }: Profile): number[] {
  const seen = frames.map(() => new Map<number, number>());
  samples.stack.forEach((stack, row) => {
    for (let node = stack; node >= 0; node = stacks.parent[node]!) {
      const lines = seen[stacks.frame[node]!]!;
      const line = stacks.line[node]!;
      if (line > 0) lines.set(line, (lines.get(line) ?? 0) + samples.weight[row]!);
    }
  });
  return frames.map(({ line }, index) => {
    if (line !== null) return line;
    const [most] = [...seen[index]!].sort((a, b) => b[1] - a[1]);
    return most?.[0] ?? 0;
  });
}
