import { type Location, locationIn } from './location.ts';

const LINK = 'tailflame-location';

/** Makes the lines of a stack that name a place in a file links, for the pointer and the keyboard. */
export function linkLocations(root: Element): void {
  const lines = new Set<HTMLElement>();
  for (const span of root.querySelectorAll('span')) {
    const line = span.parentElement;
    if (line && locationIn(span.textContent) && locationIn(line.textContent)) lines.add(line);
  }
  // speedscope uses its elements again for other texts.
  for (const link of root.querySelectorAll<HTMLElement>(`.${LINK}`)) if (!lines.has(link)) unlink(link);
  for (const line of lines) {
    line.classList.add(LINK);
    line.tabIndex = 0;
    line.title = 'Open in the editor';
    line.setAttribute('role', 'link');
  }
}

/** The place that a part of such a line stands for; null outside of one. */
export function linkOf(target: EventTarget | null): Location | null {
  const link = target instanceof Element ? target.closest(`.${LINK}`) : null;
  return link === null ? null : locationIn(link.textContent);
}

function unlink(line: HTMLElement): void {
  line.classList.remove(LINK);
  for (const name of ['tabindex', 'title', 'role']) line.removeAttribute(name);
}
