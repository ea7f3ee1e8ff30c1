import { realpathSync, statSync } from 'node:fs';
import * as vscode from 'vscode';
import { percent } from '../report/figures.ts';
import { heatOf, type LineMark, markText } from '../report/line-marks.ts';

const CONTEXT = 'tailflame.annotationsShown';
/** Widths of the heat bar in the gutter. */
const HEATS = 8;

/** What is known of a file's lines, and from when. */
export interface AnnotatedLines {
  readonly marks: ReadonlyMap<string, readonly LineMark[]>;
  /** Text after single lines, such as a route's latency, by file and 1-based line. */
  readonly notes: ReadonlyMap<string, readonly { readonly line: number; readonly text: string }[]>;
  /** When samples began to be taken, ms since 1970: a file changed later may not be what ran. */
  readonly takenAt: number;
  /** When the program was started that they were taken of, at the latest when they were: what was saved after it may not be loaded. */
  readonly loadedAt: number;
  /** Where they come from, for the hover. */
  readonly source: string;
  /** The view of it that the shares are of; null for all of it. */
  readonly view: string | null;
  /** What is slow where they speak of slow ones: `requests`, `first tokens`. */
  readonly slow: string;
}

interface Shown {
  readonly line: number;
  readonly mark: LineMark | null;
  readonly note: string;
}

interface ShownFile {
  shown: Shown[];
  /** Null: what stands there is what ran, as far as can be told. */
  stale: keyof typeof STALE | null;
}

/** Why lines may not be those that ran, after them and in their hover. */
const STALE = {
  changed: { text: 'stale: the file has changed since', hover: 'The file has changed since: find slow lines again.' },
  unloaded: {
    text: 'stale: saved after the server was started',
    hover:
      'The file was saved after the server was started, which may run what stood there before: restart it, and find slow lines again.',
  },
} as const;

/** An edit by what it does to lines, 1-based: those after `kept` and before `last` are gone, and those after `kept` are moved. */
interface Edit {
  readonly kept: number;
  readonly last: number;
  readonly moved: number;
}

/** A heat bar in the gutter and text after the line, in every visible editor whose file was sampled. */
export class LineAnnotations implements vscode.Disposable {
  readonly #text = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3em', color: new vscode.ThemeColor('editorCodeLens.foreground') },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  readonly #heat = Array.from({ length: HEATS }, (_, index) => heatDecoration((index + 1) / HEATS));
  readonly #subscriptions: vscode.Disposable[];
  #lines: AnnotatedLines | null = null;
  /** By the files' own paths. */
  #marks: ReadonlyMap<string, readonly LineMark[]> = new Map();
  #notes: AnnotatedLines['notes'] = new Map();
  /** By the paths they were opened by; null: nothing is known of it. */
  readonly #files = new Map<string, ShownFile | null>();
  /** What was edited since the lines were shown, by the same paths: other marks in their place have moved as well. */
  readonly #edits = new Map<string, Edit[]>();
  #visible = true;

  constructor() {
    this.#subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => this.#refresh()),
      vscode.workspace.onDidChangeTextDocument((event) => this.#follow(event)),
    ];
    this.#setContext();
  }

  show(lines: AnnotatedLines): void {
    this.#visible = true;
    this.#setContext();
    this.#edits.clear();
    this.replace(lines);
  }

  /** Other marks in place of those there are: where they are hidden they stay so. */
  replace(lines: AnnotatedLines): void {
    this.#lines = lines;
    this.#marks = byOwnPath(lines.marks);
    this.#notes = byOwnPath(lines.notes);
    this.#files.clear();
    this.#refresh();
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#setContext();
    this.#refresh();
  }

  dispose(): void {
    for (const disposable of [...this.#subscriptions, this.#text, ...this.#heat]) disposable.dispose();
  }

  #setContext(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT, this.#visible);
  }

  #refresh(): void {
    for (const editor of vscode.window.visibleTextEditors) this.#decorate(editor);
  }

  #decorate(editor: vscode.TextEditor): void {
    const file = this.#visible ? this.#fileOf(editor.document) : null;
    const texts: vscode.DecorationOptions[] = [];
    const bars: vscode.DecorationOptions[][] = this.#heat.map(() => []);
    for (const { line, mark, note } of file?.shown ?? []) {
      if (line > editor.document.lineCount) continue;
      const { range } = editor.document.lineAt(line - 1);
      const parts = [note, mark === null ? '' : this.#markText(mark), file?.stale ? STALE[file.stale].text : ''];
      texts.push({
        range: new vscode.Range(range.end, range.end),
        renderOptions: { after: { contentText: parts.filter((part) => part !== '').join('   ') } },
        ...(mark === null ? {} : { hoverMessage: this.#hover(mark, file?.stale ?? null) }),
      });
      if (mark !== null) bars[Math.min(HEATS - 1, Math.floor(heatOf(mark) * HEATS))]!.push({ range });
    }
    editor.setDecorations(this.#text, texts);
    for (const [index, type] of this.#heat.entries()) editor.setDecorations(type, bars[index]!);
  }

  #fileOf(document: vscode.TextDocument): ShownFile | null {
    if (this.#lines === null || document.uri.scheme !== 'file') return null;
    const { fsPath } = document.uri;
    const known = this.#files.get(fsPath);
    const file = known === undefined ? this.#read(fsPath) : known;
    if (known === undefined) this.#files.set(fsPath, file);
    // Again and again: a file that no editor holds open changes without an event.
    if (file !== null && file.stale !== 'changed') file.stale = this.#staleness(document, this.#lines) ?? file.stale;
    return file;
  }

  #staleness({ isDirty, uri }: vscode.TextDocument, { takenAt, loadedAt }: AnnotatedLines): ShownFile['stale'] {
    const changed = changedAt(uri.fsPath);
    if (isDirty || changed > takenAt) return 'changed';
    return changed > loadedAt ? 'unloaded' : null;
  }

  #read(fsPath: string): ShownFile | null {
    const own = ownPath(fsPath);
    const marks = this.#marks.get(own) ?? [];
    const notes = this.#notes.get(own) ?? [];
    if (marks.length + notes.length === 0) return null;
    const shown: Shown[] = marks.map((mark) => ({
      line: mark.line,
      mark,
      note: notes.find(({ line }) => line === mark.line)?.text ?? '',
    }));
    for (const { line, text } of notes) {
      if (!shown.some((other) => other.line === line)) shown.push({ line, mark: null, note: text });
    }
    const edits = this.#edits.get(fsPath);
    return { shown: edits?.reduce(moved, shown) ?? shown, stale: edits === undefined ? null : 'changed' };
  }

  /** An edit moves the marks below it, drops those inside it, and makes all of the file's stale. */
  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0 || document.uri.scheme !== 'file') return;
    const file = this.#fileOf(document);
    if (file === null) return;
    file.stale = 'changed';
    const edits = contentChanges.map((change) => editOf(change, document));
    const before = this.#edits.get(document.uri.fsPath) ?? [];
    this.#edits.set(document.uri.fsPath, before);
    // Most of what is typed moves no line, and need not be kept.
    before.push(...edits.filter(({ kept, last, moved: by }) => by !== 0 || last - kept > 1));
    file.shown = edits.reduce(moved, file.shown);
    for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) this.#decorate(editor);
  }

  get #slow(): string {
    return this.#lines?.slow ?? 'requests';
  }

  #markText(mark: LineMark): string {
    const view = this.#lines?.view ?? null;
    const text = markText(mark, this.#slow);
    return view === null ? text : `${text} · ${view}`;
  }

  #hover(mark: LineMark, stale: ShownFile['stale']): vscode.MarkdownString {
    const view = this.#lines?.view ?? null;
    const own = `${percent(mark.self)} itself, ${percent(mark.total)} with what it called`;
    const rows = [
      [view === null ? 'of all the time it was busy' : 'of what the view shows', own],
      ...(view === null
        ? [
            [`of the busy time during slow ${this.#slow}`, mark.tail === null ? 'unknown' : percent(mark.tail)],
            [`of the busy time during other ${this.#slow}`, mark.rest === null ? 'unknown' : percent(mark.rest)],
          ]
        : []),
    ];
    const text = new vscode.MarkdownString(undefined, true);
    text.isTrusted = { enabledCommands: ['tailflame.showFlameGraph'] };
    // What others have named is text, whatever stands in it.
    const name = mark.function || '(anonymous)';
    text
      .appendMarkdown(`$(flame) **${mark.declares ? 'Function' : 'Line in'}** `)
      .appendText(name)
      .appendMarkdown('\n\n');
    text.appendMarkdown(`| | |\n|---|---|\n${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}\n\n`);
    const when = new Date(this.#lines?.takenAt ?? 0).toLocaleString();
    const what = view === null ? `What overlapped in time with slow ${this.#slow}` : 'What overlapped in time';
    text.appendMarkdown(`${what}, not proof of cause. `).appendText(`${this.#lines?.source ?? ''}, ${when}.`);
    text.appendMarkdown('\n\n');
    if (view !== null) text.appendMarkdown('View: ').appendText(view).appendMarkdown('\n\n');
    if (stale !== null) text.appendMarkdown(`$(warning) ${STALE[stale].hover}\n\n`);
    text.appendMarkdown('[$(graph) Open the flame graph](command:tailflame.showFlameGraph)');
    return text;
  }
}

function editOf({ range, text }: vscode.TextDocumentContentChangeEvent, { lineCount }: vscode.TextDocument): Edit {
  const first = range.start.line + 1;
  const last = range.end.line + 1;
  const moves = text.split('\n').length - 1 - (last - first);
  // Other line endings come as all of the text in place of itself.
  if (first === 1 && last === lineCount && moves === 0) return { kept: last, last, moved: 0 };
  // What begins before a line's first character pushes that line down, or takes it away where it ends in a later one.
  return { kept: range.start.character === 0 ? first - 1 : first, last, moved: moves };
}

function moved(shown: readonly Shown[], { kept, last, moved: by }: Edit): Shown[] {
  return shown
    .filter(({ line }) => line <= kept || line >= last)
    .map((one) => (one.line > kept ? { ...one, line: one.line + by } : one));
}

/** Ms since 1970; 0 where it cannot be told. */
function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** What lines of files are known by: a profile and an editor may have come to a file by different links, or cases of a drive. */
function byOwnPath<Known>(lines: ReadonlyMap<string, readonly Known[]>): Map<string, readonly Known[]> {
  const found = new Map<string, readonly Known[]>();
  for (const [file, known] of lines) {
    const own = ownPath(file);
    found.set(own, [...(found.get(own) ?? []), ...known]);
  }
  return found;
}

/** A file's path without links, as the system writes it; of one that is not there the path given. */
function ownPath(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}

/** A bar in the gutter, as wide as the share, in colours that stand out on light and dark; also in the overview ruler. */
function heatDecoration(share: number): vscode.TextEditorDecorationType {
  const width = Math.max(2, Math.round(share * 14));
  const image = (colour: string): vscode.Uri => {
    const bar = `<rect x="1" y="4" width="${width}" height="8" rx="1" fill="${colour}"/>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${bar}</svg>`;
    return vscode.Uri.parse(`data:image/svg+xml;utf8,${encodeURIComponent(svg)}`);
  };
  const hue = Math.round(50 - 50 * share);
  return vscode.window.createTextEditorDecorationType({
    overviewRulerLane: vscode.OverviewRulerLane.Right,
    overviewRulerColor: `hsl(${hue}, 90%, 50%)`,
    dark: { gutterIconPath: image(`hsl(${hue}, 90%, 60%)`) },
    light: { gutterIconPath: image(`hsl(${hue}, 90%, 42%)`) },
    gutterIconSize: 'contain',
  });
}
