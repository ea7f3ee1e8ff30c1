import path from 'node:path';
import { mediaTypeOf } from '../../scenario/media-type.ts';
import { compilePattern, groupsOf } from '../../scenario/pattern.ts';
import { literal } from '../plain-plan.ts';
import type { Body, Check, Extraction, Method, Part, Step, StreamPlan, Test, TimingsPlan } from '../plan.ts';
import {
  type CheckDocument,
  type ExtractionDocument,
  TEST_KEYS,
  type TestDocument,
  type TimingsDocument,
} from '../schema/answer-schema.ts';
import type { PartDocument, StepDocument } from '../schema/step-schema.ts';
import type { StreamDocument } from '../schema/stream-schema.ts';
import { recognizedStream, streamOf } from '../stream-api.ts';
import { methodOf } from './placed-steps.ts';

/** A step as a plan has it. @param folder that file names are relative to @param target that addresses are relative to */
export function stepOf(document: StepDocument, name: string, folder: string, target: string): Step {
  const key = methodOf(document);
  const method = key.toUpperCase() as Method;
  const url = document[key]!;
  const body = bodyOf(document, folder);
  return {
    name,
    method,
    url,
    query: document.query ?? {},
    headers: document.headers ?? {},
    body,
    extract: mapValues(document.extract ?? {}, extractionOf),
    checks: (document.check ?? []).map(checkOf),
    think: document.think ?? null,
    stream: streamIn(document.stream ?? 'auto', recognizedStream({ method, url, body }, target), folder),
    batch: document.batch === undefined ? null : String(document.batch),
    timings: document.timings === undefined ? null : timingsOf(document.timings),
    tags: document.tags ?? {},
  };
}

/** @param recognized the stream that the request asks for as it is */
function streamIn(document: StreamDocument, recognized: StreamPlan | null, folder: string): StreamPlan | null {
  if (document === 'auto') return recognized;
  if (document === 'off') return null;
  if (typeof document === 'string') return streamOf(document);
  const { api = 'auto', cancel, tokenizer } = document;
  const whose = api === 'auto' ? recognized?.api : api;
  if (whose === undefined) return null;
  return {
    api: whose,
    cancel: cancel === undefined ? null : { after: cancel.after, share: cancel.share ?? 1 },
    tokenizer: tokenizer === undefined ? null : path.resolve(folder, tokenizer),
  };
}

function bodyOf({ json, body, form, multipart, file }: StepDocument, folder: string): Body | null {
  if (json !== undefined) return { kind: 'json', value: json };
  if (body !== undefined) return { kind: 'text', text: body };
  if (form !== undefined) return { kind: 'form', fields: form };
  if (file !== undefined) return { kind: 'file', file: path.resolve(folder, file) };
  if (multipart === undefined) return null;
  const parts = Object.entries(multipart).flatMap(([name, part]) =>
    (Array.isArray(part) ? part : [part]).map((one) => partOf(name, one, folder)),
  );
  return { kind: 'multipart', parts };
}

function partOf(name: string, part: PartDocument, folder: string): Part {
  if (typeof part === 'string') return { name, value: part };
  const file = path.resolve(folder, part.file);
  return { name, file, filename: part.filename ?? defaultFilename(file), type: part.type ?? mediaTypeOf(file) };
}

/** What a server is told a file is called, where the plan says nothing. A template. */
export function defaultFilename(file: string): string {
  return literal(path.basename(file));
}

function extractionOf(document: ExtractionDocument): Extraction {
  if (typeof document === 'string') return { from: 'json', path: document, otherwise: null };
  const { json, header, regex: pattern, group, default: otherwise = null } = document;
  if (json !== undefined) return { from: 'json', path: json, otherwise };
  if (header !== undefined) return { from: 'header', name: header, otherwise };
  return { from: 'regex', pattern: pattern!, group: group ?? defaultGroup(pattern!), otherwise };
}

/** The group that is meant where none is named: the first, or all of the match where there are none. */
export function defaultGroup(pattern: string): number {
  return groupsOf(compilePattern(pattern)) > 0 ? 1 : 0;
}

function timingsOf({ queue, compute, unit = 'ms' }: TimingsDocument): TimingsPlan {
  const place = (document: ExtractionDocument | undefined) => (document === undefined ? null : extractionOf(document));
  return { queue: place(queue), compute: place(compute), unit };
}

function checkOf(document: CheckDocument): Check {
  const { status, latency, json, header, body } = document;
  if (status !== undefined) return { on: 'status', accept: [status].flat().map(statusOf) };
  if (latency !== undefined) return { on: 'latency', below: latency };
  if (json !== undefined) return { on: 'json', path: json, ...testOf(document) };
  if (header !== undefined) return { on: 'header', name: header, ...testOf(document) };
  if (body === 'nonempty') return { on: 'body', test: 'nonempty' };
  if (typeof body === 'string') return { on: 'body', test: 'contains', value: body };
  return { on: 'body', ...testOf(body!) };
}

function statusOf(status: number | string): number | string {
  return /^\d+$/.test(String(status)) ? Number(status) : String(status).toLowerCase();
}

function testOf(document: TestDocument): Test {
  const test = TEST_KEYS.find((key) => document[key] !== undefined) ?? 'exists';
  switch (test) {
    case 'exists':
    case 'absent':
    case 'nonempty':
      return { test };
    case 'equals':
      return { test, value: document.equals };
    case 'contains':
    case 'matches':
      return { test, value: document[test]! };
    default:
      return { test, value: document[test]! };
  }
}

function mapValues<V, W>(named: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value)]));
}
