import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAsyncioTree } from '../../src/profile/read/asyncio-tree.ts';

/** What Python's own documentation shows of `python -m asyncio pstree`, with a second event loop's tree after it. */
const PRINTED = `
└── (T) Task-1
    └──  main /srv/example.py:13
        └──  TaskGroup.__aexit__ Lib/asyncio/taskgroups.py:72
            └──  TaskGroup._aexit Lib/asyncio/taskgroups.py:121
                ├── (T) Sundowning
                │   └──  album /srv/example.py:8
                │       └──  TaskGroup.__aexit__ Lib/asyncio/taskgroups.py:72
                │           └──  TaskGroup._aexit Lib/asyncio/taskgroups.py:121
                │               ├── (T) TNDNBTG
                │               │   └──  play /srv/example.py:4
                │               │       └──  sleep Lib/asyncio/tasks.py:702
                │               └── (T) Levitate
                │                   └──  play /srv/example.py:4
                │                       └──  sleep Lib/asyncio/tasks.py:702
                └── (T) TMBTE
                    └──  album /srv/a folder/example.py:8
└── (T) Task-9 of (T) kind
    └──  <genexpr>
`;

test('tasks that wait for no other task are read, each with where it is suspended, innermost first', () => {
  const sleep = { function: 'sleep', file: 'Lib/asyncio/tasks.py', line: 702 };
  const play = { function: 'play', file: '/srv/example.py', line: 4 };
  assert.deepEqual(readAsyncioTree(PRINTED, 12), [
    { pid: 12, name: 'TNDNBTG', frames: [sleep, play] },
    { pid: 12, name: 'Levitate', frames: [sleep, play] },
    { pid: 12, name: 'TMBTE', frames: [{ function: 'album', file: '/srv/a folder/example.py', line: 8 }] },
    { pid: 12, name: 'Task-9 of (T) kind', frames: [{ function: '<genexpr>', file: null, line: null }] },
  ]);
});

test('of anything else nothing is read', () => {
  assert.deepEqual(readAsyncioTree('', 1), []);
  assert.deepEqual(
    readAsyncioTree('ERROR: await-graph contains cycles - cannot print a tree!\ncycle: a → b → a\n', 1),
    [],
  );
  assert.deepEqual(readAsyncioTree('└── (T) Task-1\n', 1), []);
});
