import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { test } from 'node:test';
import { InspectorSession, listedSession } from '../../src/profile/capture/inspector.ts';
import { TargetInspector } from '../../src/runner/target/target-inspector.ts';
import { TargetTelemetry } from '../../src/runner/telemetry/target-telemetry.ts';
import { takeOrigin } from '../../src/runs/clock.ts';
import { FakeInspector } from '../support/fake-inspector.ts';
import { until } from '../support/until.ts';

test('a session waits for a busy target as long as it takes, and where it is given a limit no longer', async (t) => {
  let release = (): void => {};
  const isFree = new Promise<void>((resolve) => {
    release = resolve;
  });
  const inspector = await FakeInspector.start(async () => {
    await isFree;
    return { result: {} };
  });
  const session = await InspectorSession.connect(inspector.url, () => {});
  try {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const patient = session.send('Runtime.evaluate');
    const limited = session.send('Runtime.evaluate', {}, 20_000);
    t.mock.timers.tick(60_000);
    t.mock.timers.reset();
    await assert.rejects(limited, {
      message: "The target's inspector did not answer within 20 s: does its main thread stand still?",
    });
    release();
    assert.deepEqual(await patient, {});
  } finally {
    session.close();
    inspector.close();
  }
});

test('a target that tells no more of its event loop is let go of', async () => {
  const inspector = await FakeInspector.start(({ method }) =>
    method === 'Runtime.evaluate'
      ? { result: { result: { objectId: '1' } } }
      : { error: { message: 'Could not find object with given id' } },
  );
  const telemetry = new TargetTelemetry(new TargetInspector(inspector.url), true, () => {});
  try {
    await telemetry.begin({ folder: os.tmpdir(), origin: takeOrigin(), target: null, now: () => performance.now() });
    assert.equal(inspector.begun, 1);
    await until('the end of the session', 5000, () => (inspector.ended === 1 ? true : null));
  } finally {
    telemetry.abandon();
    inspector.close();
  }
});

test('a port whose answer has no end is no inspector, and is not waited for', async (context) => {
  const server = http.createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    const more = setInterval(() => response.write('["data",'), 5);
    response.on('close', () => clearInterval(more));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  context.after(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  assert.equal(await listedSession(`http://127.0.0.1:${port}`, 60_000), null);
  await assert.rejects(
    InspectorSession.connect(`http://127.0.0.1:${port}`, () => {}),
    {
      message: `No inspector answers at http://127.0.0.1:${port}. Start Node with --inspect, or give its ws:// address.`,
    },
  );
});
