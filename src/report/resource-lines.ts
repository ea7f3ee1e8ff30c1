import { opening } from '../correlate/sentences.ts';
import type { ResourceFacts, RunDocument } from '../runs/run-document.ts';
import type { Style, StyledLine } from './styled-line.ts';

const WORD = 'short'.length;
const STYLE: Readonly<Record<'short' | 'near', Style>> = { short: 'red', near: 'yellow' };

/** What the target was short of, or near to be, a line each, and in one more what it had enough of and what is not known. */
export function resourceLines({ resources = [] }: Pick<RunDocument, 'resources'>): StyledLine[] {
  if (resources.length === 0) return [];
  const shown = resources.flatMap(({ state, sentence }): StyledLine[] =>
    state === 'short' || state === 'near' ? [[[STYLE[state], `  ${state.padEnd(WORD)}`], `  ${sentence}`]] : [],
  );
  const rest = (['free', 'unknown'] as const).flatMap((state) => {
    const names = resources.filter((facts) => facts.state === state).map(shortText);
    return names.length === 0 ? [] : [`${state}: ${names.join(', ')}`];
  });
  const nothing: StyledLine[] = shown.length > 0 ? [] : [['  Nothing that was watched was short.']];
  const last: StyledLine[] = rest.length === 0 ? [] : [[['dim', `  ${opening(rest.join('; '))}.`]]];
  return [[['bold', 'Resources']], ...shown, ...nothing, ...last];
}

function shortText({ resource, utilisation }: ResourceFacts): string {
  return utilisation === null ? nameOf(resource) : `${nameOf(resource)} (${Math.round(utilisation * 100)} %)`;
}

function nameOf(resource: ResourceFacts['resource']): string {
  return resource === 'cpu' || resource === 'gpu' || resource === 'gil' ? resource.toUpperCase() : resource;
}
