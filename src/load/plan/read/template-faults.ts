import { OWN_NAMES, OWN_SPACES } from '../../scenario/placeholder.ts';
import { placeholdersOf } from '../../scenario/template.ts';
import { knownNames, nearest } from '../nearest.ts';
import type { DataDocument } from '../schema/data-schema.ts';
import type { PlanDocument } from '../schema/plan-schema.ts';
import type { Fault } from './plan-fault.ts';
import { type TemplateUse, templateUses } from './template-uses.ts';

/** The `${…}` of a document that nothing gives a value. @param variables of the environment, those of the document included */
export function templateFaults(document: PlanDocument, variables: ReadonlySet<string>): Fault[] {
  const faults = new Map<string, Fault>();
  for (const use of templateUses(document)) {
    const message = faultOf(use, document, variables);
    const place = [...use.path, use.offset].join('\n');
    // A header of the target is looked at for every step that sends it; once is enough.
    if (message !== null && !faults.has(place)) faults.set(place, faultAt(use.path, use, message));
  }
  return [...faults.values(), ...addressFaults(document, variables)];
}

/** Environment variables that a document asks for. */
export function variablesOf(document: PlanDocument): string[] {
  const names = [...templateUses(document), ...placeholdersOf(addressOf(document).text)].map(({ name }) => name);
  return [...new Set(names.filter((name) => name.startsWith('env.')).map((name) => name.slice('env.'.length)))];
}

/** Where load goes is known before it begins, so that it may depend on nothing else. */
function addressFaults(document: PlanDocument, variables: ReadonlySet<string>): Fault[] {
  const { text, path } = addressOf(document);
  return placeholdersOf(text).flatMap((use) => {
    const message = use.name.startsWith('env.')
      ? variableFault(use.name, document, variables)
      : `"\${${use.name}}" cannot be in the target's address: only values of the environment can, such as \${env.HOST}.`;
    return message === null ? [] : [faultAt(path, use, message)];
  });
}

/** The target's address, and where it is written. */
export function addressOf({ target }: PlanDocument): { text: string; path: readonly string[] } {
  return typeof target === 'string'
    ? { text: target, path: ['target'] }
    : { text: target.url, path: ['target', 'url'] };
}

function faultAt(path: readonly PropertyKey[], { offset }: Pick<TemplateUse, 'offset'>, message: string): Fault {
  return { path, at: 'value', part: { text: '${', offset }, message };
}

function faultOf({ name, scope }: TemplateUse, document: PlanDocument, variables: ReadonlySet<string>): string | null {
  if (OWN_NAMES.includes(name) || name.startsWith('random.') || scope.known.has(name)) return null;
  if (name.startsWith('env.')) return variableFault(name, document, variables);
  const dot = name.indexOf('.');
  if (dot < 0) return valueFault(name, scope, document);
  const [space, member] = [name.slice(0, dot), name.slice(dot + 1)];
  if (space === 'secrets') {
    const secrets = Object.keys(document.secrets ?? {});
    return secrets.includes(member) ? null : `There is no "${member}" under "secrets"; ${knownNames(member, secrets)}`;
  }
  const feeds = Object.keys(document.data ?? {});
  if (feeds.includes(space)) return columnFault(member, space, document.data![space]!);
  if (scope.known.has(space))
    return `"${space}" has no "${member}": it is one value. Extract what is wanted by a path of its own.`;
  const names = nearest(space, OWN_SPACES) === null ? feeds : OWN_SPACES;
  return `There is no "${space}" under "data"; ${knownNames(space, names)}`;
}

/** What columns a file has is known once it is read; those of prompts that are made are known here. */
function columnFault(column: string, space: string, data: DataDocument): string | null {
  if (typeof data === 'string' || !('tokens' in data)) return null;
  const turns = Array.from({ length: data.turns ?? 1 }, (_, at) => `turn${at + 1}`);
  const columns = [
    'prompt',
    'messages',
    'prompt_tokens',
    ...(data.output === undefined ? [] : ['output_tokens']),
    ...turns,
  ];
  if (columns.includes(column)) return null;
  if (column === 'output_tokens')
    return `"${space}" does not say how long answers are to be: give it "output", such as output: 64.`;
  if (/^turn\d+$/.test(column)) return `"${space}" has ${data.turns ?? 1} of these: give it "turns" for more.`;
  return `"${space}" has no "${column}"; ${knownNames(column, columns)}`;
}

function variableFault(
  name: string,
  { environment = {} }: PlanDocument,
  variables: ReadonlySet<string>,
): string | null {
  const variable = name.slice('env.'.length);
  if (variables.has(variable)) return null;
  const near = nearest(variable, Object.keys(environment));
  const advice = near === null ? 'set it, or give it a value under "environment".' : `did you mean "\${env.${near}}"?`;
  return `There is no environment variable ${variable}; ${advice}`;
}

function valueFault(
  name: string,
  { known, elsewhere, sentBy }: TemplateUse['scope'],
  { data = {} }: PlanDocument,
): string {
  const written = `"\${${name}}"`;
  const where = elsewhere.get(name);
  if (where !== undefined && sentBy !== null) {
    return `${written} is not known yet in step "${sentBy}", which sends this header too. Set it in the steps that come after.`;
  }
  if (where !== undefined) return `${written} is not known here: ${where}`;
  if (Object.hasOwn(data, name)) return `${written} is a row: say which column of it, such as \${${name}.id}.`;
  const near = nearest(name, [...known, ...OWN_NAMES]);
  const advice = near === null ? 'no step before this one extracts it.' : `did you mean "\${${near}}"?`;
  return `${written} is not known here; ${advice}`;
}
