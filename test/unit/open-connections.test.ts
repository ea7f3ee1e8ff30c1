import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAwaiting, parseConnections, parseUnixConnections } from '../../src/runner/target/open-connections.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     ';

test('connections are read with their other end and what stands in their queues', () => {
  const table = [
    HEADER,
    '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0000000000000000 100 0 0 10 0',
    '   1: 0100007F:D431 0100007F:2328 01 00000010:00000200 00:00000000 00000000  1000        0 41003 1 0000000000000000 20 4 30 10 -1',
    '   2: 0100007F:D432 0A0A0A0A:0050 02 00000001:00000000 01:00000064 00000000  1000        0 41004 2 0000000000000000 100 0 0 10 -1',
    '   3: 0100007F:D433 0100007F:2328 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000',
    '',
  ].join('\n');
  assert.deepEqual(parseConnections(table), [
    { remote: '127.0.0.1:9000', state: 'open', localPort: 54321, unsent: 16, unread: 512, inode: '41003' },
    { remote: '10.10.10.10:80', state: 'opening', localPort: 54322, unsent: 1, unread: 0, inode: '41004' },
  ]);
  const six =
    '   0: 00000000000000000000000001000000:D431 00000000000000000000000001000000:0BB8 01 00000000:00000000 00:00000000 00000000  1000 0 7 1 0 100 0 0 10 0';
  assert.equal(parseConnections([HEADER, six].join('\n'))[0]?.remote, '[::1]:3000');
});

test('a connection awaits an answer that has sent after it last received', () => {
  const line = (inode: number, times: string): string =>
    `ESTAB 0 0 127.0.0.1:35062 127.0.0.1:9000 ino:${inode} sk:1002 cgroup:/ <-> ts sack bbr wscale:10,10 rto:212 rtt:8.62/11.9 ${times} lastack:20 rcv_space:135130`;
  const printed = [
    line(1, 'lastsnd:40 lastrcv:1020'),
    line(2, 'lastsnd:1084 lastrcv:1020'),
    line(3, 'lastrcv:12'),
    line(4, 'lastsnd:8'),
    line(5, 'lastsnd:8 lastrcv:8'),
    '',
  ].join('\n');
  assert.deepEqual([...parseAwaiting(printed)], ['1', '3']);
});

test('of Unix sockets those that are named and not its own are connections', () => {
  const table = [
    'Num       RefCount Protocol Flags    Type St Inode Path',
    '0000000000000001: 00000002 00000000 00010000 0001 01 501 /run/app.sock',
    '0000000000000002: 00000003 00000000 00000000 0001 03 502 /run/app.sock',
    '0000000000000003: 00000003 00000000 00000000 0001 03 503',
    '0000000000000004: 00000003 00000000 00000000 0001 03 504 /run/cache.sock',
    '0000000000000005: 00000003 00000000 00000000 0001 03 505 /run/of-another.sock',
  ].join('\n');
  const own = new Set(['501', '502', '503', '504']);
  assert.deepEqual([...parseUnixConnections(table, own)], [['504', '/run/cache.sock']]);
});
