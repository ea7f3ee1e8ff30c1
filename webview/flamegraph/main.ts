import { render } from 'lit';
import { SIGNS } from '../../src/report/difference-signs.ts';
import type { FlamegraphState, FromFlamegraph, ToFlamegraph } from '../messages.ts';
import { bar } from './bar.ts';
import { cssColour } from './difference-colours.ts';
import { functions } from './functions.ts';
import { linkLocations, linkOf } from './location-links.ts';
import { LEFT_HEAVY, Speedscope, VIEWS } from './speedscope.ts';
import {
  changedFunctions,
  type FunctionRow,
  frameNames,
  functionRows,
  type SpeedscopeFile,
} from './speedscope-file.ts';

interface VsCodeApi {
  postMessage(message: FromFlamegraph): void;
  setState(state: FlamegraphState | null): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const MOST_FUNCTIONS = 100;
/** What speedscope does something at, wherever the focus is; in our controls these are ours. */
const ITS_KEYS = /^(.|Arrow.*|Escape)$/;

const vscode = acquireVsCodeApi();
const header = document.getElementById('bar')!;
const section = document.createElement('section');
section.id = 'functions';
section.hidden = true;

let speedscope: Speedscope | null = null;
let shown: ToFlamegraph | null = null;
let view = LEFT_HEAVY;
let rows: readonly FunctionRow[] = [];
let selected = 0;
let said = '';

const prepared = Speedscope.prepare();
window.addEventListener('message', (event: MessageEvent<ToFlamegraph>) => {
  void show(event.data);
});
document.addEventListener('click', openLink, true);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') openLink(event);
});
// Before speedscope's, whose script comes after this one.
window.addEventListener('keypress', followKey);
for (const own of [header, section]) {
  own.addEventListener('keypress', (event) => event.stopPropagation());
  own.addEventListener('keydown', (event) => {
    // VS Code has to hear of its own.
    if (ITS_KEYS.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
}
window.addEventListener('load', () => vscode.postMessage({ type: 'ready' }));

async function show(message: ToFlamegraph): Promise<void> {
  speedscope ??= await begun();
  const same = shown?.profile === message.profile;
  shown = message;
  vscode.setState(message.state);
  if (!same) {
    const file = JSON.parse(message.profile) as SpeedscopeFile;
    said = '';
    selected = 0;
    rows =
      message.changes === null ? functionRows(file, MOST_FUNCTIONS) : changedFunctions(message.changes, MOST_FUNCTIONS);
    speedscope.load(message.name, message.profile, message.changes === null ? null : frameNames(file));
  }
  draw();
}

async function begun(): Promise<Speedscope> {
  const mounted = await Speedscope.mounted(prepared);
  mounted.view(view);
  document.body.append(section);
  // What speedscope draws on is placed by its height.
  new ResizeObserver(() => {
    document.body.style.setProperty('--bar', `${header.offsetHeight}px`);
    window.dispatchEvent(new Event('resize'));
  }).observe(header);
  let scheduled = false;
  new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      follow(mounted);
    });
  }).observe(mounted.element, { subtree: true, childList: true, characterData: true });
  return mounted;
}

/** Takes up what changed in speedscope. */
function follow(mounted: Speedscope): void {
  mounted.nameParts();
  mounted.colourChips();
  linkLocations(mounted.element);
}

function draw(): void {
  if (shown === null) return;
  const functionsShown = !section.hidden;
  const { views: choices, shown: id, sentence, actions, changes } = shown;
  const isDifference = changes !== null;
  const act = (action: (typeof actions)[number]): void => vscode.postMessage({ type: 'act', action });
  const ways = { view, functionsShown, choose, act, show: showView, toggleFunctions };
  render(bar({ choices, shown: id, sentence, isDifference, actions, ...ways }), header);
  // Where the view that was chosen is not to be had, what is drawn has not changed.
  header.querySelector('select')!.value = id;
  for (const sign of SIGNS) {
    const colour = cssColour(prepared.colours.signs[sign]);
    for (const part of header.querySelectorAll<HTMLElement>(`[data-sign="${sign}"]`))
      part.style.backgroundColor = colour;
  }
  const close = (): void => {
    toggleFunctions();
    header.querySelector<HTMLElement>('[aria-controls]')?.focus();
  };
  render(functions({ rows, selected, said, isDifference, select, openSource, showCalls, close }), section);
}

function choose(id: string): void {
  vscode.postMessage({ type: 'view', id });
}

/** The view that stands so many places behind the one shown in the list. */
function chooseNext(places: number): void {
  const { views, shown: id } = shown!;
  const next = views[views.findIndex((choice) => choice.id === id) + places];
  if (next) choose(next.id);
}

function showView(index: number): void {
  speedscope?.view(index);
}

function toggleFunctions(): void {
  section.hidden = !section.hidden;
  draw();
  // speedscope looks at its size then.
  window.dispatchEvent(new Event('resize'));
  if (!section.hidden) section.querySelector<HTMLElement>('[role=listbox]')?.focus();
}

function select(index: number): void {
  selected = index;
  draw();
  document.getElementById(`function-${index}`)?.scrollIntoView({ block: 'nearest' });
}

function openSource(): void {
  const location = rows[selected]?.location;
  if (location) vscode.postMessage({ type: 'open', ...location });
}

async function showCalls(): Promise<void> {
  const row = rows[selected];
  if (!speedscope || !row) return;
  const found = await speedscope.select(row);
  said = found ? `The flame graph shows the callers and callees of ${row.name}.` : `${row.name} is not in the list.`;
  draw();
}

function followKey(event: KeyboardEvent): void {
  const key = VIEWS.findIndex((one) => one.key === event.key);
  if (key >= 0) {
    view = key;
    draw();
  } else if (shown !== null && (event.key === 'n' || event.key === 'p')) {
    // To speedscope there is but one profile.
    event.stopImmediatePropagation();
    chooseNext(event.key === 'n' ? 1 : -1);
  } else if (event.key === 't') {
    // Its own list of profiles stands in the bar that is hidden.
    event.stopImmediatePropagation();
    header.querySelector('select')?.focus();
  }
}

function openLink(event: Event): void {
  const location = linkOf(event.target);
  if (location) vscode.postMessage({ type: 'open', ...location });
}
