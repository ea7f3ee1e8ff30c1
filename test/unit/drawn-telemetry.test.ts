import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawnTelemetry } from '../../src/report/drawn-telemetry.ts';
import { TARGET_SERIES, TARGET_UNITS } from '../../src/telemetry/target-series.ts';

test('a limit that is far away and a queue that stays empty are not drawn; what others tell always is', () => {
  const drawn = (values: Partial<Record<keyof typeof TARGET_SERIES, number>>): string[] =>
    drawnTelemetry([
      ...(Object.keys(values) as (keyof typeof TARGET_SERIES)[]).map((key) => ({
        name: TARGET_SERIES[key],
        unit: TARGET_UNITS[key],
        at: [0, 500],
        values: [null, values[key]!],
      })),
      { name: 'vLLM waiting', unit: 'requests', at: [0], values: [0] },
    ]).map(({ name }) => name);
  const rest = { cpu: 0, memory: 10, machineCpu: 5, connections: 0, loopDelay: 0 };
  const always = ['target CPU', 'target memory', 'machine CPU', 'connections', 'event-loop delay', 'vLLM waiting'];
  assert.deepEqual(drawn({ ...rest, threads: 900, voluntarySwitches: 1e6, acceptQueue: 0, fds: 49 }), always);
  assert.deepEqual(drawn({ acceptQueue: 1, fds: 50, throttled: 40 }), [
    'accept queue',
    'file descriptors',
    'CPU throttled',
    'vLLM waiting',
  ]);
});
