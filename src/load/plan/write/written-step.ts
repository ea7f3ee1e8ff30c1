import { mediaTypeOf } from '../../scenario/media-type.ts';
import { durationText } from '../duration.ts';
import type { Body, Check, Extraction, Part, Step, Test, TimingsPlan } from '../plan.ts';
import { defaultFilename, defaultGroup } from '../read/step-document.ts';
import { recognizedStream } from '../stream-api.ts';

/** Files named as a plan file names them. */
export type FileName = (file: string) => string;

/** A step as a plan file has it. @param isNamed whether its name has to be said @param target that addresses are relative to */
export function writtenStep(step: Step, isNamed: boolean, fileName: FileName, target: string): object {
  return {
    ...(isNamed ? { name: step.name } : {}),
    [step.method.toLowerCase()]: step.url,
    ...unlessEmpty('query', step.query),
    ...unlessEmpty('headers', step.headers),
    ...writtenBody(step.body, fileName),
    ...unlessEmpty('extract', mapValues(step.extract, writtenExtraction)),
    ...(step.checks.length > 0 ? { check: step.checks.map(writtenCheck) } : {}),
    ...(step.think === null ? {} : { think: writtenThink(step.think) }),
    ...writtenStream(step, fileName, target),
    ...(step.batch === null ? {} : { batch: /^\d+$/.test(step.batch) ? Number(step.batch) : step.batch }),
    ...(step.timings === null ? {} : { timings: writtenTimings(step.timings) }),
    ...unlessEmpty('tags', step.tags),
  };
}

export function unlessEmpty(key: string, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.keys(value).length > 0 ? { [key]: value } : {};
}

export function mapValues<V, W>(named: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value)]));
}

function writtenThink([least, most]: readonly [number, number]): string {
  return least === most ? durationText(least) : `${durationText(least)}-${durationText(most)}`;
}

/** Nothing where it is what the request asks for by itself. */
function writtenStream(step: Step, fileName: FileName, target: string): object {
  const { stream } = step;
  const recognized = recognizedStream(step, target);
  if (stream === null) return recognized === null ? {} : { stream: 'off' };
  const { api, cancel, tokenizer } = stream;
  const named = api === recognized?.api ? {} : { api };
  if (cancel === null && tokenizer === null) return 'api' in named ? { stream: api } : {};
  return {
    stream: {
      ...named,
      ...(cancel === null
        ? {}
        : { cancel: { after: cancel.after, ...(cancel.share === 1 ? {} : { share: cancel.share }) } }),
      ...(tokenizer === null ? {} : { tokenizer: fileName(tokenizer) }),
    },
  };
}

function writtenBody(body: Body | null, fileName: FileName): object {
  switch (body?.kind) {
    case undefined:
      return {};
    case 'text':
      return { body: body.text };
    case 'json':
      return { json: body.value };
    case 'form':
      return { form: body.fields };
    case 'file':
      return { file: fileName(body.file) };
    case 'multipart':
      return { multipart: writtenParts(body.parts, fileName) };
  }
}

/** Parts of one name become a list. */
function writtenParts(parts: readonly Part[], fileName: FileName): object {
  const byName = new Map<string, unknown[]>();
  for (const part of parts) byName.set(part.name, [...(byName.get(part.name) ?? []), writtenPart(part, fileName)]);
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

function writtenPart(part: Part, fileName: FileName): unknown {
  if ('value' in part) return part.value;
  const { file, filename, type } = part;
  return {
    file: fileName(file),
    ...(type === mediaTypeOf(file) ? {} : { type }),
    ...(filename === defaultFilename(file) ? {} : { filename }),
  };
}

function writtenExtraction(extraction: Extraction): unknown {
  const otherwise = extraction.otherwise === null ? {} : { default: extraction.otherwise };
  switch (extraction.from) {
    case 'json':
      return extraction.otherwise === null ? extraction.path : { json: extraction.path, ...otherwise };
    case 'header':
      return { header: extraction.name, ...otherwise };
    case 'regex': {
      const { pattern, group } = extraction;
      return { regex: pattern, ...(group === defaultGroup(pattern) ? {} : { group }), ...otherwise };
    }
  }
}

function writtenTimings({ queue, compute, unit }: TimingsPlan): object {
  return {
    ...(queue === null ? {} : { queue: writtenExtraction(queue) }),
    ...(compute === null ? {} : { compute: writtenExtraction(compute) }),
    ...(unit === 'ms' ? {} : { unit }),
  };
}

function writtenCheck(check: Check): object {
  switch (check.on) {
    case 'status':
      return { status: check.accept.length === 1 ? check.accept[0] : check.accept };
    case 'latency':
      return { latency: `<${durationText(check.below)}` };
    case 'json':
      return { json: check.path, ...(check.test === 'exists' ? {} : writtenTest(check)) };
    case 'header':
      return { header: check.name, ...(check.test === 'exists' ? {} : writtenTest(check)) };
    case 'body':
      return { body: writtenBodyTest(check) };
  }
}

function writtenBodyTest(test: Test): unknown {
  if (test.test === 'nonempty') return 'nonempty';
  return test.test === 'contains' && test.value !== 'nonempty' ? test.value : writtenTest(test);
}

function writtenTest(test: Test): object {
  return { [test.test]: 'value' in test ? test.value : true };
}
