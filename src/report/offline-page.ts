import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AnswerView } from './answer-view.ts';
import type { ResultView } from './result-view.ts';

/** What a result's page shows. */
export interface ResultContent {
  readonly view: ResultView;
  /** An earlier run laid under it. */
  readonly under: ResultView | null;
}

/** A panel's browser code, as it was built. */
export interface PageCode {
  readonly script: string;
  readonly style: string;
}

/** @param dist the folder of the bundles @param panel which of the panels */
export async function readPageCode(dist: string, panel: 'report' | 'answer'): Promise<PageCode> {
  const read = (ending: string): Promise<string> => readFile(path.join(dist, 'webview', panel + ending), 'utf8');
  const [script, style] = await Promise.all([read('.js'), read('.css')]);
  return { script: withoutMap(script), style: withoutMap(style) };
}

/** A run as the result panel shows it, in one HTML file. */
export function resultPage(content: ResultContent, code: PageCode): string {
  return offlinePage(content.view.title, content, code);
}

/** The highest rate or a comparison of settings as the answer panel shows it, in one HTML file. */
export function answerPage(view: AnswerView, code: PageCode): string {
  return offlinePage(view.title, view, code);
}

/** One HTML file that needs no network and no editor. Its policy lets it run and load nothing but what is in it. */
function offlinePage(title: string, content: unknown, code: PageCode): string {
  const script = code.script.replaceAll(/<(?=\/script|!--)/gi, '\\x3C');
  const style = code.style.replaceAll(/<(?=\/style)/gi, '\\3C ');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en" class="in-file">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tailflame">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${inHtml(`${title} · Tailflame`)}</title>
<style>${style}</style>
</head>
<body>
<div id="result"></div>
<script type="application/json" id="tailflame-result">${inScript(content)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that ends no script element and is no comment, whatever texts are in it. */
export function inScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function inHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function withoutMap(text: string): string {
  return text.replace(/\n?(?:\/\/|\/\*)# sourceMappingURL=.*\s*$/, '\n');
}
