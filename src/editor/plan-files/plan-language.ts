import * as vscode from 'vscode';
import { type Completion, planCompletions } from '../../load/plan/assist/plan-completion.ts';
import { planHover } from '../../load/plan/assist/plan-hover.ts';
import { LONGEST_PLAN, PLAN_FILES } from './plan-diagnostics.ts';

/** It completes and explains plan files by the same schema, which the manifest names to it. */
const YAML_EXTENSION = 'redhat.vscode-yaml';
/** VS Code takes plain YAML for text in quotes, and offers nothing there by itself: it has to be asked at each letter. */
const TRIGGERS = [...'abcdefghijklmnopqrstuvwxyz', ' ', '-', '{', ','];

/** Completion and hover in plan files, where no other extension has them. */
export class PlanLanguage implements vscode.CompletionItemProvider, vscode.HoverProvider, vscode.Disposable {
  readonly #subscriptions = [
    vscode.languages.registerCompletionItemProvider(PLAN_FILES, this, ...TRIGGERS),
    vscode.languages.registerHoverProvider(PLAN_FILES, this),
  ];

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.CompletionItem[] | undefined {
    const text = textOf(document);
    if (text === null) return undefined;
    return planCompletions(text, document.offsetAt(position)).map((completion, at) => item(completion, at, document));
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const text = textOf(document);
    const hover = text === null ? null : planHover(text, document.offsetAt(position));
    if (hover === null) return undefined;
    const { key, description, values, byDefault, example, required, from, to } = hover;
    const said = new vscode.MarkdownString();
    said.appendMarkdown(`**${key}**${required ? ' (needed)' : ''}\n\n`).appendText(description);
    if (values.length > 0) said.appendMarkdown(`\n\nOne of ${values.map(code).join(', ')}.`);
    if (byDefault !== null) said.appendMarkdown(`\n\nDefault: ${code(byDefault)}`);
    if (example !== null) said.appendMarkdown('\n\nFor example').appendCodeblock(`${key}: ${inline(example)}`, 'yaml');
    return new vscode.Hover(said, new vscode.Range(document.positionAt(from), document.positionAt(to)));
  }
}

/** null: it is not ours to say anything. */
function textOf(document: vscode.TextDocument): string | null {
  if (vscode.extensions.getExtension(YAML_EXTENSION) !== undefined) return null;
  const text = document.getText();
  return text.length > LONGEST_PLAN ? null : text;
}

function item(completion: Completion, at: number, document: vscode.TextDocument): vscode.CompletionItem {
  const { kind, label, insert, detail, description, from, to } = completion;
  const made = new vscode.CompletionItem(
    label,
    kind === 'key' ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.Value,
  );
  // As text: a dollar or a brace means itself.
  made.insertText = insert;
  made.range = new vscode.Range(document.positionAt(from), document.positionAt(to));
  made.detail = detail;
  made.documentation = new vscode.MarkdownString().appendText(description);
  made.sortText = String(at).padStart(4, '0');
  // After a key its value is next.
  if (/[ \n-]$/.test(insert)) made.command = { title: '', command: 'editor.action.triggerSuggest' };
  return made;
}

function code(text: string): string {
  return text.includes('`') ? text : `\`${text}\``;
}

/** A map or list stands below its key. */
function inline(yaml: string): string {
  return /^(?:- |[\w"-]+:(?:\s|$))/.test(yaml) || yaml.includes('\n') ? `\n  ${yaml.replaceAll('\n', '\n  ')}` : yaml;
}
