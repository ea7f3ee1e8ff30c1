// Bundles what ships into dist/ and, with --tests, the tests and benches into out/.
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);

const shared = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  define: { TAILFLAME_VERSION: JSON.stringify(JSON.parse(readFileSync(at('package.json'), 'utf8')).version) },
};
// CommonJS, because a VS Code extension's entry must be, and undici and hdr-histogram-js are.
const node = { ...shared, platform: 'node', target: 'node20', format: 'cjs', minify: true };
// Its main file asks for its other files in a way that no bundler follows.
const alias = { 'jsonc-parser': at('node_modules/jsonc-parser/lib/esm/main.js') };

const programs = {
  extension: 'src/extension.ts',
  cli: 'src/cli.ts',
  runner: 'src/runner/main.ts',
  generator: 'src/load/generate/main.ts',
  'count-tokens': 'src/load/generate/count-tokens.ts',
  scrape: 'src/runner/telemetry/scrape/main.ts',
  'read-logs': 'src/runner/telemetry/read-logs/main.ts',
  'null-server': 'src/load/generate/null-server.ts',
  routes: 'src/routes/main.ts',
};

export async function buildProgram() {
  rmSync(at('dist'), { recursive: true, force: true });
  await build({
    ...node,
    alias,
    entryPoints: Object.entries(programs).map(([out, source]) => ({ in: source, out })),
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    // tree-sitter's loader has one for grammars with code of their own, which ours have not.
    logOverride: { 'direct-eval': 'silent' },
  });
  chmodSync(at('dist/cli.cjs'), 0o755);
  copyGrammars();
  const panels = readdirSync(at('webview'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  await build({
    ...shared,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    minify: true,
    entryPoints: panels.flatMap((panel) =>
      ['main.ts', 'main.css'].map((file) => ({ in: `webview/${panel}/${file}`, out: panel })),
    ),
    outdir: 'dist/webview',
  });
  copySpeedscope();
}

/** speedscope is an application, not a library: its released files are used as they are (docs/decisions). */
function copySpeedscope() {
  const release = at('node_modules/speedscope/dist/release');
  const target = at('dist/webview/speedscope');
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(release)) {
    if (/^speedscope-.*\.(js|css)$|\.woff2$|\.wasm$|^source-code-pro\.LICENSE/.test(name)) {
      cpSync(path.join(release, name), path.join(target, name));
    }
  }
  cpSync(at('node_modules/speedscope/LICENSE'), path.join(target, 'LICENSE'));
}

/** tree-sitter and the grammars of the languages that routes are looked for in. */
function copyGrammars() {
  const names = ['', '-python', '-javascript', '-typescript', '-tsx'].map((name) => `tree-sitter${name}.wasm`);
  for (const name of names) cpSync(at('node_modules/@vscode/tree-sitter-wasm/wasm', name), at('dist', name));
}

export async function buildTests() {
  rmSync(at('out'), { recursive: true, force: true });
  const programs = /\.test\.ts$|\.child\.ts$|^test\/(bench|desktop)\/[^/]+\.ts$|^test\/editor\/launcher\.ts$/;
  const host = 'test/editor/host/';
  const files = walk('test').filter((file) => file.endsWith('.ts'));
  await build({
    ...shared,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    entryPoints: files.filter((file) => programs.test(file) && !file.startsWith(host)),
    outbase: '.',
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
  });
  // VS Code loads its suite from a .js file, as CommonJS.
  await build({
    ...node,
    minify: false,
    packages: 'external',
    external: ['vscode'],
    entryPoints: files.filter((file) => file.startsWith(host) && /\/index\.ts$|\.test\.ts$/.test(file)),
    outbase: '.',
    outdir: 'out',
  });
  writeFileSync(at('out', host, 'package.json'), '{ "type": "commonjs" }\n');
  chmodSync(at('out/test/editor/launcher.mjs'), 0o755);
}

export function walk(folder) {
  return readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildProgram();
  if (process.argv.includes('--tests')) await buildTests();
}
