import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withSeenWaits } from '../../src/correlate/waits/seen-waits.ts';
import { type Naming, waitEvidence } from '../../src/correlate/waits/wait-evidence.ts';
import { RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import type { Look, SeenFrame, SeenSocket, SeenTask, SeenThread } from '../../src/runs/look.ts';

const NAMING: Naming = {
  isUserCode: ({ file }) => file?.startsWith('/srv/') === true,
  describeFile: (file) => file.slice('/srv/'.length),
};
const at = (name: string, file: string, line: number): SeenFrame => ({ function: name, file, line });

const RECV = at('readinto', '/usr/lib/python3.11/socket.py', 706);
const FETCH = at('fetch_profile', '/srv/client.py', 31);
const LOOP = [
  at('select', '/usr/lib/python3.11/selectors.py', 468),
  at('_run_once', '/usr/lib/python3.11/asyncio/base_events.py', 1884),
  at('run', '/venv/lib/python3.11/site-packages/uvicorn/server.py', 65),
  at('<module>', '/srv/server.py', 90),
];
const IDLE_WORKER = [at('_worker', '/usr/lib/python3.11/concurrent/futures/thread.py', 81)];

function thread(active: boolean, ...frames: SeenFrame[]): SeenThread {
  return { pid: 7, name: '', active, frames };
}

interface Seen {
  readonly threads?: SeenThread[];
  readonly tasks?: SeenTask[];
  readonly sockets?: SeenSocket[];
  readonly awaiting?: SeenSocket[];
}

function look(start: number, more: Seen): Look {
  const sight = <T>(seen: readonly T[] | undefined) => (seen === undefined ? null : { start, end: start + 20, seen });
  return {
    late: { request: 1, since: start - 30 },
    threads: sight(more.threads),
    tasks: sight(more.tasks),
    sockets: sight(more.sockets),
    awaiting: sight(more.awaiting),
  };
}

/** A slow request in flight for the first half of every second. */
const SLOW = Array.from({ length: 20 }, (_, second) => ({ start: second * 1000, end: second * 1000 + 500 }));

describe('what looks say of a wait', () => {
  test('where threads stood, once a look, and not who waited for work', () => {
    const looks = Array.from({ length: 17 }, (_, second) =>
      look(second * 1000 + 100, {
        threads: [
          thread(false, ...LOOP),
          thread(false, ...IDLE_WORKER),
          // The state that the system tells is wrong at times; what only waits, waits.
          ...(second < 14 ? [thread(second % 2 === 0, RECV, FETCH), thread(false, RECV, FETCH)] : []),
          thread(true, at('encode', '/srv/codec.py', 8)),
        ],
      }),
    );
    assert.deepEqual(waitEvidence(looks, SLOW, NAMING), [
      'In 14 of 17 looks at slow requests a thread stood in `readinto` (socket.py) under `fetch_profile` (client.py:31).',
    ]);
  });

  test('where user code itself stands, its own line is named', () => {
    const lock = thread(false, at('reserve', '/srv/pool.py', 12), at('handle', '/srv/server.py', 40));
    const looks = [1, 2, 3].map((second) => look(second * 1000 + 100, { threads: [lock] }));
    assert.deepEqual(waitEvidence(looks, SLOW, NAMING), [
      'In 3 of 3 looks at slow requests a thread stood in `reserve` (pool.py:12).',
    ]);
  });

  test('which connections were open then, and which at other times', () => {
    const socket = (remote: string, state: SeenSocket['state'] = 'open'): SeenSocket => ({
      pid: 7,
      remote,
      state,
      unsent: 0,
      unread: 0,
    });
    const cache = socket('127.0.0.1:6379');
    const looks = Array.from({ length: 16 }, (_, second) => [
      look(second * 1000 + 100, { sockets: [cache, socket('127.0.0.1:9000')] }),
      look(second * 1000 + 600, { sockets: second < 2 ? [cache, socket('127.0.0.1:9000')] : [cache] }),
    ]).flat();
    assert.deepEqual(waitEvidence(looks, SLOW, NAMING), [
      'In 16 of 16 looks at slow requests it had a connection open to 127.0.0.1:6379, in 16 of 16 at other times.',
      'In 16 of 16 of them it had a connection open to 127.0.0.1:9000, in 2 of 16 at other times.',
    ]);
    const opening = [1, 2, 3].map((second) =>
      look(second * 1000 + 100, { sockets: [socket('[::1]:5432', 'opening')] }),
    );
    assert.deepEqual(waitEvidence(opening, SLOW, NAMING), [
      'In 3 of 3 looks at slow requests it was opening a connection to [::1]:5432.',
    ]);
  });

  test('over which connection an answer was awaited, where that is known', () => {
    const open = { pid: 7, remote: '127.0.0.1:9000', state: 'open', unsent: 0, unread: 0 } as const;
    const sockets = [open, open];
    const looks = [1, 2, 3, 4, 5].flatMap((second) => [
      look(second * 1000 + 100, { sockets, awaiting: [open] }),
      look(second * 1000 + 600, { sockets, awaiting: second === 2 ? [open] : [] }),
    ]);
    assert.deepEqual(waitEvidence(looks, SLOW, NAMING), [
      'In 5 of 5 looks at slow requests it awaited an answer from 127.0.0.1:9000, in 1 of 5 at other times.',
    ]);
    // To find out took so long that the request ended: the connection itself was seen in time.
    const late = looks.map((one, at) =>
      at === 0 ? { ...one, awaiting: { start: 1100, end: 1520, seen: [open] } } : one,
    );
    const slow = SLOW.slice(0, 4);
    assert.deepEqual(waitEvidence(late, slow, NAMING), [
      'In 3 of 3 looks at slow requests it had a connection open to 127.0.0.1:9000, in 7 of 7 at other times.',
    ]);
  });

  test('where tasks were suspended', () => {
    const task: SeenTask = {
      pid: 7,
      name: 'Task-4',
      frames: [at('read', '/usr/lib/python3.14/asyncio/streams.py', 700), FETCH],
    };
    const looks = [1, 2, 3, 4].map((second) => look(second * 1000 + 100, { tasks: [task] }));
    assert.deepEqual(waitEvidence(looks, SLOW, NAMING), [
      'In 4 of 4 looks at slow requests a task was suspended in `fetch_profile` (client.py:31).',
    ]);
  });

  test('nothing, where they were too few, or a slow request ended while they were taken', () => {
    const threads = [thread(false, RECV, FETCH)];
    const few = [1, 2].map((second) => look(second * 1000 + 100, { threads }));
    assert.deepEqual(waitEvidence(few, SLOW, NAMING), []);
    const late = [1, 2, 3, 4].map((second) => look(second * 1000 + 490, { threads }));
    assert.deepEqual(waitEvidence(late, SLOW, NAMING), []);
  });
});

test('samples of a lock taken in user code wait, once threads were seen to stand there and never to run', () => {
  const builder = new ProfileBuilder();
  const frame = (name: string, file: string) => builder.frame({ function: name, file, line: null, column: null });
  const lock = builder.stack(-1, frame('reserve', '/srv/pool.py'), 12);
  const work = builder.stack(-1, frame('encode', '/srv/codec.py'), 8);
  const main = builder.thread({ pid: 7, id: '1', name: '' });
  builder.sample(0, lock, main, 10, RUNNING);
  builder.sample(10, work, main, 10, RUNNING);
  const profile = builder.build('', 'ms', true);
  const standing = thread(false, at('reserve', '/srv/pool.py', 12));
  const running = (active: boolean) => thread(active, at('encode', '/srv/codec.py', 8));
  const looks = [1, 2, 3].map((second) => look(second * 1000, { threads: [standing, running(second === 1)] }));
  assert.deepEqual([...withSeenWaits(profile, looks).samples.state], [WAITING, RUNNING]);
  assert.deepEqual([...withSeenWaits(profile, looks.slice(1)).samples.state], [RUNNING, RUNNING]);
});
