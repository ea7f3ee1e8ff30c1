import { type Frame, type Profile, RUNNING, type Thread } from '../profile.ts';
import { ProfileBuilder } from '../profile-builder.ts';
import { sampleStateOf } from '../sample-state.ts';
import { JsonShape } from './json-shape.ts';

interface OpenThread {
  readonly thread: number;
  /** Stack and state by depth, outermost first. */
  readonly stack: { readonly name: string; readonly stack: number; readonly state: number }[];
  since: number;
}

/**
 * py-spy's chrometrace: begin and end events per thread, `ts` in µs since sampling began. A sample stands from one event to the next
 * at another time; taken with `--idle` it is then known what every thread stood in at any time. `originMs` is when sampling began on
 * the clock the profile is to have, 0 without it. Throws a `ProfileError`.
 */
export function readPySpyTrace(json: unknown, name: string, originMs = 0): Profile {
  const builder = new ProfileBuilder();
  const threads = new Map<string, OpenThread>();
  for (const event of new JsonShape(json).items()) {
    const phase = event.at('ph').text();
    if (phase !== 'B' && phase !== 'E') continue;
    const time = originMs + event.at('ts').number() / 1000;
    const open = threadOf(event, builder, threads, time);
    const innermost = open.stack.at(-1);
    if (time > open.since && innermost !== undefined) {
      builder.sample(open.since, innermost.stack, open.thread, time - open.since, innermost.state);
    }
    open.since = time;
    if (phase === 'B') open.stack.push(enter(event, builder, innermost));
    else leave(event, open);
  }
  return builder.build(name, 'ms', true);
}

function threadOf(
  event: JsonShape,
  builder: ProfileBuilder,
  threads: Map<string, OpenThread>,
  time: number,
): OpenThread {
  const pid = event.at('pid').numberOr(0);
  const id = event.at('tid').textOr(null) ?? String(event.at('tid').numberOr(0));
  const key = `${pid}:${id}`;
  let open = threads.get(key);
  if (open === undefined) {
    const thread: Thread = { pid, id, name: `thread ${threads.size + 1}` };
    open = { thread: builder.thread(thread), stack: [], since: time };
    threads.set(key, open);
  }
  return open;
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

function enter(
  event: JsonShape,
  builder: ProfileBuilder,
  below: OpenThread['stack'][number] | undefined,
): OpenThread['stack'][number] {
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

function leave(event: JsonShape, open: OpenThread): void {
  const name = event.at('name').text();
  const innermost = open.stack.pop();
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
