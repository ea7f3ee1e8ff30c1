import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { resolveHost } from '../../src/load/http/transport.ts';
import { parseSocketTable, socketsFor } from '../../src/runner/target/listening-socket.ts';
import { reachedAt } from '../../src/runner/target/local-server.ts';
import { parseLsof, parseLsofAddress } from '../../src/runner/target/lsof-output.ts';
import { outgoingConnections } from '../../src/runner/target/outgoing-connections.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     ';

test('sockets that listen are read from the kernel, with their address as people write it', () => {
  const table = [
    HEADER,
    '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0000000000000000 100 0 0 10 0',
    '   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41002 1 0000000000000000 100 0 0 10 0',
    '   2: 0100007F:1F40 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 41003 1 0000000000000000 20 4 30 10 -1',
    '',
  ].join('\n');
  assert.deepEqual(parseSocketTable(table), [
    { address: '127.0.0.1', port: 8000, inode: '41001' },
    { address: '0.0.0.0', port: 80, inode: '41002' },
  ]);
});

test('IPv6 addresses are read too', () => {
  const row = (address: string): string =>
    `   0: ${address}:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 7 1 0 100 0 0 10 0`;
  const addressOf = (address: string): string | undefined =>
    parseSocketTable([HEADER, row(address)].join('\n'))[0]?.address;
  assert.equal(addressOf('00000000000000000000000000000000'), '::');
  assert.equal(addressOf('00000000000000000000000001000000'), '::1');
  assert.equal(addressOf('0000000000000000FFFF00000100007F'), '127.0.0.1');
  assert.equal(addressOf('B80D0120000000000000000001000000'), '2001:db8::1');
});

test('what comes to an address is given to the socket that is bound to it, else to one that is bound to all', () => {
  const socket = (address: string, port = 8000) => ({ address, port });
  const found = (address: string, family: 4 | 6, ...sockets: { address: string; port: number }[]): string[] =>
    socketsFor(sockets, { address, family }, 8000).map((one) => one.address);
  const both = [socket('::1'), socket('127.0.0.1')];
  assert.deepEqual(found('127.0.0.1', 4, ...both), ['127.0.0.1']);
  assert.deepEqual(found('::1', 6, ...both), ['::1']);
  assert.deepEqual(found('127.0.0.1', 4, socket('0.0.0.0'), socket('::'), ...both), ['127.0.0.1']);
  assert.deepEqual(found('127.0.0.1', 4, socket('::'), socket('0.0.0.0')), ['0.0.0.0']);
  assert.deepEqual(found('127.0.0.1', 4, socket('::'), socket('::1')), ['::']);
  assert.deepEqual(found('::1', 6, socket('0.0.0.0'), socket('127.0.0.1')), []);
  assert.deepEqual(found('127.0.0.1', 4, socket('127.0.0.1', 8001)), []);
});

test('what comes to an IPv4 address that is written as one of IPv6 is given to the socket of the IPv4 address', async () => {
  const address = await resolveHost(new URL('http://[::ffff:127.0.0.1]:8000/'));
  assert.deepEqual(address, { address: '127.0.0.1', family: 4 });
  const tunnel = { address: '127.0.0.1', port: 8000 };
  assert.deepEqual(socketsFor([{ address: '::1', port: 8000 }, tunnel], address!, 8000), [tunnel]);
});

test('of several addresses of a name that is taken which something listens at, else an IPv4 one', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const both = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  const url = new URL(`http://localhost:${port}`);
  assert.deepEqual(await resolveHost(url, async () => both), both[1]);
  const elsewhere = { address: '127.0.0.9', family: 4 };
  assert.deepEqual(await resolveHost(url, async () => [elsewhere, both[1]!]), both[1], 'the first is asked first');
  assert.deepEqual(await resolveHost(url, async () => [elsewhere]), elsewhere, 'one alone is taken as it is');
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(await resolveHost(url, async () => both), both[1]);
  assert.equal(await resolveHost(url, () => Promise.reject(new Error('unknown'))), null);
});

test('a port is reached at an address it is bound to', () => {
  assert.equal(reachedAt(['127.0.0.1']), '127.0.0.1');
  assert.equal(reachedAt(['0.0.0.0', '::']), '127.0.0.1');
  assert.equal(reachedAt(['::']), '[::1]');
  assert.equal(reachedAt(['192.168.1.5']), '192.168.1.5');
});

test('what lsof prints is read by process', () => {
  const output = 'p811\nf7\nn127.0.0.1:8000\nf9\nn*:8001\np812\nfcwd\nn/srv/shop with blanks\n';
  assert.deepEqual(parseLsof(output), [
    { pid: 811, name: '127.0.0.1:8000' },
    { pid: 811, name: '*:8001' },
    { pid: 812, name: '/srv/shop with blanks' },
  ]);
  assert.deepEqual(parseLsofAddress('*:8001'), { address: '0.0.0.0', port: 8001 });
  assert.deepEqual(parseLsofAddress('[::1]:80'), { address: '::1', port: 80 });
  assert.equal(parseLsofAddress('/srv/shop'), null);
  assert.deepEqual(parseLsof(''), []);
});

test('connections that a process makes are told by where they lead, and those it was asked over are none', () => {
  const row = (local: string, remote: string, state: string, inode: number): string =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
  const tcp = [
    HEADER,
    row('0100007F:1F40', '00000000:0000', '0A', 1),
    row('0100007F:1F40', '0100007F:D431', '01', 2),
    row('0100007F:A001', '0100007F:1538', '01', 3),
    row('0100007F:A002', '0100007F:1538', '01', 4),
    row('0100007F:A003', '0100007F:1538', '06', 5),
    row('0100007F:A004', '0100007F:1538', '01', 99),
    '',
  ].join('\n');
  const remote = 'B80D0120000000000000000001000000:01BB';
  const tcp6 = [HEADER, row('B80D0120000000000000000002000000:A005', remote, '01', 6), ''].join('\n');
  const own = new Set(['1', '2', '3', '4', '5', '6']);
  assert.deepEqual(
    [...outgoingConnections([tcp, tcp6], own)],
    [
      ['127.0.0.1:5432', 2],
      ['[2001:db8::1]:443', 1],
    ],
  );
  assert.equal(outgoingConnections([], own).size, 0);
});
