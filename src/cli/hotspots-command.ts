import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { PLAIN_KINDS } from '../correlate/views/view.ts';
import { hotspots } from '../profile/hotspots.ts';
import { type Profile, ProfileError } from '../profile/profile.ts';
import { readProfile } from '../profile/read/recognise.ts';
import { type HotspotsDocument, hotspotsDocument, viewDocument } from '../report/hotspots-document.ts';
import { hotspotsText } from '../report/hotspots-text.ts';
import { listViews } from '../report/listed-views.ts';
import { viewContext, viewName, viewSentence } from '../report/view-words.ts';
import { openRun } from '../runner/opened/open-run.ts';
import { againstName, openViewMaterial, weighRunView } from '../runner/opened/open-view.ts';
import { readSavedViews } from '../runner/opened/saved-views.ts';
import { isJsonOnStdout, sourceAndJson, writeJson } from './json-output.ts';
import { addViewOptions, askedView, asksForView, type ViewOptions } from './view-options.ts';

interface HotspotsOptions extends ViewOptions {
  readonly json?: string | true;
}

interface Shown {
  readonly document: HotspotsDocument;
  /** What the view is called. */
  readonly name: string;
}

export function hotspotsCommand(): Command {
  const command = new Command('hotspots')
    .description('Show where the time went in a run or a profile: by function and by line, hottest first.')
    .argument('[file|run]', 'a profile, or a folder from .tailflame/runs');
  return addViewOptions(command)
    .option('--json [file]', 'write the result as JSON; without a file, or with -, to standard output')
    .action(async (given: string | undefined, { json: asked, ...options }: HotspotsOptions) => {
      const { source, json } = sourceAndJson(given, asked, 'a profile, or a folder from .tailflame/runs');
      const folder = (await stat(source).catch(() => null))?.isDirectory() === true;
      const { document, name } = folder ? await ofRun(source, options) : await ofFile(source, options);
      await writeJson(document, json);
      if (!isJsonOnStdout({ json })) process.stdout.write(hotspotsText(document, `${source}: ${name}`, process.cwd()));
    });
}

async function ofRun(folder: string, options: ViewOptions): Promise<Shown> {
  const run = await openRun(folder);
  const material = await openViewMaterial(run);
  if (material === null) throw new ProfileError(`${folder} was run without a profile; add --profile auto.`);
  const context = viewContext(run.document, material);
  // What is saved is of no concern to who asks for something else, and may be broken.
  const saved = options.view === undefined ? [] : await readSavedViews(folder);
  const against = options.against === undefined ? null : await againstName(folder, options.against);
  const { view, name } = askedView(options, saved, context.origin, against);
  const weighed = await weighRunView(view, run, material);
  const called = name ?? viewName(view, context);
  if ('missing' in weighed) {
    const { missing } = listViews(material, context);
    const others = [...PLAIN_KINDS.filter((kind) => !missing.has(kind)), ...saved.map((one) => one.name)];
    throw new ProfileError(`${folder} has not the view ${called}. ${weighed.missing} It has: ${others.join(', ')}.`);
  }
  return { document: viewDocument(view, name, weighed, viewSentence(view, weighed, context)), name: called };
}

async function ofFile(file: string, options: ViewOptions): Promise<Shown> {
  if (asksForView(options) && options.view !== 'all') {
    throw new ProfileError('A view needs a run: a profile alone does not say what happened meanwhile.');
  }
  const content = await readFile(file).catch((error: Error) => {
    throw new ProfileError(`${file} cannot be read: ${error.message}.`);
  });
  const profiles = readProfile(content, path.basename(file));
  return { document: hotspotsDocument(hotspots(hottest(profiles)), 'all', profiles[0]!.unit), name: 'All' };
}

/** Of several profiles in one file the one with the most weight: the busiest thread. */
function hottest(profiles: readonly Profile[]): Profile {
  const weight = ({ samples }: Profile): number => samples.weight.reduce((sum, value) => sum + value, 0);
  return profiles.reduce((best, profile) => (weight(profile) > weight(best) ? profile : best));
}
