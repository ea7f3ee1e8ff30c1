/** How much more or less it is than before: `+12 %`, `−8 %`, `±0 %`; beside nothing `+3`; empty where either is unknown. */
export function changeText(now: number | null, then: number | null): string {
  if (now === null || then === null) return '';
  if (then === 0) return now === 0 ? '±0' : `+${now.toLocaleString('en-US')}`;
  const share = ((now - then) / then) * 100;
  const size = Math.abs(share);
  const text = size >= 10 ? size.toFixed(0) : Number(size.toFixed(1)).toString();
  if (Number(text) === 0) return '±0 %';
  return `${share > 0 ? '+' : '−'}${text} %`;
}
