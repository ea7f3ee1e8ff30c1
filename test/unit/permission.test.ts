import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import { isThisMachine } from '../../src/load/http/this-machine.ts';
import { carrierOf, requirePermission } from '../../src/runner/permission.ts';

test('this machine is loopback and its own addresses, nothing else', () => {
  const own = Object.values(os.networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => address);
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.1', '::1', 'api.localhost', ...own]) {
    assert.equal(isThisMachine(host), true, host);
  }
  for (const host of ['example.com', '8.8.8.8', '2001:4860:4860::8888', 'localhost.example.com', '0.0.0.0.example']) {
    assert.equal(isThisMachine(host), false, host);
  }
});

test('a tunnel or proxy is known by its executable or by the name it was started under', () => {
  assert.equal(carrierOf({ executable: '/usr/bin/ssh', args: ['ssh', '-L', '8000:x:80'] }), 'an SSH tunnel');
  assert.equal(carrierOf({ executable: '/bin/busybox', args: ['socat'] }), 'a relay (socat)');
  assert.equal(carrierOf({ executable: '/usr/sbin/nginx', args: ['nginx: master process'] }), 'a proxy (nginx)');
  assert.equal(carrierOf({ executable: '/usr/bin/python3', args: ['python3', 'ssh.py'] }), null);
});

test('where hosts led is told with the permission, and is not asked again', async () => {
  const known = { 'http://localhost:9': { address: '127.0.0.2', family: 4 } } as const;
  const { addresses } = await requirePermission(['http://localhost:9', 'http://127.0.0.1:9'], null, [], known);
  assert.deepEqual(addresses, { ...known, 'http://127.0.0.1:9': { address: '127.0.0.1', family: 4 } });
  const elsewhere = { 'http://api.localhost:9': { address: '192.0.2.7', family: 4 } } as const;
  await assert.rejects(requirePermission(['http://api.localhost:9'], null, [], elsewhere), {
    code: 2,
    message: /^api\.localhost leads to 192\.0\.2\.7, which is not this machine/,
  });
  await assert.rejects(requirePermission(['http://example.com'], null, []), { code: 2, host: 'example.com' });
});
