import os from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { parentPort, workerData } from 'node:worker_threads';
import { Redactor } from '../../../load/plan/redaction.ts';
import { RunClock } from '../../../runs/clock.ts';
import type { LogFacts } from '../../../runs/run-document.ts';
import { LineSplitter } from '../../../telemetry/line-splitter.ts';
import { LogTally } from '../../../telemetry/log/log-tally.ts';
import type { FollowedLog, FromLogReader, ReadLogsData, ToLogReader } from './messages.ts';
import { TailedFile } from './tailed-file.ts';

/* A thread that reads logs: however much is written to them, nothing else of the run waits for it. */

const LOOK_EVERY_MS = 100;
const FACTS_EVERY_LOOKS = 10;
const MOST_LETTERS = 16 * 1024;
const NICENESS = 15;

const { logs, secrets, origin } = workerData as ReadLogsData;
const tell = (message: FromLogReader): void => parentPort!.postMessage(message);
const clock = new RunClock(origin);

// Only on Linux is it this thread's alone.
if (process.platform === 'linux') os.setPriority(NICENESS);

/** One log: bytes come in, counts go out. */
class Followed {
  readonly #log: FollowedLog;
  readonly #file: TailedFile | null;
  readonly #tally: LogTally;
  readonly #lines = new LineSplitter(MOST_LETTERS);
  #decoder = new StringDecoder('utf8');

  constructor(log: FollowedLog, redactor: Redactor) {
    this.#log = log;
    this.#tally = new LogTally((text) => redactor.text(text));
    this.#file =
      log.file === null
        ? null
        : new TailedFile(
            log.file,
            (bytes) => this.add(bytes),
            () => this.#end(),
          );
  }

  add(bytes: Buffer): void {
    const time = clock.now();
    this.#lines.push(this.#decoder.write(bytes), (line) => this.#tally.add(line, time));
  }

  look(number: number): void {
    this.#file?.look();
    const { errors, warnings } = this.#tally.take();
    if (errors + warnings > 0) tell({ type: 'counts', log: number, errors, warnings, time: clock.now() });
  }

  finish(number: number): void {
    this.#file?.look();
    this.#end();
    this.look(number);
    this.#file?.close();
  }

  facts(isOver: boolean): LogFacts {
    const { name } = this.#log;
    const skipped = this.#file?.skipped ?? 0;
    return { log: name, ...this.#tally.facts(isOver), skipped, trouble: this.#file?.trouble ?? null };
  }

  /** What has no line break yet will not get one. */
  #end(): void {
    const rest = this.#lines.end() + this.#decoder.end();
    this.#decoder = new StringDecoder('utf8');
    if (rest !== '') this.#tally.add(rest, clock.now());
  }
}

const redactor = new Redactor(secrets);
const followed = logs.map((log) => new Followed(log, redactor));
const facts = (isOver: boolean): LogFacts[] => followed.map((one) => one.facts(isOver));

tell({ type: 'ready' });

let looks = 0;
let last = '';
const timer = setInterval(() => {
  for (const [number, one] of followed.entries()) one.look(number);
  looks++;
  if (looks % FACTS_EVERY_LOOKS !== 0) return;
  const told = facts(false);
  const text = JSON.stringify(told);
  if (text !== last) tell({ type: 'facts', facts: told });
  last = text;
}, LOOK_EVERY_MS);

parentPort!.on('message', (message: ToLogReader) => {
  switch (message.type) {
    case 'output':
      followed[message.log]!.add(Buffer.from(message.bytes));
      tell({ type: 'read', bytes: message.bytes.length });
      return;
    case 'secrets':
      redactor.learn(message.secrets);
      return;
    case 'finish':
      clearInterval(timer);
      for (const [number, one] of followed.entries()) one.finish(number);
      tell({ type: 'finished', facts: facts(true) });
      parentPort!.close();
  }
});
