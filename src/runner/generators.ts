import { type ChildProcess, fork } from 'node:child_process';
import type { FromGenerator, GeneratorData, ToGenerator } from '../load/generate/messages.ts';
import { onceEnded } from './child-end.ts';

/** From all generators being ready to the first request. */
const HEAD_START_MS = 20;

/** What each generator is told apart from which one it is. */
export type SharedData = Omit<GeneratorData, 'generator' | 'generators'>;

/** The processes that send, as one. Everything slow (writing, profiling, counting) stays in the runner. */
export class Generators {
  readonly #children: ChildProcess[];
  readonly #done: Promise<void>;

  /**
   * @param file the generator's bundle @param now run time
   * @param onMessage of which generator, and what it says
   */
  constructor(
    file: string,
    data: SharedData,
    now: () => number,
    onMessage: (generator: number, message: FromGenerator) => void,
  ) {
    const { generators } = data.plan;
    let waiting = generators;
    this.#children = Array.from({ length: generators }, (_, generator) => {
      const child = fork(file, [], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        // In the editor process.execPath is Electron, which is Node only when told so.
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        execArgv: [],
        serialization: 'advanced',
      });
      child.on('message', (message: FromGenerator) => {
        if (message.type === 'ready') {
          waiting--;
          // All begin at the same moment, so that together they send the one schedule.
          if (waiting === 0) this.post({ type: 'go', startAt: now() + HEAD_START_MS });
        } else onMessage(generator, message);
      });
      tell(child, { type: 'start', data: { ...data, generator, generators } });
      return child;
    });
    this.#done = Promise.all(this.#children.map(endOf)).then(() => {});
    this.#done.catch(() => this.kill());
  }

  /** Resolves when everything is answered or given up and all messages have come; rejects where a generator fails. */
  get done(): Promise<void> {
    return this.#done;
  }

  post(message: ToGenerator): void {
    for (const child of this.#children) tell(child, message);
  }

  /** Ends them at once; what they had not told is lost. */
  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

function tell(child: ChildProcess, message: ToGenerator): void {
  if (child.connected) child.send(message, () => {});
}

function endOf(child: ChildProcess): Promise<void> {
  let complaints = '';
  let finished = false;
  child.stderr?.on('data', (data: Buffer) => {
    complaints = (complaints + data.toString()).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromGenerator) => {
      if (message.type === 'done') finished = true;
      if (message.type === 'broken') reject(new Error(message.message));
    });
    child.on('error', reject);
    onceEnded(child, (how) => {
      if (finished) resolve();
      else reject(new Error(`A generator ${how} before it was done. ${complaints.trim()}`.trim()));
    });
  });
}
