import { randomBytes } from 'node:crypto';

export interface FlamegraphFiles {
  /** Names of what is in the bundles' folder `webview/speedscope`. */
  readonly speedscope: readonly string[];
  /** The address at which the page finds a file of the bundles' folder `webview`, by its path in there. */
  readonly address: (file: string) => string;
  /** Where styles, fonts and pictures may come from, as the policy says it. */
  readonly source: string;
}

/** The flame graph panel's page: our script first, since speedscope reads its address and colours once, when it loads. */
export function flamegraphHtml({ speedscope, address, source }: FlamegraphFiles): string {
  const nonce = randomBytes(16).toString('base64');
  const named = (pattern: RegExp): string => {
    const name = speedscope.find((candidate) => pattern.test(candidate));
    if (!name) throw new Error(`The package lacks speedscope's ${pattern.source}. Install Tailflame again.`);
    return address(`speedscope/${name}`);
  };
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
  ].join('; ');
  // speedscope puts itself before its script.
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Flame graph</title>
<link rel="stylesheet" href="${named(/^speedscope-.*\.css$/)}">
<link rel="stylesheet" href="${address('flamegraph.css')}">
<style data-aphrodite nonce="${nonce}"></style>
</head>
<body>
<header id="bar"></header>
<script nonce="${nonce}" src="${address('flamegraph.js')}"></script>
<script nonce="${nonce}" src="${named(/^speedscope-.*\.js$/)}"></script>
</body>
</html>`;
}
