import { createHash } from 'node:crypto';
import { opening } from '../correlate/sentences.ts';
import type { GateDocument, GateFigure } from '../find/gate-document.ts';
import { amountText } from '../find/gate-sentence.ts';
import { GATE_MARKS, type GateRow, gateFacts, gateRows, pairsNote } from './gate-rows.ts';
import { intervalScale } from './interval-bar.ts';
import { slowerSentences } from './slower-sentences.ts';
import { harmless } from './styled-line.ts';

/** Of the drawing of an interval, in its own units: 0 is in the middle. */
const HALF = 100;
const HEIGHT = 24;

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#242424, #d8d8d8); --dim: light-dark(#5c5c5c, #a3a3a3);
  --line: light-dark(#d4d4d4, #3d3d3d); --paper: light-dark(#ffffff, #1f1f1f); --tile: light-dark(#f6f6f6, #272727);
  --passed: light-dark(#2e7d32, #73c991); --failed: light-dark(#b3261e, #f88070); --unsure: light-dark(#8a5a00, #dcab3d); }
@media (prefers-contrast: more) { :root { --ink: light-dark(#000, #fff); --dim: light-dark(#000, #fff);
  --line: light-dark(#000, #fff); --paper: light-dark(#fff, #000); --tile: light-dark(#fff, #000); } }
body { margin: 0 auto; padding: 32px 24px; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
h1 { margin: 0 0 4px; font-size: 22px; line-height: 1.3; } h2 { margin: 32px 0 8px; font-size: 16px; }
.passed { color: var(--passed); } .failed { color: var(--failed); } .inconclusive, .void { color: var(--unsure); }
.dim { color: var(--dim); } code { font: 0.93em ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td, th { padding: 6px 12px 6px 0; text-align: left; border-top: 1px solid var(--line); }
th { font-weight: normal; } thead th { color: var(--dim); border-top: 0; } .number { text-align: right; white-space: nowrap; }
.drawing { width: 30%; padding-right: 0; } svg { display: block; width: 100%; height: ${HEIGHT}px; overflow: visible; }
svg .zero { stroke: var(--dim); } svg .allowed { stroke: var(--failed); stroke-dasharray: 3 3; }
svg .interval, svg .end { stroke: currentColor; stroke-width: 2; } svg .interval { vector-effect: non-scaling-stroke; }
svg line { vector-effect: non-scaling-stroke; } .tile { background: var(--tile); border: 1px solid var(--line); border-radius: 6px; padding: 12px 16px; }
ul { margin: 0; padding-left: 20px; } dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 16px 0 0; } dt { color: var(--dim); } dd { margin: 0; }
`;

/** A gate as one HTML file that needs no network and runs no script. @param root what files are named relative to */
export function gatePage(document: GateDocument, root: string): string {
  const { status, sentence, notJudged } = document;
  const slower = slowerSentences(document, root);
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
  const parts = [
    `<h1 class="${status}">${text(`${opening(sentence)}.`)}</h1>`,
    facts(document),
    figures(document),
    slower.length === 0 ? '' : `<h2>Slower code</h2><ul class="tile">${slower.map(listed).join('')}</ul>`,
    notJudged.length === 0 ? '' : `<h2>Not judged</h2><ul class="dim">${notJudged.map(listed).join('')}</ul>`,
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tailflame">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${text(`${status} · Tailflame gate`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

function facts(document: GateDocument): string {
  const { Baseline, Candidate, Answers, Measured, Took } = gateFacts(document);
  const began = document.startedAt.slice(0, 16).replace('T', ' ');
  const rows: [string, string][] = [
    ['Baseline', `<code>${text(Baseline)}</code>`],
    ['Candidate', `<code>${text(Candidate)}</code>`],
    ['Answers', text(Answers)],
    ['Measured', text(Measured)],
    ['Took', text(`${Took}, from ${began} UTC`)],
  ];
  const told = rows.filter(([, value]) => value !== '');
  return `<dl>${told.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

function figures(document: GateDocument): string {
  const rows = gateRows(document);
  if (rows.length === 0) return '';
  const known = document.figures.flatMap(({ change, interval, unit }) =>
    change === null || unit !== 'ms' ? [] : [{ change, interval }],
  );
  const scale = Math.max(
    intervalScale(known, 1),
    ...document.figures.map(({ allowed, unit }) => (unit === 'ms' ? 2 * allowed : 0)),
  );
  const headings = ['', '', 'baseline', 'candidate', 'change, surely within', 'allowed', ''];
  const numeric = new Set([2, 3, 5]);
  const head = headings
    .map((name, at) => `<th${numeric.has(at) ? ' class="number"' : ''} scope="col">${name}</th>`)
    .join('');
  const body = rows.map((row, at) => tableRow(row, document.figures[at], scale)).join('');
  const axis = `from −${text(amountText(scale, 'ms'))} to +${text(amountText(scale, 'ms'))}; the dashed line is what is allowed`;
  const note = pairsNote(document);
  return `<h2>Figures</h2><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table><p class="dim">Drawn ${axis}.${note === '' ? '' : ` ${text(note)}`}</p>`;
}

function tableRow(
  { status, name, baseline, candidate, told, allowed }: GateRow,
  figure: GateFigure | undefined,
  scale: number,
): string {
  const cells = [
    `<td class="${status}" title="${status}">${GATE_MARKS[status]}</td>`,
    `<th scope="row">${text(name)}</th>`,
    `<td class="number">${text(baseline)}</td>`,
    `<td class="number">${text(candidate)}</td>`,
    `<td>${text(told)}</td>`,
    `<td class="number">${text(allowed)}</td>`,
    `<td class="drawing ${status}">${figure === undefined ? '' : drawing(figure, scale)}</td>`,
  ];
  return `<tr>${cells.join('')}</tr>`;
}

/** The interval of a time's change with 0 and what is allowed; shares are of another scale, and are not drawn. */
function drawing({ figure, unit, change, interval: [low, high], allowed }: GateFigure, scale: number): string {
  if (unit !== 'ms' || change === null) return '';
  const at = (value: number): number => Math.max(-HALF, Math.min(HALF, (value / scale) * HALF));
  const upright = (x: number, kind: string, size: number): string =>
    `<line class="${kind}" x1="${x}" x2="${x}" y1="${HEIGHT / 2 - size}" y2="${HEIGHT / 2 + size}"/>`;
  const [from, to] = [low === null ? -HALF : at(low), high === null ? HALF : at(high)].map((x) => Number(x.toFixed(2)));
  const middle = at(change).toFixed(2);
  return [
    `<svg viewBox="${-HALF} 0 ${2 * HALF} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${text(figure)}">`,
    upright(0, 'zero', HEIGHT / 2),
    upright(at(allowed), 'allowed', HEIGHT / 2),
    `<line class="interval" x1="${from}" x2="${to}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}"/>`,
    low === null ? '' : upright(from!, 'end', 4),
    high === null ? '' : upright(to!, 'end', 4),
    `<line class="end" stroke-linecap="round" x1="${middle}" x2="${middle}" y1="${HEIGHT / 2 - 7}" y2="${HEIGHT / 2 + 7}"/>`,
    '</svg>',
  ].join('');
}

function listed(sentence: string): string {
  return `<li>${text(sentence)}</li>`;
}

function text(value: string): string {
  return harmless(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
