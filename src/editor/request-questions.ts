import path from 'node:path';
import * as vscode from 'vscode';
import { importCurlLines, looksLikeCurl } from '../load/plan/import/curl/curl.ts';
import { unbrokenCurl } from '../load/plan/import/curl/unbroken-curl.ts';
import { importOpenApi } from '../load/plan/import/openapi/openapi.ts';
import { operationPlaces } from '../load/plan/import/openapi/openapi-places.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { tellsSecret } from '../load/plan/redaction.ts';
import { fileFault } from './file-fault.ts';
import type { FoundRequests } from './request-documents.ts';

const DOCUMENT = 'tailflame.openApiDocument';
const ANSWER_MS = 10_000;
const MAX_BYTES = 20 * 1024 * 1024;

export type PlanSource = 'url' | 'curl' | 'openapi' | 'cursor';

/** What a new plan is made from. @param atHand the request at the cursor; null: there is none */
export async function askForSource(atHand: string | null): Promise<PlanSource | undefined> {
  const sources: (vscode.QuickPickItem & { source: PlanSource })[] = [
    ...(atHand === null
      ? []
      : [{ label: 'The request at the cursor', description: atHand, source: 'cursor' as const }]),
    { label: 'A URL', source: 'url' },
    { label: 'A curl line', source: 'curl' },
    { label: 'An operation of an OpenAPI document', source: 'openapi' },
  ];
  const chosen = await vscode.window.showQuickPick(sources, { title: 'New Load Plan', placeHolder: 'Made from' });
  return chosen?.source;
}

export async function askForUrl(): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'URL',
    prompt: 'What the plan sends load to',
    value: 'http://127.0.0.1:8000/',
    ignoreFocusOut: true,
    validateInput: (text) =>
      URL.canParse(text) && /^https?:/.test(text) ? undefined : 'A URL such as http://127.0.0.1:8000/predict',
  });
}

/** The curl lines of the clipboard, else of a question. Throws a {@link PlanError} for what is none. */
export async function askForCurl(folder: string): Promise<FoundRequests | undefined> {
  const clipboard = await vscode.env.clipboard.readText();
  const text = looksLikeCurl(clipboard)
    ? clipboard
    : await vscode.window.showInputBox({
        title: 'curl',
        prompt: 'Paste a curl line; its line breaks may go',
        placeHolder: `curl -d '{"text": "hello"}' http://127.0.0.1:8000/predict`,
        ignoreFocusOut: true,
        validateInput: (line) => (line === '' || looksLikeCurl(line) ? undefined : 'A line that begins with curl'),
      });
  return text === undefined ? undefined : { requests: importCurlLines(unbrokenCurl(text)), folder };
}

/** An operation of an OpenAPI document, by its URL or file. Throws a {@link PlanError} where it cannot be read. */
export async function askForOperation(folder: string, memory: vscode.Memento): Promise<FoundRequests | undefined> {
  const place = await vscode.window.showInputBox({
    title: 'OpenAPI Document',
    prompt: 'Its URL, or a file of this folder',
    value: memory.get<string>(DOCUMENT, 'http://127.0.0.1:8000/openapi.json'),
    ignoreFocusOut: true,
  });
  if (place === undefined || place.trim() === '') return undefined;
  const source = place.trim();
  const isUrl = /^https?:\/\//i.test(source);
  const text = isUrl ? await fetched(source) : await readFile(path.resolve(folder, source));
  const operations = operationPlaces(text).map(({ method, path: at }) => `${method} ${at}`);
  const chosen =
    operations.length < 2
      ? (operations[0] ?? null)
      : await vscode.window.showQuickPick(operations, { title: 'Operation', placeHolder: 'What load is sent to' });
  if (chosen === undefined) return undefined;
  // Of a document without operations it says what it is.
  const request = importOpenApi(text, source, chosen);
  if (!tellsSecret(source)) await memory.update(DOCUMENT, source);
  return { requests: [request], folder };
}

async function readFile(file: string): Promise<string> {
  const uri = vscode.Uri.file(file);
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_BYTES) throw new PlanError(`${file} is larger than any OpenAPI document.`);
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof PlanError) throw error;
    throw new PlanError(`${file} cannot be read: ${fileFault(error)}`);
  }
}

async function fetched(url: string): Promise<string> {
  if (!vscode.workspace.isTrusted) throw new PlanError('Tailflame sends nothing in a workspace you do not trust.');
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: { accept: 'application/json' },
    });
    if (!answer.ok) throw new PlanError(`${url} answered ${answer.status} instead of an OpenAPI document.`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new PlanError(`${url} answers with more than any OpenAPI document has.`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof PlanError) throw error;
    const { cause, name } = error as Error & { cause?: { code?: string } };
    const why =
      name === 'TimeoutError' ? `no answer in ${ANSWER_MS / 1000} s` : (cause?.code ?? (error as Error).message);
    throw new PlanError(`${url} cannot be read: ${why}. Is the service running?`);
  }
}
