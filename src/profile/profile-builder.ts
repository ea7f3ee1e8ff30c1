import type { Frame, Profile, ProfileUnit, Thread } from './profile.ts';

interface SampleRow {
  time: number;
  stack: number;
  thread: number;
  weight: number;
  state: number;
}

const NO_FRAME: Frame = { function: '', file: null, line: null, column: null };

/** py-spy with `--subprocesses` puts each process around its stacks. Its number and its command line make no call, and may hold secrets. */
const PROCESS = /^process \d+:/;

/** Collects frames, stacks and samples, each distinct one once, and yields a {@link Profile} sorted by time. */
export class ProfileBuilder {
  readonly #frames: Frame[] = [];
  readonly #frameIndex = new Map<string, number>();
  readonly #threads: Thread[] = [];
  readonly #threadIndex = new Map<string, number>();
  readonly #parent: number[] = [];
  readonly #frame: number[] = [];
  readonly #line: number[] = [];
  readonly #stackIndex = new Map<string, number>();
  readonly #samples: SampleRow[] = [];

  /** Its index; −1 of a process, which is no call. */
  frame(frame: Frame): number {
    if (!frame.file && PROCESS.test(frame.function)) return -1;
    return intern(
      this.#frameIndex,
      this.#frames,
      frame,
      JSON.stringify([frame.function, frame.file, frame.line, frame.column]),
    );
  }

  /** The innermost frame of a stack. */
  frameOf(stack: number): Frame {
    return this.#frames[this.#frame[stack] ?? -1] ?? NO_FRAME;
  }

  thread(thread: Thread): number {
    return intern(this.#threadIndex, this.#threads, thread, `${thread.pid}:${thread.id}`);
  }

  /** The stack of `frame` (an index, −1: no call) at `line` (0 unknown) called from stack `parent` (−1: outermost). */
  stack(parent: number, frame: number, line: number): number {
    if (frame < 0) return parent;
    const key = `${parent}:${frame}:${line}`;
    const known = this.#stackIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#parent.length;
    this.#stackIndex.set(key, index);
    this.#parent.push(parent);
    this.#frame.push(frame);
    this.#line.push(line);
    return index;
  }

  sample(time: number, stack: number, thread: number, weight: number, state: number): void {
    this.#samples.push({ time, stack, thread, weight, state });
  }

  build(name: string, unit: ProfileUnit, hasTime: boolean): Profile {
    const rows = this.#samples;
    if (hasTime) rows.sort((a, b) => a.time - b.time);
    return {
      name,
      unit,
      hasTime,
      frames: this.#frames,
      threads: this.#threads,
      stacks: {
        parent: Int32Array.from(this.#parent),
        frame: Int32Array.from(this.#frame),
        line: Int32Array.from(this.#line),
      },
      samples: {
        time: Float64Array.from(rows, (row) => row.time),
        stack: Int32Array.from(rows, (row) => row.stack),
        thread: Int32Array.from(rows, (row) => row.thread),
        weight: Float64Array.from(rows, (row) => row.weight),
        state: Uint8Array.from(rows, (row) => row.state),
      },
    };
  }
}

function intern<T>(index: Map<string, number>, list: T[], item: T, key: string): number {
  const known = index.get(key);
  if (known !== undefined) return known;
  index.set(key, list.length);
  return list.push(item) - 1;
}
