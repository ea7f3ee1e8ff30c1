import { type Frame, type Profile, RUNNING, type Thread } from '../profile.ts';
import { ProfileBuilder } from '../profile-builder.ts';
import { sampleStateOf } from '../sample-state.ts';
import type { ProfileFormat } from './format.ts';
import { JsonShape } from './json-shape.ts';

/** {@link readPySpyTrace} */
export const PY_SPY_TRACE: ProfileFormat = {
  name: "py-spy's chrometrace",
  endings: [],
  recognises: ({ json }) => {
    const file = new JsonShape(json);
    return file.isArray && file.items().some((event) => event.at('cat').textOr('') === 'py-spy');
  },
  read: ({ json }, name) => [readPySpyTrace(json, name)],
};

/** A call that was begun, with the stack and the state that the thread is in where it is the innermost. */
interface OpenCall {
  readonly name: string;
  readonly stack: number;
  readonly state: number;
}

/** A thread of one process, and what it was last seen in. */
interface SeenThread {
  readonly thread: number;
  since: number;
  innermost: OpenCall | undefined;
}

/** What a thread stood in, ms. */
interface Stood extends Pick<OpenCall, 'stack' | 'state'> {
  readonly thread: number;
  readonly from: number;
  readonly to: number;
}

/** Of a py-spy that numbers threads itself, since some readers take no more than 32 bits: the thread's own id, and what it is called. */
const NAMED_THREAD = /^(\d+): /;

/**
 * py-spy's chrometrace: begin and end events per thread, `ts` in µs since sampling began. A sample stands from one event to the next
 * at another time; taken with `--idle` it is then known what every thread stood in at any time. `originMs` is when sampling began on
 * the clock the profile is to have, 0 without it. Throws a `ProfileError`.
 *
 * py-spy goes by the thread's id alone, which forked processes share: seeing another one of them it ends the calls of the one before and
 * begins those of its own, all with its own pid. So calls are opened and closed by thread id, and what is open after the events of a
 * process is where its thread stands, until it is seen again.
 */
export function readPySpyTrace(json: unknown, name: string, originMs = 0): Profile {
  const builder = new ProfileBuilder();
  const open = new Map<string, OpenCall[]>();
  const ids = new Map<string, string>();
  const threads = new Map<string, SeenThread>();
  const stood: Stood[] = [];
  const stoodUntil = (to: number, { thread, since, innermost }: SeenThread): void => {
    if (innermost === undefined || innermost.stack < 0 || !(to > since)) return;
    stood.push({ thread, from: since, to, stack: innermost.stack, state: innermost.state });
  };
  let now = originMs;
  for (const event of new JsonShape(json).items()) {
    const phase = event.at('ph').text();
    const number = event.at('tid').textOr(null) ?? String(event.at('tid').numberOr(0));
    if (phase === 'M' && event.has('args')) {
      const id = NAMED_THREAD.exec(event.at('args').at('name').textOr(''))?.[1];
      if (id !== undefined) ids.set(number, id);
    }
    if (phase !== 'B' && phase !== 'E') continue;
    now = originMs + event.at('ts').number() / 1000;
    const calls = open.get(number) ?? [];
    open.set(number, calls);
    const seen = threadOf(event.at('pid').numberOr(0), ids.get(number) ?? number, builder, threads, now);
    stoodUntil(now, seen);
    if (phase === 'B') calls.push(enter(event, builder, calls.at(-1)));
    else leave(event, calls);
    seen.since = now;
    seen.innermost = calls.at(-1);
  }
  for (const seen of threads.values()) stoodUntil(now, seen);
  addSamples(builder, stood, now);
  return builder.build(name, 'ms', true);
}

/**
 * What ran and is open at the `end` counts no longer than anything that ran and was seen to end: py-spy closes all stacks in that moment,
 * those of threads that ended long before too, and does not tell them from others. So of an ended thread too much may be left, and of a
 * call that ran for longer than any before it too little. Where nothing was seen to end nothing is cut.
 */
function addSamples(builder: ProfileBuilder, stood: readonly Stood[], end: number): void {
  const isLeftOpen = ({ state, to }: Stood): boolean => state === RUNNING && to === end;
  const longest = stood.reduce(
    (most, one) => (one.state === RUNNING && !isLeftOpen(one) ? Math.max(most, one.to - one.from) : most),
    0,
  );
  for (const one of stood) {
    const most = isLeftOpen(one) && longest > 0 ? longest : Number.POSITIVE_INFINITY;
    builder.sample(one.from, one.stack, one.thread, Math.min(one.to - one.from, most), one.state);
  }
}

function threadOf(
  pid: number,
  id: string,
  builder: ProfileBuilder,
  threads: Map<string, SeenThread>,
  now: number,
): SeenThread {
  const key = `${pid}:${id}`;
  let seen = threads.get(key);
  if (seen === undefined) {
    const thread: Thread = { pid, id, name: `thread ${threads.size + 1}` };
    seen = { thread: builder.thread(thread), since: now, innermost: undefined };
    threads.set(key, seen);
  }
  return seen;
}

/** What is not written in Python is told with the library it is in, or the source that that was made of somewhere else. */
const PYTHON_SOURCE = /\.(py|pyw|pyx|pxd|pxi|ipynb)$|^<.*>$|^$/i;

/** Whether a thread waits is told by its innermost frame of Python, with native frames as without. */
function nativeFrame(name: string, file: string): Frame {
  const library = `(${file.split(/[\\/]/).at(-1)})`;
  // An address is another one in every process.
  return {
    function: /^0x[0-9a-f]+$/.test(name) ? library : `${name} ${library}`,
    file: null,
    line: null,
    column: null,
  };
}

function enter(event: JsonShape, builder: ProfileBuilder, below: OpenCall | undefined): OpenCall {
  const args = event.at('args');
  const name = event.at('name').text();
  const file = args.at('filename').textOr(null);
  if (file !== null && !PYTHON_SOURCE.test(file)) {
    const frame = builder.frame(nativeFrame(name, file));
    return { name, stack: builder.stack(below?.stack ?? -1, frame, 0), state: below?.state ?? RUNNING };
  }
  const frame = { function: name, file, line: null, column: null };
  const line = args.at('line').numberOr(0);
  return { name, stack: builder.stack(below?.stack ?? -1, builder.frame(frame), line), state: sampleStateOf(frame) };
}

function leave(event: JsonShape, calls: OpenCall[]): void {
  const name = event.at('name').text();
  const innermost = calls.pop();
  if (innermost?.name !== name) {
    throw event.wrong(`ends \`${name}\`, but \`${innermost?.name ?? 'nothing'}\` was running`);
  }
}

/**
 * Thread ids beyond 2^53 would change in a number, so they become text before the JSON is parsed. Only `tid` values are touched, and
 * only outside of strings, where an unescaped quote cannot stand.
 */
export function quoteThreadIds(json: string): string {
  return json.replace(/"tid":\s*(\d{16,})/g, '"tid":"$1"');
}
