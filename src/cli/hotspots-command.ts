import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { gpuIdleWeights } from '../correlate/gpu-idle.ts';
import { hotspots } from '../profile/hotspots.ts';
import { type Profile, ProfileError } from '../profile/profile.ts';
import { readProfile } from '../profile/read/recognise.ts';
import { type HotspotsDocument, hotspotsDocument } from '../report/hotspots-document.ts';
import { hotspotsText } from '../report/hotspots-text.ts';
import { openRequests, openRun, openSamples, openTelemetry } from '../runner/open-run.ts';
import { objectiveLimit } from '../runner/slow-lines.ts';
import { slowViews } from '../runner/slow-views.ts';

const TITLES = {
  all: 'all samples',
  tail: 'while slow requests were in flight',
  'gpu-idle': 'while the GPU was idle',
};

interface HotspotsOptions {
  tail?: true;
  gpuIdle?: true;
  json?: true;
}

export function hotspotsCommand(): Command {
  return new Command('hotspots')
    .description('Show where the time went in a run or a profile: by function and by line, hottest first.')
    .argument('<file|run>', 'a profile, or a folder from .tailflame/runs')
    .option('--tail', 'only as far as slow requests were in flight')
    .option('--gpu-idle', 'only as far as the GPU was idle')
    .option('--json', 'print one JSON document')
    .action(async (source: string, options: HotspotsOptions) => {
      const view = options.tail ? 'tail' : options.gpuIdle ? 'gpu-idle' : 'all';
      const folder = (await stat(source).catch(() => null))?.isDirectory() === true;
      const document = folder ? await ofRun(source, view) : await ofFile(source, view);
      const title = `${source}: ${TITLES[view]}, what ran`;
      process.stdout.write(
        options.json ? `${JSON.stringify(document, null, 2)}\n` : hotspotsText(document, title, process.cwd()),
      );
    });
}

async function ofRun(folder: string, view: HotspotsDocument['view']): Promise<HotspotsDocument> {
  const run = await openRun(folder);
  const profile = await openSamples(folder);
  if (profile === null) throw new ProfileError(`${folder} was run without a profile; add --profile auto.`);
  if (view === 'all') return hotspotsDocument(hotspots(profile), view, profile.unit);
  if (view === 'tail') {
    const requests = await openRequests(run, 'profiled');
    const views = slowViews(profile, requests, objectiveLimit(run.plan));
    return hotspotsDocument(hotspots(profile, views.tail), view, profile.unit);
  }
  const { gpus } = await openTelemetry(folder);
  if (gpus.length === 0)
    throw new ProfileError(`${folder} knows of no GPU; add --gpu with a CSV recorded by nvidia-smi.`);
  return hotspotsDocument(hotspots(profile, gpuIdleWeights(profile, gpus)), view, profile.unit);
}

async function ofFile(file: string, view: HotspotsDocument['view']): Promise<HotspotsDocument> {
  if (view !== 'all')
    throw new ProfileError(`--${view} needs a run: a profile alone does not say what happened meanwhile.`);
  const content = await readFile(file).catch((error: Error) => {
    throw new ProfileError(`${file} cannot be read: ${error.message}.`);
  });
  const profiles = readProfile(content, path.basename(file));
  return hotspotsDocument(hotspots(hottest(profiles)), 'all', profiles[0]!.unit);
}

/** Of several profiles in one file the one with the most weight: the busiest thread. */
function hottest(profiles: readonly Profile[]): Profile {
  const weight = ({ samples }: Profile): number => samples.weight.reduce((sum, value) => sum + value, 0);
  return profiles.reduce((best, profile) => (weight(profile) > weight(best) ? profile : best));
}
