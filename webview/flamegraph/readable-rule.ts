/** speedscope's colours whose text has too little contrast (4.5 : 1), and what takes their place, by its colour scheme. */
const DARK: Readonly<Record<string, string>> = {
  '#666666': '#8e8e8e',
  '#00769b': '#005a7d',
};
const LIGHT: Readonly<Record<string, string>> = {
  '#bdbdbd': '#6e6e6e',
  '#2f80ed': '#1a6fdb',
  '#8eb7ed': '#3f75b8',
  '#6fcf97': '#1b7f45',
};

/** A rule of speedscope's style sheet such that its text can be read, and what has the focus can be seen. */
export function readableRule(rule: string, light: boolean): string {
  const colours = light ? LIGHT : DARK;
  return rule
    .replaceAll(/#[0-9a-f]{6}\b/gi, (colour) => colours[colour.toLowerCase()] ?? colour)
    .replaceAll(/outline:\s*none[^;}]*;?/g, '');
}
