import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { comparedProfiles } from '../../src/correlate/code/profile-difference.ts';
import { flamegraphHtml } from '../../src/editor/panels/flamegraph-html.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { readCollapsed } from '../../src/profile/read/collapsed.ts';
import { writeSpeedscope } from '../../src/profile/write/speedscope.ts';
import { signedProfile } from '../../src/report/difference-graph.ts';
import { SIGNS } from '../../src/report/difference-signs.ts';
import type { FromFlamegraph, ToFlamegraph } from '../../webview/messages.ts';
import { DIST } from '../support/dist.ts';
import { until } from '../support/until.ts';
import { browserPath, launchChromium, repository } from './launcher-programs.ts';
import { seriousFaults } from './page-checks.ts';

const ORIGIN = 'https://panel.example';
const WEBVIEW = path.join(DIST, 'webview');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
/** The colours of VS Code that the page takes, by theme. */
const COLOURS = {
  dark: { 'editor-background': '#1f1f1f', foreground: '#cccccc', descriptionForeground: '#9d9d9d' },
  light: { 'editor-background': '#ffffff', foreground: '#3b3b3b', descriptionForeground: '#616161' },
  'high-contrast': {
    'editor-background': '#000000',
    foreground: '#ffffff',
    descriptionForeground: '#ffffff',
    contrastBorder: '#6fc3df',
  },
} as const;
/** More functions than the window has room for, the one with most of its own behind the others in the file. */
const OTHERS = Array.from({ length: 80 }, (_, i) => `main (app.py:3);part${i} (parts.py:${i + 1}) 1`);
const PROFILE = readCollapsed(
  [...OTHERS, 'main (app.py:3);rank (app.py:9);distance (drift.py:30) 60', 'main (app.py:3);parse (app.py:20) 20'].join(
    '\n',
  ),
  'stacks',
);
const SLOW = PROFILE.samples.weight.map((weight, row) => (row === OTHERS.length ? weight : 0));
const VIEWS = [
  { id: 'all', name: 'All', group: 'Run' },
  { id: 'slow', name: 'Slow requests', group: 'Requests' },
  { id: 'difference', name: 'Against the run before', group: 'Saved' },
];

function shown(id: string, profile: Profile, weights: Float64Array, more: Partial<ToFlamegraph> = {}): ToFlamegraph {
  return {
    type: 'show',
    name: 'stacks',
    profile: writeSpeedscope([{ profile, views: [{ name: id, weights }] }], 'stacks')!,
    views: VIEWS,
    shown: id,
    sentence: `What one sees of ${id}.`,
    changes: null,
    actions: ['new'],
    state: { run: 'run', view: id },
    ...more,
  };
}

/** `distance` took three times what it took before, `parse` less, one part is gone and one is new. */
function difference(): ToFlamegraph {
  const earlier = PROFILE.samples.weight.map((weight, row) => {
    if (row === OTHERS.length) return (100 * weight) / 3;
    if (row === OTHERS.length + 1) return 200 * weight;
    return row === 0 ? 0 : 400 * weight;
  });
  const now = PROFILE.samples.weight.map((weight, row) => (row === 1 ? 0 : 100 * weight));
  const compared = comparedProfiles(
    { profile: PROFILE, weights: now, count: 100, blocks: null },
    { profile: PROFILE, weights: earlier, count: 100, blocks: null },
    'request',
  );
  const changes = [
    { name: 'distance', file: 'drift.py', line: 30, change: '▲ 40 samples more', figures: '20 samples → 60 samples' },
    { name: 'part1', file: 'parts.py', line: 2, change: '✕ gone, 4 samples', figures: '4 samples → 0 samples' },
  ];
  return shown('difference', signedProfile(compared, '/'), compared.profile.samples.weight, {
    changes,
    actions: ['rename', 'remove', 'new'],
  });
}

const SHOWN: Readonly<Record<string, ToFlamegraph>> = {
  all: shown('all', PROFILE, PROFILE.samples.weight),
  slow: shown('slow', PROFILE, SLOW),
  difference: difference(),
};
let browser: Browser;

before(async () => {
  mkdirSync(path.join(repository, 'out/screenshots'), { recursive: true });
  browser = await launchChromium(await browserPath((line) => console.log(line)));
});

after(() => browser?.close());

/** The panel's page with a profile in it; its other end keeps what is said, and what breaks its policy or goes wrong is kept too. */
async function open(theme: keyof typeof COLOURS = 'dark'): Promise<{ page: Page; logged: string[] }> {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 } });
  await context.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const html = flamegraphHtml({
        speedscope: readdirSync(path.join(WEBVIEW, 'speedscope')),
        address: (file) => `${ORIGIN}/${file}`,
        source: ORIGIN,
      });
      await route.fulfill({ contentType: 'text/html', body: html.replace('<body>', `<body class="vscode-${theme}">`) });
      return;
    }
    const file = path.join(WEBVIEW, pathname);
    if (existsSync(file))
      await route.fulfill({ contentType: TYPES[path.extname(file)] ?? '', body: readFileSync(file) });
    else await route.abort();
  });
  const colours = Object.entries(COLOURS[theme]).map(([name, value]) => `--vscode-${name}: ${value}`);
  // The other end answers a choice with the view that was chosen, but for one that is not to be had.
  await context.addInitScript(`window.sent = []; window.violations = []; window.kept = null;
    const shown = ${JSON.stringify(SHOWN)};
    let now = shown.all;
    window.acquireVsCodeApi = () => ({
      setState: (state) => { kept = state; },
      postMessage: (message) => {
        sent.push(message);
        if (message.type === 'view') setTimeout(() => postMessage((now = shown[message.id] ?? now), '*'));
      },
    });
    addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));
    addEventListener('DOMContentLoaded', () => { document.documentElement.style.cssText = ${JSON.stringify(colours.join(';'))}; });`);
  const page = await context.newPage();
  const logged: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') logged.push(message.text());
  });
  page.on('pageerror', (error) => logged.push(error.message));
  await page.goto(`${ORIGIN}/`);
  await page.evaluate(`postMessage(${JSON.stringify(SHOWN['all'])}, '*')`);
  await page.locator('select').waitFor();
  await until('the flame graph', 10_000, async () => ((await page.locator('canvas').count()) >= 2 ? true : null));
  return { page, logged };
}

function sent(page: Page): Promise<FromFlamegraph[]> {
  return page.evaluate<FromFlamegraph[]>('sent');
}

async function openedPlaces(page: Page): Promise<string[]> {
  return (await sent(page)).flatMap((message) => (message.type === 'open' ? [`${message.file}:${message.line}`] : []));
}

/** What has the focus, as it is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => { const at = document.activeElement;
    return at === document.body ? 'nothing' : at.getAttribute('aria-label') ?? at.textContent.trim(); })()`);
}

async function reach(page: Page, wanted: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press(key);
    const name = await focused(page);
    if (wanted.test(name)) return;
    passed.push(name);
  }
  assert.fail(`${wanted} is not reached by ${key}, which passes ${passed.join(', ')}.`);
}

/** What stands in speedscope's list of functions, with its share of all. */
function rows(page: Page): Promise<string[]> {
  return page.locator('[role=application] table > tr').allTextContents();
}

test('the panel is used by keys alone: samples, view, a function and its callers, its source line, and out again', async () => {
  const { page, logged } = await open();
  await reach(page, /^Samples shown$/);
  await page.keyboard.press('ArrowDown');
  await reach(page, /^Sandwich$/);
  await page.keyboard.press('Enter');
  await until('the functions of the slow requests alone', 5000, async () => {
    const found = await rows(page);
    return found.length === 3 && /60 \(100%\)60 \(100%\)distance/.test(found[0] ?? '') ? true : null;
  });
  assert.equal(await page.locator('button[aria-pressed=true]').textContent(), 'Sandwich');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await until('no list', 5000, async () => ((await rows(page)).length === 0 ? true : null));
  assert.equal(await page.locator('button[aria-pressed=true]').textContent(), 'Left Heavy');
  await reach(page, /^Samples/, 'Shift+Tab');
  await page.keyboard.press('ArrowUp');

  await reach(page, /^Functions$/);
  await page.keyboard.press('Enter');
  assert.equal(await focused(page).then((text) => /distance.*parse/s.test(text)), true, 'the list has the focus');
  const options = page.locator('[role=option]');
  assert.equal(await options.count(), 84);
  const chosen = (): Promise<string> =>
    page.evaluate<string>(`(() => { const list = document.activeElement;
      return document.getElementById(list.getAttribute('aria-activedescendant')).textContent.replace(/\\s+/g, ' ').trim(); })()`);
  assert.match(await chosen(), /^38 % 38 % in all distance drift\.py:30$/);
  await page.keyboard.press('Enter');
  assert.deepEqual(await openedPlaces(page), ['drift.py:30']);
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  assert.match(await chosen(), /parse app\.py:20$/);
  await page.keyboard.press('Space');
  await page.locator('[role=status]:has-text("callers and callees of parse")').waitFor();
  assert.match((await page.locator('[role=application]').textContent()) ?? '', /Callers.*Callees/s);
  assert.match(await chosen(), /parse app\.py:20$/, 'its keys move the list, not the flame graph');
  await page.keyboard.press('End');
  const last = await chosen();
  await page.keyboard.press('Space');
  await until('a function far down', 10_000, async () =>
    last.includes((await page.locator('#functions [role=status]').textContent())?.match(/of (\w+)\./)?.[1] ?? '?')
      ? true
      : null,
  );
  await page.screenshot({ path: path.join(repository, 'out/screenshots/flamegraph-functions.png') });
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(page), 'Show callers and callees');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(page), 'Open source');
  await page.keyboard.press('Enter');
  assert.deepEqual(await openedPlaces(page), ['drift.py:30', 'drift.py:30']);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), 'Functions');
  assert.equal(await options.first().isVisible(), false);
  await page.keyboard.press('Tab');
  assert.match(await focused(page), /^Flame graph\./);
  await until('the focus to leave the page', 5000, async () => {
    await page.keyboard.press('Tab');
    return (await focused(page)) === 'nothing' ? true : null;
  });
  assert.deepEqual(await page.evaluate('violations'), []);
  assert.deepEqual(logged, []);
  await page.context().close();
});

test("a function is looked for with speedscope's own search, and the lines of its stack are links", async () => {
  const { page, logged } = await open();
  await reach(page, /^Flame graph\./);
  await page.keyboard.press('Control+f');
  await page.getByLabel('Function to look for').waitFor();
  await page.waitForTimeout(300);
  await page.keyboard.type('distance');
  await page.keyboard.press('Enter');
  const line = page.locator('[role=link]').first();
  await line.waitFor();
  assert.equal(await focused(page), 'Function to look for');
  assert.deepEqual(await seriousFaults(page), []);
  await reach(page, /^distance\s\(drift\.py:30\)$/);
  await page.keyboard.press('Enter');
  await reach(page, /^> rank\s\(app\.py:9\)$/);
  await page.keyboard.press('Enter');
  assert.deepEqual(await openedPlaces(page), ['drift.py:30', 'app.py:9']);
  await line.click();
  assert.deepEqual(await openedPlaces(page), ['drift.py:30', 'app.py:9', 'drift.py:30']);
  await page.screenshot({ path: path.join(repository, 'out/screenshots/flamegraph-search.png') });
  assert.deepEqual(await page.evaluate('violations'), []);
  assert.deepEqual(logged, []);
  await page.context().close();
});

test('a click on a frame shows its stack, and a click there opens the source', async () => {
  const { page } = await open();
  const box = (await page.locator('canvas').last().boundingBox())!;
  const line = page.locator('[role=link]').first();
  await until('the stack of the innermost function', 10_000, async () => {
    await page.mouse.move(box.x + 150, box.y + 70);
    await page.mouse.click(box.x + 150, box.y + 70);
    return (await line.count()) > 0 ? true : null;
  });
  assert.match((await line.textContent()) ?? '', /^distance\s\(drift\.py:30\)$/);
  await line.click();
  assert.deepEqual(await openedPlaces(page), ['drift.py:30']);
  await page.context().close();
});

test("speedscope's keys work on, and the bar follows them", async () => {
  const { page } = await open();
  await page.keyboard.press('n');
  await until('the other samples', 5000, async () =>
    (await page.locator('select').inputValue()) === 'slow' ? true : null,
  );
  await page.locator('#sentence:has-text("What one sees of slow.")').waitFor();
  await page.keyboard.press('3');
  await page.locator('button[aria-pressed=true]:text-is("Sandwich")').waitFor();
  await page.keyboard.press('t');
  assert.equal(await focused(page), 'Samples shown');
  await page.context().close();
});

test('nothing serious stands in the way of assistive technology, in any view, dark or light', async () => {
  for (const theme of ['dark', 'light'] as const) {
    const { page, logged } = await open(theme);
    await page.locator('button:has-text("Functions")').click();
    for (const view of ['Time Order', 'Left Heavy', 'Sandwich']) {
      await page.locator(`button:text-is("${view}")`).click();
      await page.waitForTimeout(300);
      assert.deepEqual(await seriousFaults(page), [], `${view}, ${theme}`);
    }
    await page.locator('button:has-text("Show callers")').click();
    await page.locator('[role=status]:has-text("distance")').waitFor();
    assert.deepEqual(await seriousFaults(page), [], `callers, ${theme}`);
    await page.screenshot({ path: path.join(repository, `out/screenshots/flamegraph-${theme}.png`) });
    assert.deepEqual(await page.evaluate('violations'), []);
    assert.deepEqual(logged, []);
    await page.context().close();
  }
});

test('a view is chosen, made, kept under another name and put away by keys; what is shown is kept for the next time', async () => {
  const { page, logged } = await open();
  assert.deepEqual(await page.evaluate("[...document.querySelectorAll('optgroup')].map((group) => group.label)"), [
    'Run',
    'Requests',
    'Saved',
  ]);
  await reach(page, /^Samples shown$/);
  await page.keyboard.press('End');
  await page.locator('#sentence:has-text("difference.")').waitFor();
  assert.deepEqual(await page.evaluate('kept'), { run: 'run', view: 'difference' });
  for (const [name, action] of [
    ['Rename…', 'rename'],
    ['Remove', 'remove'],
    ['New view…', 'new'],
  ] as const) {
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), name);
    await page.keyboard.press('Enter');
    assert.deepEqual((await sent(page)).at(-1), { type: 'act', action });
  }
  assert.deepEqual(logged, []);
  await page.context().close();
});

test('a difference says more, less, gone and new in colours, signs and words, in every theme', async () => {
  for (const theme of ['dark', 'light', 'high-contrast'] as const) {
    const { page, logged } = await open(theme);
    await page.locator('select').selectOption('difference');
    await page.locator('#sentence:has-text("▲ more")').waitFor();
    assert.match((await page.locator('#sentence').textContent()) ?? '', /▲ more\s+▼ less\s+✕ gone\s+✚ new/);
    await page.locator('button:has-text("Functions")').click();
    assert.match((await page.locator('[role=option]').first().textContent()) ?? '', /▲ 40 samples more.*distance/s);
    await page.waitForTimeout(500);
    const colours = await coloursOf(page);
    const signed = new Set<string>();
    for (const sign of SIGNS) {
      const part = `document.querySelector('[data-sign="${sign}"]')`;
      const drawn = await page.evaluate<string>(`getComputedStyle(${part}).backgroundColor`);
      signed.add(drawn);
      assert.ok(colours.has(drawn), `${sign} ${drawn}, ${theme}: ${[...colours].slice(0, 12).join(' ')}`);
    }
    assert.deepEqual(await seriousFaults(page), [], theme);
    if (theme === 'light') await chipsAgree(page);
    await page.screenshot({ path: path.join(repository, `out/screenshots/flamegraph-difference-${theme}.png`) });
    assert.deepEqual(await page.evaluate('violations'), []);
    assert.deepEqual(logged, []);
    await page.locator('select').selectOption('all');
    await page.locator('#sentence:has-text("What one sees of all.")').waitFor();
    await page.waitForTimeout(500);
    const plain = await coloursOf(page);
    assert.ok(plain.size > 8 && ![...plain].some((colour) => signed.has(colour)), 'its own colours again');
    await page.context().close();
  }
});

/** In speedscope's list of functions the chip beside each name has the colour of its sign. */
async function chipsAgree(page: Page): Promise<void> {
  await page.locator('button:text-is("Sandwich")').click();
  const row = page.locator('[role=application] table > tr:has-text("▲ distance")');
  const chip = await until('the chip of a function that takes more', 5000, async () => {
    const colour = /background-color:\s*([^;]+)/.exec((await row.locator('span[style]').getAttribute('style')) ?? '');
    return colour?.[1] ?? null;
  });
  const legend = 'document.querySelector(\'[data-sign="▲"]\').style.backgroundColor';
  assert.equal(chip, await page.evaluate<string>(legend));
  await page.screenshot({ path: path.join(repository, 'out/screenshots/flamegraph-difference-list.png') });
  await page.locator('button:text-is("Left Heavy")').click();
  await page.waitForTimeout(300);
}

/** The colours of the flame graph as it stands on the screen, each as a style has it. */
async function coloursOf(page: Page): Promise<Set<string>> {
  const picture = (await page.screenshot()).toString('base64');
  // Not in the panel's own page, whose policy keeps it from loading anything.
  const reader = await browser.newPage();
  const colours = await reader.evaluate<string[]>(`(async () => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,${picture}')).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 160, image.width, image.height - 420);
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const colour = 'rgb(' + data[i] + ', ' + data[i + 1] + ', ' + data[i + 2] + ')';
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts].filter(([, count]) => count > 15).map(([colour]) => colour);
  })()`);
  await reader.close();
  return new Set(colours);
}
