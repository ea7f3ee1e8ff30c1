import { html, nothing, svg, type TemplateResult } from 'lit';
import type { ColourName } from '../../report/chart/colours.ts';
import type { Scale } from './scale.ts';

const WIDTH = 640;
const HEIGHT = 300;
/** Beyond it a note would leave the picture, and stands at the other side of its point. */
const FAR = WIDTH * 0.8;
const ROOM = { left: 64, right: 18, top: 12, bottom: 42 };

/** A value of what is varied, and what was measured there; null where it is not known. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
  /** Said of the point: its setting and its value. */
  readonly text: string;
  readonly mark: 'ok' | 'bad' | 'untold';
  /** Written beside it. */
  readonly note?: string;
}

export interface CurveLine {
  readonly label: string;
  readonly colour: ColourName;
  readonly dash: string | null;
  /** In the order they are joined. */
  readonly points: readonly CurvePoint[];
}

export interface Curve {
  readonly title: string;
  readonly x: { readonly title: string; readonly scale: Scale };
  readonly y: { readonly title: string; readonly scale: Scale };
  readonly lines: readonly CurveLine[];
  /** A stretch of x that is set off. */
  readonly band: { readonly from: number; readonly to: number; readonly text: string } | null;
  /** Levels of y that are not to be passed. */
  readonly limits: readonly { readonly at: number; readonly text: string }[];
}

/** A chart of a few measured settings. What it shows is in the table below it too, so it is a picture to assistive technology. */
export function curve({ title, x, y, lines, band, limits }: Curve): TemplateResult {
  const across = (value: number): number => ROOM.left + x.scale.place(value) * (WIDTH - ROOM.left - ROOM.right);
  const down = (value: number): number =>
    HEIGHT - ROOM.bottom - y.scale.place(value) * (HEIGHT - ROOM.top - ROOM.bottom);
  const drawn = lines.filter(({ points }) => points.some((point) => point.y !== null));
  const inside = limits.filter(({ at }) => y.scale.place(at) >= 0 && y.scale.place(at) <= 1);
  return html`<figure class="curve">
    <figcaption>
      <span class="band-title">${title}</span>
      ${drawn.map(
        ({ label, colour, dash }) => html`<span class="curve-key">
          <svg class="swatch ${colour}" width="24" height="8" aria-hidden="true">
            <line x1="0" y1="4" x2="24" y2="4" stroke="currentColor" stroke-width="2" stroke-dasharray=${dash ?? nothing}></line></svg
          > ${label}</span
        >`,
      )}
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${described(title, lines, band)}>
      ${band === null ? nothing : bandOf(band, across)}
      ${y.scale.ticks.map(
        ({
          at,
          text,
        }) => svg`<line class="grid" x1=${ROOM.left} x2=${WIDTH - ROOM.right} y1=${down(at)} y2=${down(at)}></line>
          <text class="tick" x=${ROOM.left - 6} y=${down(at) + 4} text-anchor="end">${text}</text>`,
      )}
      ${x.scale.ticks.map(
        ({
          at,
          text,
        }) => svg`<line class="grid" x1=${across(at)} x2=${across(at)} y1=${ROOM.top} y2=${HEIGHT - ROOM.bottom}></line>
          <text class="tick" x=${across(at)} y=${HEIGHT - ROOM.bottom + 16} text-anchor="middle">${text}</text>`,
      )}
      <text class="axis" x=${(ROOM.left + WIDTH - ROOM.right) / 2} y=${HEIGHT - 6} text-anchor="middle">${x.title}</text>
      ${inside.map(
        ({
          at,
          text,
        }) => svg`<line class="limit" x1=${ROOM.left} x2=${WIDTH - ROOM.right} y1=${down(at)} y2=${down(at)}></line>
          <text class="limit-text" x=${ROOM.left + 6} y=${down(at) - 5}>${text}</text>`,
      )}
      ${drawn.map((line) => lineOf(line, across, down))}
    </svg>
  </figure>`;
}

type Place = (value: number) => number;

function bandOf({ from, to, text }: NonNullable<Curve['band']>, across: Place): TemplateResult {
  const left = across(from);
  const right = across(to);
  return svg`<rect class="answer-band" x=${left} width=${Math.max(1, right - left)} y=${ROOM.top}
      height=${HEIGHT - ROOM.top - ROOM.bottom}></rect>
    <text class="tick" x=${(left + right) / 2} y=${ROOM.top + 12} text-anchor="middle">${text}</text>` as TemplateResult;
}

function lineOf({ colour, dash, points }: CurveLine, across: Place, down: Place): TemplateResult {
  const known = points.flatMap((point) =>
    point.y === null ? [] : [{ ...point, left: across(point.x), top: down(point.y) }],
  );
  const path = known.map(({ left, top }) => `${left.toFixed(1)},${top.toFixed(1)}`).join(' ');
  return svg`<g class=${colour}>
    <polyline points=${path} fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray=${dash ?? nothing}></polyline>
    ${known.map(({ left, top, mark, text, note }) => svg`${markOf(mark, left, top, text)}${note === undefined ? nothing : svg`<text class="tick" x=${left + (left > FAR ? -8 : 8)} y=${top - 7} text-anchor=${left > FAR ? 'end' : 'start'}>${note}</text>`}`)}
  </g>` as TemplateResult;
}

/** Told apart by shape too, not by colour alone. */
function markOf(mark: CurvePoint['mark'], x: number, y: number, text: string): TemplateResult {
  const said = svg`<title>${text}</title>`;
  if (mark === 'bad') {
    const path = `M${x - 4},${y - 4}L${x + 4},${y + 4}M${x + 4},${y - 4}L${x - 4},${y + 4}`;
    return svg`<path class="mark-bad" d=${path} stroke-width="2">${said}</path>` as TemplateResult;
  }
  return svg`<circle class=${`mark-${mark}`} cx=${x} cy=${y} r="4" stroke="currentColor" stroke-width="2">${said}</circle>` as TemplateResult;
}

function described(title: string, lines: readonly CurveLine[], band: Curve['band']): string {
  const points = lines.flatMap(({ label, points: all }) => all.map(({ text }) => `${label}: ${text}`));
  return [title, ...(band === null ? [] : [band.text]), ...points].join('. ');
}
