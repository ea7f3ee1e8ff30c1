import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Profile, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { PROFILE_ENDINGS } from '../../src/profile/read/formats.ts';
import { readProfile } from '../../src/profile/read/recognise.ts';

const bytes = (content: unknown): Uint8Array =>
  new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));

/** Self weight by `function:line`, of running samples. */
function selfOf({ samples, stacks, frames }: Profile): Record<string, number> {
  const sums: Record<string, number> = {};
  samples.stack.forEach((stack, row) => {
    if (stack < 0 || samples.state[row] !== RUNNING) return;
    const key = `${frames[stacks.frame[stack]!]!.function}:${stacks.line[stack]}`;
    sums[key] = (sums[key] ?? 0) + samples.weight[row]!;
  });
  return sums;
}

const callFrame = (functionName: string, url = '', lineNumber = -1) => ({
  functionName,
  scriptId: '1',
  url,
  lineNumber,
  columnNumber: 0,
});

describe('reading a profile', () => {
  test('of V8: self time is the time to the next sample, lines by positionTicks, 1-based', () => {
    const [profile] = readProfile(
      bytes({
        nodes: [
          { id: 1, callFrame: callFrame('(root)'), hitCount: 0, children: [2, 4] },
          {
            id: 2,
            callFrame: callFrame('handler', 'file:///srv/a%20b.mjs', 9),
            hitCount: 1,
            children: [3],
            positionTicks: [{ line: 12, ticks: 1 }],
          },
          {
            id: 3,
            callFrame: callFrame('inner', 'file:///srv/a%20b.mjs', 19),
            hitCount: 4,
            positionTicks: [
              { line: 21, ticks: 1 },
              { line: 22, ticks: 3 },
            ],
          },
          { id: 4, callFrame: callFrame('(idle)'), hitCount: 1 },
        ],
        startTime: 1_000_000,
        endTime: 1_010_000,
        samples: [2, 3, 4, 3],
        timeDeltas: [1000, 2000, 4000, 1000],
      }),
      'x',
    );
    // Samples at 1, 3, 7 and 8 ms, the last until 10: handler 2, inner 4 + 2 divided 1:3, idle 1 apart.
    assert.deepEqual(selfOf(profile!), { 'handler:12': 2, 'inner:21': 1.5, 'inner:22': 4.5 });
    const inner = profile!.frames.find((frame) => frame.function === 'inner');
    assert.deepEqual(inner, { function: 'inner', file: '/srv/a b.mjs', line: 20, column: 1 });
    assert.equal(profile!.samples.state.filter((state) => state === WAITING).length, 1);
  });

  test('of V8 as trace events: a line for every sample, samples in order of time', () => {
    const chunk = (nodes: unknown[], samples: number[], timeDeltas: number[], lines: number[]) => ({
      name: 'ProfileChunk',
      ph: 'P',
      pid: 7,
      tid: 7,
      id: '0x1',
      ts: 0,
      args: { data: { cpuProfile: { nodes, samples }, timeDeltas, lines } },
    });
    const [profile] = readProfile(
      bytes({
        traceEvents: [
          { name: 'thread_name', ph: 'M', pid: 7, tid: 7, ts: 0, args: { name: 'x' } },
          { name: 'Profile', ph: 'P', pid: 7, tid: 7, id: '0x1', ts: 5000, args: { data: { startTime: 5000 } } },
          chunk(
            [
              { id: 1, callFrame: callFrame('(root)') },
              { id: 2, parent: 1, callFrame: callFrame('f', 'file:///f.js', 0) },
            ],
            [2, 2],
            [1000, 2000],
            [5, 6],
          ),
          chunk(
            [{ id: 3, parent: 2, callFrame: callFrame('g', 'file:///f.js', 8) }],
            [3, 2, 3],
            [3000, -1000, 2000],
            [9, 5, 10],
          ),
        ],
      }),
      'x',
    );
    // At 6, 8, 11, 10, 12 ms: in order f:5 2, f:6 2, f:5 1, g:9 1, g:10 none.
    assert.deepEqual(selfOf(profile!), { 'f:5': 3, 'f:6': 2, 'g:9': 1, 'g:10': 0 });
    assert.deepEqual([...profile!.samples.time], [1, 3, 5, 6, 7]);
  });

  const event = (
    ph: string,
    name: string,
    ts: number,
    line: number,
    file = '/srv/app.py',
    tid = '140342217144000001',
  ) =>
    `{"args":{"filename":"${file}","line":${line}},"cat":"py-spy","name":"${name}","ph":"${ph}","pid":9,"tid":${tid},"ts":${ts}}`;

  test('of py-spy with native frames: they are told by their library, have no line, and wait where Python waits', () => {
    const umath = '/srv/venv/numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so';
    const events = [
      event('B', '0x7fc7de64524a', 0, 0, '/usr/lib/x86_64-linux-gnu/libc.so.6'),
      event('B', 'order', 0, 4),
      event('B', 'quicksort_double', 0, 0, umath),
      event('E', 'quicksort_double', 30_000, 0, umath),
      event('B', 'Condition.wait', 30_000, 327, '/usr/lib/python3.11/threading.py'),
      event('B', 'sem_wait', 30_000, 0, '/build/glibc/nptl/sem_wait.c'),
      event('E', 'sem_wait', 90_000, 0, '/build/glibc/nptl/sem_wait.c'),
      event('E', 'Condition.wait', 90_000, 327, '/usr/lib/python3.11/threading.py'),
      event('E', 'order', 90_000, 4),
      event('E', '0x7fc7de64524a', 90_000, 0, '/usr/lib/x86_64-linux-gnu/libc.so.6'),
    ];
    const [profile] = readProfile(bytes(`[${events.join(',')}]`), 'x');
    const { frames, stacks, samples } = profile!;
    assert.deepEqual(selfOf(profile!), {
      'quicksort_double (_multiarray_umath.cpython-311-x86_64-linux-gnu.so):0': 30,
    });
    assert.deepEqual(
      frames.filter(({ file }) => file === null).map((frame) => frame.function),
      ['(libc.so.6)', 'quicksort_double (_multiarray_umath.cpython-311-x86_64-linux-gnu.so)', 'sem_wait (sem_wait.c)'],
    );
    assert.deepEqual([...samples.state], [RUNNING, WAITING]);
    assert.equal(stacks.line[stacks.parent[samples.stack[0]!]!], 4);
  });

  test('of py-spy: stacks stand from event to event, thread ids keep all digits, waits are told from work', () => {
    const [profile] = readProfile(
      bytes(
        `[${[
          event('B', 'handler', 1000, 10),
          event('B', 'work', 1000, 20),
          event('E', 'work', 31_000, 20),
          event('B', 'work', 31_000, 21),
          event('E', 'work', 41_000, 21),
          event('B', 'Condition.wait', 41_000, 327, '/usr/lib/python3.11/threading.py'),
          event('E', 'Condition.wait', 91_000, 327, '/usr/lib/python3.11/threading.py'),
          event('E', 'handler', 91_000, 10),
        ].join(',')}]`,
      ),
      'x',
    );
    assert.deepEqual(selfOf(profile!), { 'work:20': 30, 'work:21': 10 });
    assert.equal(profile!.threads[0]?.id, '140342217144000001');
    assert.equal(
      profile!.samples.weight.reduce((sum, weight) => sum + weight),
      90,
    );
  });

  /** As py-spy writes what it saw: `seen` is [µs, pid, stack from the outermost call in], all of one thread id. */
  function pySpyTrace(seen: readonly (readonly [ts: number, pid: number, stack: readonly string[]])[], end: number) {
    const events: object[] = [];
    let [before, last]: [readonly string[], number] = [[], 0];
    const write = (ph: string, name: string, pid: number, ts: number): void => {
      const filename = name.startsWith('process ') ? '' : '/srv/app.py';
      events.push({ args: { filename, line: 7 }, cat: 'py-spy', name, ph, pid, tid: 0, ts });
    };
    const all: typeof seen = [...seen, [end, -1, []]];
    for (const [ts, pid, stack] of all) {
      const first = stack.findIndex((name, at) => name !== before[at]);
      const same = first < 0 ? Math.min(stack.length, before.length) : first;
      const by = pid < 0 ? last : pid;
      for (const name of before.slice(same).reverse()) write('E', name, by, ts);
      for (const name of stack.slice(same)) write('B', name, by, ts);
      [before, last] = [stack, by];
    }
    return events;
  }

  test('of py-spy over forked processes, whose threads share an id: each stands where it was last seen itself', () => {
    const parent = 'process 1:"gunicorn --key s3cret"';
    const worker = (pid: number, ...stack: string[]) => [parent, `process ${pid}:"gunicorn"`, ...stack];
    const trace = pySpyTrace(
      [
        [0, 1, [parent, 'master']],
        [1000, 2, worker(2, 'serve', 'predict')],
        [2000, 3, worker(3, 'serve')],
        [10_000, 1, [parent, 'master']],
        [11_000, 2, worker(2, 'serve')],
        [12_000, 3, worker(3, 'serve')],
        [20_000, 1, [parent, 'master']],
        [21_000, 2, worker(2, 'serve')],
        [22_000, 3, worker(3, 'serve', 'encode')],
      ],
      30_000,
    );
    const [profile] = readProfile(bytes(trace), 'x');
    const { samples, threads, frames } = profile!;
    const ofPid = (pid: number) => {
      const weight = samples.weight.map((ms, row) => (threads[samples.thread[row]!]?.pid === pid ? ms : 0));
      return selfOf({ ...profile!, samples: { ...samples, weight } });
    };
    assert.deepEqual(ofPid(1), { 'master:7': 30, 'predict:7': 0, 'serve:7': 0, 'encode:7': 0 });
    assert.deepEqual(ofPid(2), { 'master:7': 0, 'predict:7': 10, 'serve:7': 19, 'encode:7': 0 });
    assert.deepEqual(ofPid(3), { 'master:7': 0, 'predict:7': 0, 'serve:7': 20, 'encode:7': 8 });
    // Neither its number nor its command line is a call.
    assert.deepEqual(
      frames.map((frame) => frame.function),
      ['master', 'serve', 'predict', 'encode'],
    );
  });

  test('of a py-spy that numbers threads itself: they keep their own ids, by which a service tells of them', () => {
    const args = { filename: '', line: null, name: '140342217144000001: MainThread' };
    const named = { args, cat: 'py-spy', name: 'thread_name', ph: 'M', pid: 9, tid: 0, ts: 0 };
    const [profile] = readProfile(bytes([named, ...pySpyTrace([[0, 9, ['handle']]], 5000)]), 'x');
    assert.deepEqual(
      profile!.threads.map(({ pid, id }) => [pid, id]),
      [[9, '140342217144000001']],
    );
  });

  test('of py-spy: what ran and is open at the end counts no longer than anything that ran and was seen to end', () => {
    const server = 'process 1:"python"';
    const seen = Array.from({ length: 600 }, (_, i) => [i * 10_000, 1, [server, `step${i % 2}`]] as const);
    const ended = [5, 2, [server, 'process 2:"python"', 'last']] as const;
    const [profile] = readProfile(bytes(pySpyTrace([seen[0]!, ended, ...seen.slice(1)], 6_000_000)), 'x');
    assert.deepEqual(selfOf(profile!), { 'step0:7': 3000, 'last:7': 10, 'step1:7': 3000 });
    const [alone] = readProfile(bytes(pySpyTrace([[0, 1, ['spin']]], 6_000_000)), 'x');
    assert.deepEqual(selfOf(alone!), { 'spin:7': 6000 });
    const calls = [
      [0, 1, ['embed']],
      [2_000_000, 1, ['read']],
      [2_010_000, 1, ['embed']],
    ] as const;
    const [long] = readProfile(bytes(pySpyTrace(calls, 4_000_000)), 'x');
    assert.deepEqual(selfOf(long!), { 'embed:7': 3990, 'read:7': 10 });
  });

  test('of speedscope: every profile of the file, in ms', () => {
    const profiles = readProfile(
      bytes({
        shared: {
          frames: [
            { name: 'a', file: '/a.py', line: 3 },
            { name: 'b', file: '/b.py', line: 4 },
          ],
        },
        profiles: [
          {
            type: 'sampled',
            name: 'one',
            unit: 'seconds',
            startValue: 0,
            endValue: 3,
            samples: [[0], [0, 1]],
            weights: [1, 2],
          },
          {
            type: 'evented',
            name: 'two',
            unit: 'microseconds',
            startValue: 0,
            endValue: 9000,
            events: [
              { type: 'O', frame: 0, at: 0 },
              { type: 'O', frame: 1, at: 4000 },
              { type: 'C', frame: 1, at: 7000 },
              { type: 'C', frame: 0, at: 9000 },
            ],
          },
        ],
      }),
      'x',
    );
    assert.deepEqual(profiles.map(selfOf), [
      { 'a:3': 1000, 'b:4': 2000 },
      { 'a:3': 6, 'b:4': 3 },
    ]);
    assert.deepEqual(
      profiles.map(({ name }) => name),
      ['one', 'two'],
    );
  });

  test('of collapsed stacks: counts, and no time axis', () => {
    const [profile] = readProfile(
      bytes('main (/srv/a.py:3);work (/srv/a.py:9) 42\nmain (/srv/a.py:3) 8\nnative_call 1\n'),
      'x',
    );
    assert.deepEqual(selfOf(profile!), { 'work:9': 42, 'main:3': 8, 'native_call:0': 1 });
    assert.equal(profile!.hasTime, false);
    const [forked] = readProfile(bytes('process 4711:"python server.py --key s3cret";main (/srv/a.py:3) 8\n'), 'x');
    assert.deepEqual(
      forked!.frames.map((frame) => frame.function),
      ['main'],
    );
  });

  test('of anything else ends with a sentence saying what is wrong and where', () => {
    const wrong: [unknown, RegExp][] = [
      ['', /^The file is empty\.$/],
      [
        'hello world',
        /^The file is of no known format: V8 \.cpuprofile, py-spy's chrometrace, V8 trace, speedscope JSON and collapsed stacks/,
      ],
      [{ what: 1 }, /^The file is JSON of no known format: V8 \.cpuprofile/],
      ['{"nodes": [', /^The file is not whole JSON: /],
      ['{\n "nodes": [}', /Unexpected token '}'/],
      ['{\n "nodes": "x" 3}', /line 2, column 15/],
      [{ nodes: [], samples: [], timeDeltas: [], startTime: 0, endTime: 0 }, /no samples in it/],
      [
        { nodes: [{ id: 1, callFrame: 4 }], samples: [1], timeDeltas: [1], startTime: 0, endTime: 0 },
        /^nodes\[0\]\.callFrame is not an object/,
      ],
      [
        { nodes: [{ id: 1, callFrame: callFrame('x'), children: [7] }], samples: [], timeDeltas: [] },
        /nodes\[0\]\.children\[0\] is 7, a node that is not there/,
      ],
      [
        { nodes: [{ id: 1, callFrame: callFrame('x'), children: [1] }], samples: [], timeDeltas: [] },
        /calls itself in a circle/,
      ],
      [
        { shared: { frames: [] }, profiles: [{ type: 'sampled', samples: [[3]], weights: [1] }] },
        /is 3, but there are 0 frames/,
      ],
      ['a 1\nb\n', /^Line 2 is no collapsed stack/],
    ];
    for (const [content, message] of wrong) {
      assert.throws(() => readProfile(bytes(content), 'x'), { name: 'ProfileError', message });
    }
  });

  test('is offered of files with the endings that formats have of their own', () => {
    assert.deepEqual(PROFILE_ENDINGS, ['cpuprofile', 'speedscope.json', 'speedscope', 'collapsed', 'folded']);
  });

  test('of a recursion 50 000 calls deep does not overflow', () => {
    const nodes = Array.from({ length: 50_000 }, (_, i) => ({
      id: i + 1,
      callFrame: callFrame(`f${i % 7}`),
      children: i < 49_999 ? [i + 2] : [],
    }));
    const [profile] = readProfile(
      bytes({ nodes, samples: [50_000], timeDeltas: [0], startTime: 0, endTime: 1000 }),
      'x',
    );
    assert.equal(profile!.stacks.parent.length, 50_000);
  });
});
