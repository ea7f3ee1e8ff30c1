import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeriesChoice } from '../../src/runs/series-choice.ts';
import { DCGM_SERIES } from '../../src/telemetry/default-series.ts';
import { gpuActivity } from '../../src/telemetry/gpu-activity.ts';
import { PrometheusReader } from '../../src/telemetry/prometheus-text.ts';
import { ScrapedSeries } from '../../src/telemetry/scraped-series.ts';
import { SeriesBuilder } from '../../src/telemetry/series-builder.ts';

const LABELS =
  'gpu="1",UUID="GPU-2b",pci_bus_id="00000000:3B:00.0",device="nvidia1",modelName="NVIDIA H100 80GB HBM3",Hostname="node-7"';
const page = (engine: number, bytes: number): string =>
  [
    '# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).',
    '# TYPE DCGM_FI_DEV_GPU_UTIL gauge',
    `DCGM_FI_DEV_GPU_UTIL{${LABELS}} 100`,
    '# TYPE DCGM_FI_PROF_GR_ENGINE_ACTIVE gauge',
    `DCGM_FI_PROF_GR_ENGINE_ACTIVE{${LABELS}} ${engine.toFixed(6)}`,
    '# TYPE DCGM_FI_PROF_PCIE_TX_BYTES counter',
    `DCGM_FI_PROF_PCIE_TX_BYTES{${LABELS}} ${bytes}`,
    '# TYPE DCGM_FI_DEV_POWER_USAGE gauge',
    `DCGM_FI_DEV_POWER_USAGE{${LABELS}} 412.5`,
    '',
  ].join('\n');

test('what the DCGM exporter tells has its units, and its engines tell how busy a GPU was though its utilisation is 100 %', () => {
  const scraped = new ScrapedSeries(new SeriesChoice(DCGM_SERIES), false, {});
  const names: { name: string; labels: Readonly<Record<string, string>>; unit: string }[] = [];
  const builder = new SeriesBuilder();
  for (let second = 1; second <= 12; second++) {
    const reader = new PrometheusReader(scraped.wants, (sample) => scraped.add(sample, reader.typeOf));
    reader.push(page(second / 100, 1e9 - second));
    reader.end();
    const { added, values } = scraped.end(second * 1000);
    names.push(...added);
    values.forEach((value, at) => {
      const { name, labels, unit } = names[at]!;
      builder.add(name, labels, unit, second * 1000, value);
    });
  }
  const series = builder.build();
  assert.deepEqual(Object.fromEntries(series.map(({ name, unit }) => [name, unit])), {
    DCGM_FI_DEV_GPU_UTIL: '%',
    DCGM_FI_PROF_GR_ENGINE_ACTIVE: '',
    DCGM_FI_PROF_PCIE_TX_BYTES: 'B/s',
    DCGM_FI_DEV_POWER_USAGE: 'W',
  });
  // It is a rate already, whatever the exporter calls it.
  assert.equal(series.find(({ unit }) => unit === 'B/s')!.values[3], 1e9 - 4);
  const [gpu, ...others] = gpuActivity(series);
  assert.equal(others.length, 0);
  assert.deepEqual([gpu!.gpu, gpu!.name, gpu!.source, gpu!.window], ['1', 'NVIDIA H100 80GB HBM3', 'engine', 1000]);
  assert.deepEqual([...gpu!.values.slice(0, 3)], [0.01, 0.02, 0.03]);
});
