import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { ResolvedPlan } from '../load/plan.ts';
import { hotspots } from '../profile/hotspots.ts';
import { type Profile, ProfileError } from '../profile/profile.ts';
import { readProfile } from '../profile/read/recognise.ts';
import { type HotspotsDocument, hotspotsDocument } from '../report/hotspots-document.ts';
import { hotspotsText } from '../report/hotspots-text.ts';
import { openRun, openSamples } from '../runner/open-run.ts';
import { objectiveLimit } from '../runner/slow-lines.ts';
import { slowViews } from '../runner/slow-views.ts';

interface HotspotsOptions {
  tail?: true;
  json?: true;
}

export function hotspotsCommand(): Command {
  return new Command('hotspots')
    .description('Show where the time went in a run or a profile: by function and by line, hottest first.')
    .argument('<file|run>', 'a profile, or a folder from .tailflame/runs')
    .option('--tail', 'only as far as slow requests were in flight')
    .option('--json', 'print one JSON document')
    .action(async (source: string, options: HotspotsOptions) => {
      const folder = (await stat(source).catch(() => null))?.isDirectory() === true;
      const document = folder
        ? await ofRun(source, options.tail === true)
        : await ofFile(source, options.tail === true);
      const title = `${source}: ${options.tail ? 'while slow requests were in flight' : 'all samples'}, what ran`;
      process.stdout.write(
        options.json ? `${JSON.stringify(document, null, 2)}\n` : hotspotsText(document, title, process.cwd()),
      );
    });
}

async function ofRun(folder: string, tail: boolean): Promise<HotspotsDocument> {
  const { document, requests } = await openRun(folder);
  const profile = await openSamples(folder);
  if (profile === null) throw new ProfileError(`${folder} was run without a profile; add --profile auto.`);
  if (!tail) return hotspotsDocument(hotspots(profile), 'all', profile.unit);
  const views = slowViews(profile, requests, objectiveLimit(document.plan as ResolvedPlan));
  return hotspotsDocument(hotspots(profile, views.tail), 'tail', profile.unit);
}

async function ofFile(file: string, tail: boolean): Promise<HotspotsDocument> {
  if (tail) throw new ProfileError('--tail needs a run: a profile alone does not say which requests were slow.');
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
