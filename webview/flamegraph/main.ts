import type { FromFlamegraph, ToFlamegraph } from '../messages.ts';
import { locationIn } from './location.ts';

interface VsCodeApi {
  postMessage(message: FromFlamegraph): void;
}
declare function acquireVsCodeApi(): VsCodeApi;
declare global {
  interface Window {
    /** Defined by speedscope when it has mounted. */
    speedscope?: { loadFileFromBase64(name: string, base64: string): void };
  }
}

const vscode = acquireVsCodeApi();
/** A location is shown in an element of its own; a longer text is a container of many. */
const LONGEST_LOCATION = 2000;

prepareSpeedscope();
window.addEventListener('message', (event: MessageEvent<ToFlamegraph>) => {
  void show(event.data);
});
document.addEventListener('click', openClickedLocation, true);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') openClickedLocation(event);
});
document.addEventListener('mouseover', markLocation, true);
window.addEventListener('load', () => vscode.postMessage({ type: 'ready' }));

/** speedscope reads its address and its colour scheme once, when it loads: this script stands before its own. */
function prepareSpeedscope(): void {
  history.replaceState(null, '', '#localProfilePath=none&view=left-heavy');
  const light =
    document.body.classList.contains('vscode-light') || document.body.classList.contains('vscode-high-contrast-light');
  localStorage.setItem('speedscope-color-scheme', light ? 'LIGHT' : 'DARK');
}

async function show({ name, profile }: ToFlamegraph): Promise<void> {
  while (!window.speedscope) await new Promise((resolve) => setTimeout(resolve, 20));
  window.speedscope.loadFileFromBase64(name, base64Of(profile));
  vscode.postMessage({ type: 'shown' });
}

function base64Of(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  // In pieces, since a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

function openClickedLocation(event: Event): void {
  const location = locationAt(event.target);
  if (location) vscode.postMessage({ type: 'open', ...location });
}

function markLocation(event: Event): void {
  if (!(event.target instanceof HTMLElement) || !locationAt(event.target)) return;
  event.target.classList.add('tailflame-location');
  event.target.title = 'Open in the editor';
}

function locationAt(target: EventTarget | null): ReturnType<typeof locationIn> {
  if (!(target instanceof Element)) return null;
  const text = target.textContent ?? '';
  return text.length <= LONGEST_LOCATION ? locationIn(text) : null;
}
