import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type * as vscode from 'vscode';

export interface WebviewSources {
  /** The folder of the bundles' browser part, `dist/webview`. */
  readonly folder: vscode.Uri;
  readonly join: (base: vscode.Uri, ...parts: string[]) => vscode.Uri;
}

/** The flame graph panel's page: our script first, since speedscope reads its address and colours once, when it loads. */
export function flamegraphHtml(webview: vscode.Webview, { folder, join }: WebviewSources): string {
  const nonce = randomBytes(16).toString('base64');
  const speedscope = join(folder, 'speedscope');
  const names = readdirSync(speedscope.fsPath);
  const named = (pattern: RegExp): string => {
    const name = names.find((candidate) => pattern.test(candidate));
    if (!name) throw new Error(`The package lacks speedscope's ${pattern.source}. Install Tailflame again.`);
    return webview.asWebviewUri(join(speedscope, name)).toString();
  };
  const own = (name: string): string => webview.asWebviewUri(join(folder, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Flame graph</title>
<link rel="stylesheet" href="${named(/^speedscope-.*\.css$/)}">
<link rel="stylesheet" href="${own('flamegraph.css')}">
<style data-aphrodite nonce="${nonce}"></style>
</head>
<body>
<script nonce="${nonce}" src="${own('flamegraph.js')}"></script>
<script nonce="${nonce}" src="${named(/^speedscope-.*\.js$/)}"></script>
</body>
</html>`;
}
