import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { writeAtomically } from '../runs/atomic-file.ts';
import { type Profile, SAMPLE_STATES } from './profile.ts';
import { ProfileBuilder } from './profile-builder.ts';

export const SAMPLES_FILE = 'samples.parquet';
const ROW_GROUP_SIZE = 100_000;

/** `[function, file, declared line, column, executing line]`, 0 for an unknown executing line. */
type StackEntry = [name: string, file: string | null, line: number | null, column: number | null, at: number];

/**
 * Writes a profile with a time axis as `samples.parquet`, a row a sample: `time` and `weight` in ms on the run's clock, `state`, `pid`,
 * `thread`, `thread_name`; `function`, `file` and `line` of the innermost call; `stack` as JSON, outermost call first.
 */
export async function writeSamples(file: string, profile: Profile): Promise<void> {
  const { samples, threads, frames, stacks } = profile;
  const texts = stackTexts(profile);
  const innermost = (row: number) => frames[stacks.frame[samples.stack[row]!] ?? -1];
  const rows = [...samples.stack.keys()];
  const threadOf = (row: number) => threads[samples.thread[row]!]!;
  const columnData: ColumnSource[] = [
    { name: 'time', type: 'DOUBLE', data: samples.time },
    { name: 'weight', type: 'DOUBLE', data: samples.weight },
    { name: 'state', type: 'STRING', data: rows.map((row) => SAMPLE_STATES[samples.state[row]!]!) },
    { name: 'pid', type: 'INT32', data: Int32Array.from(rows, (row) => threadOf(row).pid) },
    { name: 'thread', type: 'STRING', data: rows.map((row) => threadOf(row).id) },
    { name: 'thread_name', type: 'STRING', data: rows.map((row) => threadOf(row).name) },
    { name: 'function', type: 'STRING', nullable: true, data: rows.map((row) => innermost(row)?.function ?? null) },
    { name: 'file', type: 'STRING', nullable: true, data: rows.map((row) => innermost(row)?.file ?? null) },
    { name: 'line', type: 'INT32', data: Int32Array.from(samples.stack, (stack) => stacks.line[stack] ?? 0) },
    { name: 'stack', type: 'STRING', data: Array.from(samples.stack, (stack) => texts[stack] ?? '[]') },
  ];
  await writeAtomically(file, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: ROW_GROUP_SIZE })));
}

/** Reads what {@link writeSamples} wrote. */
export async function readSamples(file: string, name: string): Promise<Profile> {
  const bytes = await readFile(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const columns = ['time', 'weight', 'state', 'pid', 'thread', 'thread_name', 'stack'];
  const builder = new ProfileBuilder();
  const known = new Map<string, number>();
  for (const row of await parquetReadObjects({ file: buffer, columns })) {
    const text = String(row['stack']);
    let stack = known.get(text);
    if (stack === undefined) {
      stack = enter(builder, JSON.parse(text) as StackEntry[]);
      known.set(text, stack);
    }
    const thread = builder.thread({
      pid: Number(row['pid']),
      id: String(row['thread']),
      name: String(row['thread_name']),
    });
    const state = (SAMPLE_STATES as readonly unknown[]).indexOf(row['state']);
    builder.sample(Number(row['time']), stack, thread, Number(row['weight']), state);
  }
  return builder.build(name, 'ms', true);
}

function stackTexts({ stacks, frames }: Profile): string[] {
  const texts: string[] = [];
  for (let node = 0; node < stacks.frame.length; node++) {
    const frame = frames[stacks.frame[node]!]!;
    const entry: StackEntry = [frame.function, frame.file, frame.line, frame.column, stacks.line[node]!];
    const above = stacks.parent[node]!;
    const text = JSON.stringify(entry);
    // Parents stand before their children, so the text of the calls above is there already.
    texts.push(above < 0 ? `[${text}]` : `${texts[above]!.slice(0, -1)},${text}]`);
  }
  return texts;
}

function enter(builder: ProfileBuilder, entries: readonly StackEntry[]): number {
  let stack = -1;
  for (const [name, file, line, column, at] of entries) {
    stack = builder.stack(stack, builder.frame({ function: name, file, line, column }), at);
  }
  return stack;
}
