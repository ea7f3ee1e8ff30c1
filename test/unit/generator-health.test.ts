import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import test from 'node:test';
import { GeneratorHealth } from '../../src/load/generate/generator-health.ts';

const CONNECTIONS = 300;
const hasIpv6 = Object.values(os.networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

test('connections over IPv6 use up local ports too', { skip: process.platform !== 'linux' || !hasIpv6 }, async () => {
  const server = net.createServer().listen(0, '::1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const health = new GeneratorHealth();
  const sockets: net.Socket[] = [];
  try {
    const before = health.sample(0, 0, 0).ports!.used;
    for (let i = 0; i < CONNECTIONS; i++) {
      const socket = net.connect(port, '::1');
      sockets.push(socket);
      await once(socket, 'connect');
    }
    // Others come and go meanwhile.
    const more = health.sample(1000, CONNECTIONS, 0).ports!.used - before;
    assert.ok(more > CONNECTIONS / 2, `${more} more`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    health.close();
  }
});
