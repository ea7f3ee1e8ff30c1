import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProcessStat } from '../../src/runs/process-stat.ts';
import { parseThreadTimes } from '../../src/runs/thread-times.ts';
import {
  controlGroupFolders,
  isCpuLimited,
  parseMemoryLimit,
  parseReclaimable,
  parseThrottleTimes,
  throttledShare,
} from '../../src/telemetry/control-group.ts';
import { familyOf, type Relative, timeTaken } from '../../src/telemetry/family.ts';
import { GrowingSeries } from '../../src/telemetry/growing-series.ts';
import { parseMachineTimes, parseMemoryTaken } from '../../src/telemetry/machine-times.ts';
import { parseOpenFilesLimit, parseProcessStatus } from '../../src/telemetry/process-status.ts';
import { parsePsTable } from '../../src/telemetry/ps-table.ts';
import { findLocks, pythonMemory, waitsForLock } from '../../src/telemetry/python-lock.ts';
import { type ProcessLook, type TargetLook, targetFigures } from '../../src/telemetry/target-figures.ts';
import { listeningPart, portTraffic } from '../../src/telemetry/tcp-connections.ts';

const { NaN: UNKNOWN } = Number;

test('a process is read from /proc/PID/stat, whatever its name', () => {
  const rest =
    'S 29603 29603 25142 0 -1 4194304 103 0 0 0 1234 66 500 20 20 0 17 0 2473815 3133440 418 18446744073709551615';
  const expected = {
    pid: 29608,
    state: 'S',
    parent: 29603,
    ticks: 1300,
    childTicks: 520,
    threads: 17,
    started: 2473815,
  };
  for (const name of ['cat', 'tmux: server', 'a) R 1 (b', '']) {
    assert.deepEqual(parseProcessStat(`29608 (${name}) ${rest}\n`), expected);
  }
  assert.equal(parseProcessStat(''), null);
  assert.equal(parseProcessStat('29608 (cat) S 29603'), null);
});

test('a thread’s times are read from schedstat, and are unknown where the kernel does not count', () => {
  assert.deepEqual(parseThreadTimes('593302000 981412 2\n'), { ran: 593.302, waited: 0.981412, turns: 2 });
  assert.equal(parseThreadTimes('0 0 0\n'), null);
  assert.equal(parseThreadTimes(''), null);
});

test('status tells of memory, and of switches of one thread', () => {
  const text =
    'Name:\tpython\nVmPeak:\t  999 kB\nVmRSS:\t  204800 kB\nThreads:\t4\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t7\n';
  assert.deepEqual(parseProcessStatus(text), { resident: 200, voluntary: 150, involuntary: 7 });
  const ended = parseProcessStatus('Name:\tpython\nState:\tZ (zombie)\nvoluntary_ctxt_switches:\t1\n');
  assert.deepEqual(ended, { resident: 0, voluntary: 1, involuntary: UNKNOWN });
});

test('the limit of open files is the soft one', () => {
  const limits =
    'Limit                     Soft Limit           Hard Limit           Units     \n' +
    'Max open files            1024                 524288               files     \n' +
    'Max locked memory         8388608              8388608              bytes     \n';
  assert.equal(parseOpenFilesLimit(limits), 1024);
  assert.equal(parseOpenFilesLimit(limits.replace('1024  ', 'unlimited')), UNKNOWN);
});

test('the machine’s cores: what guests took is not counted twice, waiting for the disk is rest', () => {
  const text =
    'cpu  100 20 30 800 50 0 10 5 60 0\ncpu0 100 20 30 800 50 0 10 5 60 0\nintr 1 2 3\nbtime 1790000000\nprocesses 4711\nprocs_running 2\n';
  assert.deepEqual(parseMachineTimes(text), { taken: 165, total: 1015, begun: 4711 });
  assert.equal(parseMachineTimes(''), null);
  const memory = 'MemTotal:       24684084 kB\nMemFree:        1279496 kB\nMemAvailable:   6171021 kB\n';
  assert.equal(parseMemoryTaken(memory), 0.75);
  assert.equal(parseMemoryTaken(''), UNKNOWN);
});

test('control groups of both versions are found where they are mounted, the innermost first', () => {
  const second = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
  assert.deepEqual(controlGroupFolders('0::/system.slice/docker-1f.scope\n', second).cpu, [
    '/sys/fs/cgroup/system.slice/docker-1f.scope',
    '/sys/fs/cgroup/system.slice',
    '/sys/fs/cgroup',
  ]);
  const first =
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n' +
    '35 31 0:32 /docker/1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n' +
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n';
  const groups = '4:memory:/docker/1f\n2:cpu,cpuacct:/docker/1f\n0::/docker/1f\n';
  assert.deepEqual(controlGroupFolders(groups, first), {
    cpu: ['/sys/fs/cgroup/cpu,cpuacct/docker/1f', '/sys/fs/cgroup/cpu,cpuacct/docker', '/sys/fs/cgroup/cpu,cpuacct'],
    memory: ['/sys/fs/cgroup/memory'],
  });
  // From within a container the groups outside of it are told like this.
  assert.deepEqual(controlGroupFolders('0::/../other\n', second).cpu, ['/sys/fs/cgroup']);
  assert.deepEqual(controlGroupFolders('', ''), { cpu: [], memory: [] });
});

test('limits and what they kept are read in both versions', () => {
  assert.deepEqual(['200000 100000\n', 'max 100000\n', '50000\n', '-1\n', ''].map(isCpuLimited), [
    true,
    false,
    true,
    false,
    false,
  ]);
  assert.deepEqual(['max\n', '536870912\n', '9223372036854771712\n', ''].map(parseMemoryLimit), [
    null,
    536870912,
    null,
    null,
  ]);
  assert.deepEqual(
    parseThrottleTimes(
      'usage_usec 5000000\nuser_usec 4000000\nnr_periods 10\nnr_throttled 9\nthrottled_usec 7000000\n',
    ),
    { throttled: 7000, taken: 5000 },
  );
  assert.deepEqual(parseThrottleTimes('nr_periods 10\nnr_throttled 9\nthrottled_time 7000000000\n'), {
    throttled: 7000,
    taken: UNKNOWN,
  });
  // The group of the whole machine, which cannot have a limit.
  assert.equal(parseThrottleTimes('usage_usec 5000000\nuser_usec 4000000\nsystem_usec 1000000\n'), null);
  assert.equal(parseReclaimable('cache 9\ninactive_file 1000\nactive_file 3\ntotal_inactive_file 4000\n'), 4000);
  assert.equal(parseReclaimable('anon 5\ninactive_file 1000\n'), 1000);
  assert.equal(parseReclaimable(''), 0);
});

test('what a limit kept is a share of time: of one core, of several at once, and of a group that mostly rests', () => {
  const none = { throttled: 0, taken: 0 };
  assert.equal(throttledShare(none, { throttled: 500, taken: 500 }, 1000), 0.5);
  // Four threads with two cores: half of each period all four run, and half of it none does.
  assert.equal(throttledShare(none, { throttled: 2000, taken: 2000 }, 1000), 0.5);
  assert.equal(throttledShare(none, { throttled: 50, taken: 50 }, 1000), 0.05);
  assert.equal(throttledShare(none, none, 1000), 0);
  assert.equal(throttledShare(none, { throttled: 700, taken: UNKNOWN }, 1000), 0.7);
});

test('a family is all that came of a process, also those whose parent has gone', () => {
  const parents = new Map([
    [1, 0],
    [10, 1],
    [11, 10],
    [12, 11],
    [20, 1],
    [21, 20],
  ]);
  assert.deepEqual([...familyOf([10], parents)].sort(), [10, 11, 12]);
  parents.delete(11);
  parents.set(12, 1);
  assert.deepEqual([...familyOf([10, 11, 12], parents)].sort(), [10, 12]);
  assert.deepEqual([...familyOf([99], parents)], []);
  assert.deepEqual(
    [
      ...familyOf(
        [10],
        new Map([
          [10, 5],
          [5, 6],
          [6, 5],
        ]),
      ),
    ],
    [10],
  );
});

test('CPU time of a family never goes backwards because a child ended, and holds what it took', () => {
  const relative = (parent: number, taken: number, ofChildren = 0, started = 1): Relative => ({
    parent,
    taken,
    ofChildren,
    started,
  });
  const looks: ReadonlyMap<number, Relative>[] = [
    new Map([[10, relative(1, 1000, 50)]]),
    // A child came: 200 of its own.
    new Map([
      [10, relative(1, 1100, 50)],
      [11, relative(10, 200)],
    ]),
    // It has a child in turn.
    new Map([
      [10, relative(1, 1100, 50)],
      [11, relative(10, 250)],
      [12, relative(11, 30)],
    ]),
    // Both ended after 20 and 10 more, and were waited for; another came and went unseen: 40.
    new Map([[10, relative(1, 1100, 50 + 250 + 20 + 30 + 10 + 40)]]),
    // One came, and went without being waited for: what it took last is not known, and nothing is taken back.
    new Map([
      [10, relative(1, 1100, 400)],
      [13, relative(10, 500)],
    ]),
    new Map([[10, relative(1, 1150, 400)]]),
    // Another process of the same number.
    new Map([
      [10, relative(1, 1150, 400)],
      [13, relative(10, 70, 0, 2)],
    ]),
  ];
  const taken = looks.slice(1).map((look, at) => timeTaken(looks[at]!, look));
  assert.deepEqual(taken, [300, 80, 70, 500, 50, 70]);
});

test('figures of the time between two looks', () => {
  const thread = (at: number, ran: number, waited: number, voluntary: number, involuntary: number) => ({
    at,
    ran,
    waited,
    voluntary,
    involuntary,
  });
  const process = (parts: Partial<ProcessLook>): ProcessLook => ({
    parent: 1,
    started: 7,
    taken: 0,
    ofChildren: 0,
    resident: 100,
    threadCount: 1,
    fds: 10,
    fdLimit: 1000,
    threads: new Map(),
    ...parts,
  });
  const before: TargetLook = {
    at: 1000,
    processes: new Map([[10, process({ taken: 5000, threads: new Map([[10, thread(1000, 5000, 10, 100, 1)]]) })]]),
    machine: { taken: 100, total: 400, begun: 1 },
    memoryTaken: 0.5,
    throttling: [{ throttled: 0, taken: 0 }],
    connections: 3,
    unaccepted: 0,
  };
  const threads = new Map([
    [10, thread(1500, 5450, 60, 150, 2)],
    // Began since: what it has is of this time.
    [12, thread(1500, 100, 0, 5, 0)],
  ]);
  const after: TargetLook = {
    ...before,
    at: 1500,
    processes: new Map([
      [10, process({ taken: 5550, threadCount: 2, threads })],
      [11, process({ parent: 10, started: 9, taken: 50, resident: 20, fds: 900, fdLimit: 1000 })],
    ]),
    machine: { taken: 190, total: 500, begun: 4 },
    memoryTaken: 0.25,
    throttling: [{ throttled: 100, taken: 900 }],
    connections: UNKNOWN,
    unaccepted: 4,
  };
  assert.deepEqual(targetFigures(before, after), {
    cpu: 1.2,
    busiestThread: 0.9,
    waitingForCore: 0.1,
    voluntarySwitches: 110,
    involuntarySwitches: 2,
    throttled: 10,
    memory: 120,
    threads: 3,
    fds: 90,
    acceptQueue: 4,
    machineCpu: 90,
    machineMemory: 25,
  });
  const untold = process({ taken: 100, threadCount: UNKNOWN, fds: UNKNOWN, fdLimit: UNKNOWN });
  const bare: TargetLook = {
    ...before,
    machine: null,
    memoryTaken: UNKNOWN,
    throttling: [],
    connections: UNKNOWN,
    unaccepted: UNKNOWN,
  };
  const earlier = { ...bare, processes: new Map([[10, untold]]) };
  const later = { ...bare, at: 3000, processes: new Map([[10, { ...untold, taken: 1100 }]]) };
  assert.deepEqual(targetFigures(earlier, later), { cpu: 0.5, memory: 100 });
});

test('connections to a port and those not accepted are told apart from all others', () => {
  const rows = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000011 00:00000000 00000000     0        0 18 1 0000000000000000 100 0 0 10 0',
    '   1: 00000000:0016 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 15 1 0000000000000000 100 0 0 10 0',
    '   2: 0100007F:1F40 0100007F:B68F 01 00000000:00000000 00:00000000 00000000     0        0 19 1 0000000000000000 20 4 30 10 -1',
    '   3: 0100007F:1F40 0100007F:B690 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 20 4 30 10 -1',
    // The other end of a connection, one that is being closed, one that rests.
    '   4: 0100007F:B68F 0100007F:1F40 01 00000000:00000000 00:00000000 00000000     0        0 20 1 0000000000000000 20 4 30 10 -1',
    '   5: 0100007F:1F40 0100007F:B691 08 00000000:00000001 00:00000000 00000000     0        0 21 1 0000000000000000 20 4 30 10 -1',
    '   6: 0100007F:1F40 0100007F:B692 06 00000000:00000000 03:0000059D 00000000     0        0 0 3 0000000000000000',
  ];
  const table = `${rows.join('\n')}\n`;
  assert.deepEqual(portTraffic(table, new Set([8000])), { connections: 2, unaccepted: 17, listeners: 1 });
  assert.deepEqual(portTraffic('', new Set([8000])), { connections: 0, unaccepted: 0, listeners: 0 });
  const part = table.slice(0, listeningPart(table));
  assert.equal(part, `${rows.slice(0, 3).join('\n')}\n`);
  assert.deepEqual(portTraffic(part, new Set([8000])), { connections: 0, unaccepted: 17, listeners: 1 });
  assert.equal(listeningPart(''), 0);
});

test('ps is read as macOS and as Linux print times', () => {
  const text =
    '    1     0   9216   0:12.34\n  501     1 204800 123:45.67\n  502   501   1024 01:02:03\n  503   501      0 2-00:00:01\nnothing\n';
  assert.deepEqual(parsePsTable(text), [
    { pid: 1, parent: 0, resident: 9, taken: 12_340 },
    { pid: 501, parent: 1, resident: 200, taken: 7_425_670 },
    { pid: 502, parent: 501, resident: 1, taken: 3_723_000 },
    { pid: 503, parent: 501, resident: 0, taken: 172_801_000 },
  ]);
});

const MAPS = `55d0c0000000-55d0c0200000 r--p 00000000 fe:00 1001                       /usr/bin/python3.11
55d0c0600000-55d0c0610000 r--p 00600000 fe:00 1001                       /usr/bin/python3.11
55d0c0610000-55d0c0640000 rw-p 00610000 fe:00 1001                       /usr/bin/python3.11
55d0c0640000-55d0c0660000 rw-p 00000000 00:00 0 
55d0c1000000-55d0c2000000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000001000 rw-p 00000000 fe:00 1002                       /usr/lib/python3.11/lib-dynload/_json.cpython-311.so
7f0000001000-7f0000002000 rw-p 00000000 00:00 0 
7f0000100000-7f0000200000 rw-p 00000000 fe:00 1003                       /opt/lib/libpython3.12.so.1.0
`;

test('Python’s static memory is its own and what follows it, not its modules’ nor the heap', () => {
  assert.deepEqual(pythonMemory(MAPS), [
    { start: 0x55d0c0610000, end: 0x55d0c0640000 },
    { start: 0x55d0c0640000, end: 0x55d0c0660000 },
    { start: 0x7f0000100000, end: 0x7f0000200000 },
  ]);
  assert.deepEqual(pythonMemory('55d0c0000000-55d0c0200000 rw-p 00000000 fe:00 1001   /usr/bin/node\n'), []);
});

test('the interpreter’s lock is known by its fields, and nothing else is taken for it', () => {
  const memory = Buffer.alloc(4096);
  const write = (at: number, [interval, holder, locked, handed]: readonly [bigint, bigint, bigint, bigint]): void => {
    memory.writeBigUInt64LE(interval, at);
    memory.writeBigUInt64LE(holder, at + 8);
    memory.writeBigUInt64LE(locked, at + 16);
    memory.writeBigUInt64LE(handed, at + 24);
  };
  const holder = 0x55d0c1234560n;
  write(1024, [5000n, holder, 1n, 77n]);
  const others: [number, [bigint, bigint, bigint, bigint]][] = [
    [256, [5000n, 3n, 1n, 77n]],
    [512, [5000n, holder, 2n, 77n]],
    [1540, [5000n, holder, 1n, 77n]],
    [2048, [5000n, holder, 0n, 0n]],
    [2560, [4000n, holder, 1n, 77n]],
    [4096 - 32, [5000n, holder, 1n, 77n]],
  ];
  for (const [at, fields] of others) write(at, fields);
  assert.deepEqual(findLocks(memory), [1024]);
  write(3072, [5000n, holder + 8n, 0n, 1n]);
  assert.deepEqual(findLocks(memory), [1024, 3072]);
});

test('a thread waits for the lock where it sleeps on something within it', () => {
  const lock = 0x55d0c0641000;
  const call = (address: number): string =>
    `202 0x${address.toString(16)} 0x189 0x0 0x7ffd 0x0 0xffffffff 0x7ffd 0x7f\n`;
  assert.equal(waitsForLock(call(lock + 72), lock, 'x64'), true);
  assert.equal(waitsForLock(call(lock + 72), lock, 'arm64'), false);
  assert.equal(waitsForLock(call(lock + 72).replace('202', '98'), lock, 'arm64'), true);
  assert.equal(waitsForLock(call(lock - 4), lock, 'x64'), false);
  assert.equal(waitsForLock(call(lock + 4096), lock, 'x64'), false);
  assert.equal(waitsForLock(call(lock + 72).replace('202', '232'), lock, 'x64'), false);
  assert.equal(waitsForLock('running\n', lock, 'x64'), false);
  assert.equal(waitsForLock('', lock, 'x64'), false);
});

test('a series is told live once, and whole at the end', () => {
  const series = new GrowingSeries();
  assert.deepEqual(series.takeNews(), []);
  series.add('target CPU', 'cores', 500, 1);
  series.add('connections', 'connections', 500, 4);
  series.add('target CPU', 'cores', 1000, 2);
  const told = series.takeNews().map(({ name, time, values }) => [name, [...time], [...values]]);
  assert.deepEqual(told, [
    ['target CPU', [500, 1000], [1, 2]],
    ['connections', [500], [4]],
  ]);
  series.add('target CPU', 'cores', 1500, 3);
  assert.deepEqual(
    series.takeNews().map(({ values }) => [...values]),
    [[3]],
  );
  assert.deepEqual(
    series.all.map(({ name, labels, unit, values }) => ({ name, labels, unit, values: [...values] })),
    [
      { name: 'target CPU', labels: {}, unit: 'cores', values: [1, 2, 3] },
      { name: 'connections', labels: {}, unit: 'connections', values: [4] },
    ],
  );
});
