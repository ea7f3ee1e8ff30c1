/** The theme's colours as a canvas takes them. */
export interface Colours {
  readonly background: string;
  readonly foreground: string;
  readonly dim: string;
  readonly grid: string;
  readonly blue: string;
  readonly orange: string;
  readonly red: string;
  readonly green: string;
  readonly purple: string;
  readonly family: string;
}

export type ColourName = Exclude<keyof Colours, 'family'>;

/** As the page's style sheet has them now; they change with the theme. */
export function readColours(): Colours {
  // A property's own text may be an expression that a canvas does not take; the colour an element gets from it is plain.
  const probe = document.createElement('span');
  document.body.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    background: read('--background'),
    foreground: read('--foreground'),
    dim: read('--dim'),
    grid: read('--grid'),
    blue: read('--blue'),
    orange: read('--orange'),
    red: read('--red'),
    green: read('--green'),
    purple: read('--purple'),
    family: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return colours;
}

/** Calls back when the theme may have changed: VS Code says so on the body, a file's browser by its preference. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', changed);
  }
}
