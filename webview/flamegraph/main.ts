import { render } from 'lit';
import type { FromFlamegraph, ToFlamegraph } from '../messages.ts';
import { bar } from './bar.ts';
import { functions } from './functions.ts';
import { linkLocations, linkOf } from './location-links.ts';
import { LEFT_HEAVY, Speedscope, VIEWS } from './speedscope.ts';
import { type FrameShare, frameShares, type SpeedscopeFile } from './speedscope-file.ts';

interface VsCodeApi {
  postMessage(message: FromFlamegraph): void;
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
let file: SpeedscopeFile | null = null;
let profile = 0;
let view = LEFT_HEAVY;
let frames: readonly FrameShare[] = [];
let selected = 0;
let said = '';

Speedscope.prepare();
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
  file = JSON.parse(message.profile) as SpeedscopeFile;
  view = LEFT_HEAVY;
  profile = 0;
  said = '';
  listFrames();
  speedscope.load(message.name, message.profile);
  draw();
  vscode.postMessage({ type: 'shown' });
}

async function begun(): Promise<Speedscope> {
  const mounted = await Speedscope.mounted();
  document.body.append(section);
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
  linkLocations(mounted.element);
  if (mounted.profile === profile || file?.profiles[mounted.profile] === undefined) return;
  ({ profile } = mounted);
  listFrames();
  draw();
}

function listFrames(): void {
  frames = file === null ? [] : frameShares(file, profile, MOST_FUNCTIONS);
  selected = 0;
}

function draw(): void {
  if (file === null) return;
  const profiles = file.profiles.map(({ name }) => name);
  const functionsShown = !section.hidden;
  render(bar({ profiles, profile, view, functionsShown, choose, show: showView, toggleFunctions }), header);
  const close = (): void => {
    toggleFunctions();
    header.querySelector<HTMLElement>('[aria-controls]')?.focus();
  };
  render(functions({ frames, selected, said, select, openSource, showCalls, close }), section);
}

function choose(index: number): void {
  if (speedscope) speedscope.profile = index;
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
  const location = frames[selected]?.location;
  if (location) vscode.postMessage({ type: 'open', ...location });
}

async function showCalls(): Promise<void> {
  const frame = frames[selected];
  if (!speedscope || !frame) return;
  const found = await speedscope.select(frame);
  said = found
    ? `The flame graph shows the callers and callees of ${frame.name}.`
    : `${frame.name} is not in the list.`;
  draw();
}

function followKey(event: KeyboardEvent): void {
  const key = VIEWS.findIndex((one) => one.key === event.key);
  if (key >= 0) {
    view = key;
    draw();
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
