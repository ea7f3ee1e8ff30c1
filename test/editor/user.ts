import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { until } from '../support/until.ts';
import {
  cleanEnvironment,
  editorPrograms,
  end,
  launchChromium,
  listeningPort,
  onceAtEnd,
  repository,
} from './launcher-programs.ts';

/** Short name, label, and speedscope's scheme. */
export const THEMES = [
  ['dark', 'Dark 2026', 'DARK'],
  ['light', 'Light 2026', 'LIGHT'],
  ['contrast', 'Dark High Contrast', 'DARK'],
] as const;
const START_MS = 60_000;
const FIND_MS = 15_000;
const TRY_MS = 2000;
const INSTALL_MS = 60_000;
const STILL_MS = 1000;
const SETTLE_MS = 500;

/** A person at VS Code: the packaged extension installed in code-server, a folder open, keys and eyes in Chromium. */
export class User {
  readonly page: Page;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, close: () => Promise<void>) {
    this.page = page;
    this.#close = close;
  }

  /** @param settings the user's own, on top of those that keep VS Code quiet @param trusted whether every folder is */
  static async start(vsix: string, folder: string, settings: Record<string, unknown>, trusted = true): Promise<User> {
    const programs = await editorPrograms((line) => console.log(line));
    const data = mkdtempSync(path.join(os.tmpdir(), 'tailflame-user-'));
    const state: { server?: ChildProcess; browser?: Browser } = {};
    const close = onceAtEnd(async () => {
      await state.browser?.close().catch(() => {});
      if (state.server) await end(state.server);
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    });
    try {
      const file = path.join(data, 'User', 'settings.json');
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ ...QUIET, ...settings }));
      const own = ['--user-data-dir', data, '--extensions-dir', path.join(data, 'extensions')];
      const config = ['--config', path.join(data, 'config.yaml')];
      const options = {
        cwd: data,
        env: cleanEnvironment({ PORT: undefined }),
        stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
      };
      state.server = spawn(programs.node, [programs.entry, ...own, ...config, '--install-extension', vsix], options);
      await ended(state.server);
      const flags = ['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check'];
      const trust = trusted ? ['--disable-workspace-trust'] : [];
      const server = spawn(programs.node, [programs.entry, ...own, ...config, ...flags, ...trust], options);
      state.server = server;
      const port = await listeningPort(server, /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/, START_MS);
      state.browser = await launchChromium(programs.chromium);
      const page = await state.browser.newPage({ viewport: { width: 1920, height: 860 } });
      await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`, { timeout: START_MS });
      await page.waitForSelector('.monaco-workbench .statusbar', { timeout: START_MS });
      return new User(page, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#close();
  }

  /** Chooses a color theme by its label. */
  async theme(label: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.page.keyboard.press('Control+t');
    await this.#pick(label, label);
  }

  /** Opens a file of the folder by its name, or by its path where several have that name. */
  async open(name: string): Promise<void> {
    const base = path.basename(name);
    const input = this.#box;
    const row = this.#row(base);
    const tab = this.page.locator(`.editor-group-container.active .tab.active:has-text("${base}")`).first();
    // What a run shows when it ends may take the focus, and the list goes, or the file a moment after it was opened.
    await until(`${name} in the editor`, 30_000, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      try {
        await input.fill(name, { timeout: TRY_MS });
        await row.waitFor({ timeout: TRY_MS });
        await input.press('Enter', { timeout: TRY_MS });
        await tab.waitFor({ timeout: TRY_MS });
        await sleep(SETTLE_MS);
        return (await tab.isVisible()) ? true : null;
      } catch {
        return null;
      }
    });
  }

  /** Goes to a line of the active editor, 1-based. */
  async goTo(line: number): Promise<void> {
    // Nothing happens at Enter as long as a file that was just opened is not the active editor.
    await until(`line ${line}`, FIND_MS, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+g');
      const input = this.#box;
      await input.waitFor({ timeout: FIND_MS });
      if (!(await this.#typed(`:${line}`))) return null;
      await this.page.keyboard.press('Enter');
      return input.waitFor({ state: 'hidden', timeout: 2000 }).then(
        () => true,
        () => null,
      );
    });
  }

  /** A link of the lenses above a line, once one of them reads like `pattern`. */
  async lens(line: number, pattern: RegExp): Promise<Locator> {
    await this.goTo(line);
    let seen = '';
    const ask = async (): Promise<Locator | null> => {
      const cursor = await this.page.locator('.editor-instance .view-overlays .current-line').first().boundingBox();
      for (const lens of await this.page.locator('.codelens-decoration').all()) {
        const box = await lens.boundingBox();
        if (!cursor || !box || box.y + box.height > cursor.y + 2 || box.y < cursor.y - 2 * cursor.height) continue;
        const link = lens.locator('a').filter({ hasText: pattern }).first();
        if ((await link.count()) > 0) return link;
        seen = (await lens.textContent()) ?? '';
      }
      return null;
    };
    return until(`a lens above line ${line} that reads like ${pattern}`, FIND_MS, ask).catch((error: Error) => {
      throw new Error(`${error.message} It reads ${seen}`);
    });
  }

  /** Whether a question is open. */
  async isAsked(): Promise<boolean> {
    return (await this.page.locator('.quick-input-widget:visible').count()) > 0;
  }

  async #pick(text: string, label: string): Promise<void> {
    await until(`${label} in the list`, FIND_MS, async () => ((await this.#found(text, label)) ? true : null));
    await this.page.keyboard.press('Enter');
  }

  /** Runs a command from the palette by its title. */
  async command(title: string): Promise<void> {
    // The list is made when the palette opens, and an extension may be registered a moment later.
    await until(`the command ${title}`, 30_000, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await this.#box.waitFor({ timeout: FIND_MS });
      // A key that came late may have closed it again; then it is opened anew.
      return (await this.#found(`>${title}`, title)) ? true : null;
    });
    await this.page.keyboard.press('Enter');
  }

  /** Types an answer to the question with this title. */
  async answer(title: string, text: string): Promise<void> {
    await until(`the question ${title}`, 30_000, async () => {
      await this.page.locator(`.quick-input-titlebar:has-text("${title}")`).waitFor({ timeout: FIND_MS });
      return (await this.#typed(text)) ? true : null;
    });
    await this.page.keyboard.press('Enter');
  }

  get #box(): Locator {
    return this.page.locator('.quick-input-widget:visible input').first();
  }

  /** The row of the list that Enter would take, where it reads like that. */
  #row(label: string): Locator {
    return this.page.locator(`.quick-input-list .monaco-list-row.focused:has-text("${label}")`).first();
  }

  /** Whether Enter would take the row with this label after the text is typed. */
  async #found(text: string, label: string): Promise<boolean> {
    if (!(await this.#typed(text))) return false;
    return this.#row(label)
      .waitFor({ timeout: TRY_MS })
      .then(
        () => true,
        () => false,
      );
  }

  /** Whether the box took it: between two questions it is there and takes nothing. */
  async #typed(text: string): Promise<boolean> {
    return this.#box.fill(text, { timeout: TRY_MS }).then(
      () => true,
      () => false,
    );
  }

  /** Chooses from the list with this title. */
  async choose(title: string, label: string): Promise<void> {
    await this.page.locator(`.quick-input-titlebar:has-text("${title}")`).waitFor({ timeout: FIND_MS });
    await this.#pick(label, label);
  }

  /** Waits until VS Code tells something that reads like `pattern`, and puts it away. */
  async told(pattern: RegExp): Promise<void> {
    const message = this.page.locator('.notification-list-item-message').filter({ hasText: pattern }).first();
    await message.waitFor({ timeout: FIND_MS });
    await this.command('Notifications: Clear All Notifications');
    await message.waitFor({ state: 'hidden', timeout: FIND_MS });
  }

  /** Presses a button of the dialog that asks this. */
  async decide(question: string, button: string): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box').filter({ hasText: question });
    await dialog.locator('.monaco-button').filter({ hasText: button }).click({ timeout: FIND_MS });
    await dialog.waitFor({ state: 'hidden', timeout: FIND_MS });
  }

  /** Opens the views of the activity bar's flame. */
  async openViews(): Promise<void> {
    const icon = this.page.locator('.activitybar .action-item:has(.action-label[aria-label^="Tailflame"])').first();
    await icon.waitFor({ timeout: FIND_MS });
    const header = this.page.locator('.pane-header[aria-label^="Runs"]');
    if (!(await header.isVisible())) await icon.click();
    await header.waitFor({ timeout: FIND_MS });
  }

  /** Waits until the extension's status bar item reads like `pattern`, and returns what it read. */
  status(pattern: RegExp, limit: number): Promise<string> {
    return until(`the status bar to read like ${pattern}`, limit, async () => {
      const item = this.page.locator('.statusbar-item[id*="tailflame"]').first();
      const text = (await item.count()) > 0 ? ((await item.textContent()) ?? '').trim() : '';
      return pattern.test(text) ? text : null;
    });
  }

  /** The frame of the flame graph's page, once speedscope shows something in it. */
  flamegraph(): Promise<Frame> {
    return until('the flame graph', 30_000, async () => {
      for (const frame of this.page.frames()) {
        const shown = await frame
          .evaluate<boolean>("'speedscope' in window && document.querySelectorAll('canvas').length > 0")
          .catch(() => false);
        if (shown) return frame;
      }
      return null;
    });
  }

  /** Texts that decorations put after those lines of the visible editors that have `code` in them. */
  async annotations(code = ''): Promise<string[]> {
    // As text: it runs in the page, whose types are not those of this program. An editor's blanks are such as do not break.
    return this.page.evaluate<string[]>(`[...document.querySelectorAll('.view-line')]
      .filter((line) => line.textContent.replaceAll('\u00a0', ' ').includes(${JSON.stringify(code)}))
      .flatMap((line) => [...line.querySelectorAll('span')])
      .map((span) => getComputedStyle(span, '::after').content)
      .filter((content) => content.startsWith('"') && content.length > 2)
      .map((content) => content.slice(1, -1))`);
  }

  /** In each theme, as `name-dark` and so on; ends in the dark one. */
  async screenshots(name: string): Promise<void> {
    for (const [short, label] of THEMES.toReversed()) {
      await this.theme(label);
      await this.screenshot(`${name}-${short}`);
    }
  }

  async screenshot(name: string): Promise<void> {
    const folder = path.join(repository, 'out/screenshots');
    mkdirSync(folder, { recursive: true });
    await this.command('Notifications: Clear All Notifications');
    await this.page.mouse.move(0, 0);
    writeFileSync(path.join(folder, `${name}.png`), await this.#picture());
  }

  /** Taken when two in a row are the same: a new theme, say, comes to the page piece by piece. What always moves is taken as it is. */
  async #picture(): Promise<Buffer> {
    const take = (): Promise<Buffer> => this.page.screenshot({ animations: 'disabled' });
    let last = await take();
    const isStill = async (): Promise<boolean> => {
      const before = last;
      last = await take();
      return last.equals(before);
    };
    await until('a still picture', STILL_MS, async () => ((await isStill()) ? true : null)).catch(() => {});
    return last;
  }
}

const QUIET = {
  'git.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'chat.commandCenter.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.startupPrompt': 'never',
};

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (data: Buffer): void => {
      said += data.toString();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    const timer = setTimeout(() => child.kill('SIGKILL'), INSTALL_MS);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(`The extension could not be installed (${code}): ${said.slice(-2000)}`));
    });
  });
}
