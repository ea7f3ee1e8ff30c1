import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { gpuIdleFinding, gpuIdleSteps } from '../../src/correlate/gpu-idle.ts';
import { flightTime } from '../../src/correlate/shares.ts';
import { readSamples, SAMPLES_FILE } from '../../src/profile/sample-parquet.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { targetActivity } from '../../src/telemetry/gpu-activity.ts';
import { readNvidiaSmi, type SmiRecording } from '../../src/telemetry/nvidia-smi.ts';
import { gpuTruth } from '../support/gpu-truth.ts';

/** Runs of `npm run bench -- gpu-tokenizer`: what nvidia-smi said, py-spy's samples, and what the service wrote of what it did when. */
for (const gpu of ['h100', 'h200']) {
  const text = (file: string): Promise<string> => readFile(path.resolve('test/data', `${gpu}-tokenizer`, file), 'utf8');
  const recorded = async (): Promise<Pick<RunDocument, 'phases' | 'clock'>> => JSON.parse(await text('run.json'));
  const told = async (file: string): Promise<SmiRecording> => {
    const { phases, clock } = await recorded();
    return readNvidiaSmi(await text(file), clock.unixMs, phases.at(-1)!.end);
  };

  test(`on a real ${gpu} that waits for a tokenizer the tokenizer is named, with the shares that the service tells`, async () => {
    const run = await recorded();
    const phase = run.phases.find((span) => span.phase === 'profiled')!;
    const { series, trouble } = await told('nvidia-smi.csv');
    assert.equal(trouble, null);
    const profile = await readSamples(path.resolve('test/data', `${gpu}-tokenizer`, SAMPLES_FILE), 'recorded');
    const isUserCode = ({ file }: { file: string | null }): boolean => file?.endsWith('gpu_text_server.py') === true;
    const { finding, note } = gpuIdleFinding({ profile, phase, isUserCode, seed: 1 }, series);
    const truth = gpuTruth(await text('did.txt'), run);
    const { tail: idle, rest: busy } = flightTime(gpuIdleSteps(targetActivity(series).gpus), phase);
    const idleShare = idle / (idle + busy);
    assert.ok(Math.abs(idleShare - truth.idle) < 0.04, `${idleShare} of ${truth.idle}`);
    assert.ok(finding, note ?? '');
    assert.match(finding.function!, /^(merge|tokenize|tokenize_document)$/);
    assert.ok(finding.tailShare! > 0.7 * truth.tokenizesWhileIdle && finding.restShare! < 0.2, finding.sentence);
  });

  test(`dmon, pmon and the processes of a real ${gpu} say the same`, async () => {
    const [dmon, pmon, apps] = await Promise.all(
      ['nvidia-smi-dmon.txt', 'nvidia-smi-pmon.txt', 'nvidia-smi-apps.csv'].map(told),
    );
    assert.deepEqual([dmon!.trouble, pmon!.trouble, apps!.trouble], [null, null, null]);
    const meanOf = ({ series }: SmiRecording, name: string): number => {
      const values = [...series.find((one) => one.name === name)!.values];
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    const { series } = await told('nvidia-smi.csv');
    const busy = [...series.find(({ name }) => name === 'GPU utilisation')!.values];
    const mean = busy.reduce((sum, value) => sum + value, 0) / busy.length;
    assert.ok(
      Math.abs(meanOf(dmon!, 'GPU utilisation') - mean) < 0.15,
      `${meanOf(dmon!, 'GPU utilisation')} of ${mean}`,
    );
    assert.ok(meanOf(pmon!, 'GPU utilisation of a process') > 0.1);
    assert.ok(meanOf(apps!, 'GPU memory of a process') > 1000);
  });
}
