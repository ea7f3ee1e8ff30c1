import type { FromGenerator } from '../load/generate/messages.ts';
import type { Recorder } from '../load/measure/recorder.ts';
import type { RunClock } from '../runs/clock.ts';
import type { Phase } from '../runs/request-table.ts';
import type { RunLog } from '../runs/run-log.ts';
import { JoinedGroups } from './joined-groups.ts';
import type { LiveTelling } from './live-telling.ts';
import type { LateLimit } from './profiling/late-limit.ts';

export interface LoadIntakeOptions {
  readonly generators: number;
  readonly recorder: Recorder;
  readonly live: LiveTelling;
  readonly log: RunLog;
  readonly clock: RunClock;
  /** Null where nothing is profiled. */
  readonly lateLimit: LateLimit | null;
  readonly onPhase: (phase: Phase) => void;
  /** Nothing of the measured phase is under way any more, and a phase follows it. */
  readonly onMeasured: () => void;
  /** A request of the profiled phase has not ended. @param since ms of run time */
  readonly onLate: (request: number, since: number) => void;
}

/** Takes what the generators of a load tell to where it is counted, kept and shown. */
export class LoadIntake {
  readonly #options: LoadIntakeOptions;
  readonly #groups = new JoinedGroups();
  /** Generators with requests of the measured phase under way. */
  #undrained: number;
  #goesOn = false;

  constructor(options: LoadIntakeOptions) {
    this.#options = options;
    this.#undrained = options.generators;
  }

  /** @param generator which process tells it */
  take(generator: number, message: FromGenerator): void {
    const { recorder, live, log, clock, lateLimit, onPhase, onMeasured, onLate } = this.#options;
    const { detail, objectives } = live;
    switch (message.type) {
      case 'rows':
        this.#groups.renumber(message.rows, generator);
        recorder.add(message.rows, message.details, generator, message.inFlight);
        detail?.add(message.rows, message.details, generator, message.inFlight, clock.now());
        objectives.add(message.rows, message.details);
        lateLimit?.add(message.rows);
        log.rows(message.rows, message.details);
        return;
      case 'chunks':
        recorder.addChunks(message.chunks);
        detail?.chunks(message.chunks, generator);
        objectives.addChunks(message.chunks);
        log.chunks(message.chunks);
        return;
      case 'phase':
        // All enter it at the same time, and one tells of it.
        if (generator !== 0) return;
        recorder.enter(message.phase, message.start);
        detail?.enter(message.phase, message.start);
        if (message.phase === 'measured') objectives.begin(message.start);
        log.event(message);
        onPhase(message.phase);
        return;
      case 'drained':
        if (message.phase !== 'measured') return;
        this.#undrained--;
        this.#goesOn ||= message.goesOn;
        if (this.#undrained === 0 && this.#goesOn) onMeasured();
        return;
      case 'late':
        onLate(message.request, message.since);
        return;
      case 'health':
        detail?.health(generator, message.sample);
        log.event({ type: 'health', generator, sample: message.sample });
        return;
      case 'group': {
        const name = this.#groups.learn(generator, message.index, message.name);
        if (name === null) return;
        log.event({ type: 'group', name });
        detail?.group(name);
        return;
      }
      case 'failure':
        detail?.failure(message.example);
        log.event(message);
        return;
      case 'done':
        detail?.done(message.sendingEnd);
        log.event(message);
        return;
      case 'ready':
      case 'broken':
        return;
    }
  }
}
