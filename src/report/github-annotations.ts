import { opening } from '../correlate/sentences.ts';
import type { GateDocument } from '../find/gate-document.ts';
import { type GateChoice, gateOutcome } from './gate-outcome.ts';
import { slowerPlaces } from './slower-places.ts';

/**
 * A gate as workflow commands of GitHub, which shows each at its line: what got slower, or what the gate says where no line is known. Empty
 * where it passed. @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions @param root of the repository
 */
export function githubAnnotations(document: GateDocument, root: string, choice: GateChoice): string {
  const outcome = gateOutcome(document, choice);
  if (outcome === 'passed') return '';
  const kind = outcome === 'warned' ? 'warning' : 'error';
  const sentence = `${opening(document.sentence)}.`;
  const places = slowerPlaces(document, root);
  if (places.length === 0) return `::${kind} title=tailflame gate::${data(sentence)}\n`;
  return places
    .map(({ file, line, sentence: told }) => {
      return `::${kind} file=${property(file)},line=${line},title=tailflame gate::${data(`${told} ${sentence}`)}\n`;
    })
    .join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
