/** What `{{$…}}` of a `.http` file becomes: the inside of a placeholder with text around it, or an environment variable left open. */
export type DynamicVariable =
  | { readonly before: string; readonly inside: string; readonly after: string; readonly note: string | null }
  | { readonly open: string; readonly note: string };

/** @param text what stands between the braces, such as `$randomInt 1 10` (VS Code) or `$random.integer(1, 10)` (JetBrains) */
export function dynamicVariable(text: string): DynamicVariable {
  const [, name = text, given = ''] = /^\$([\w.]+)\s*(.*)$/s.exec(text) ?? [];
  const args = given
    .replace(/^\(|\)$/g, '')
    .split(/[\s,]+/)
    .filter((arg) => arg !== '');
  switch (name.toLowerCase()) {
    case 'guid':
    case 'uuid':
    case 'randomuuid':
    case 'random.uuid':
      return placeholder('random.uuid');
    case 'randomint':
    case 'random.integer':
      return wholeNumber(text, args);
    case 'random.float':
      return placeholder(`random.float(${args[0] ?? 0},${args[1] ?? 1000})`);
    case 'random.alphanumeric':
      return placeholder(`random.text(${args[0] ?? 8})`);
    case 'random.alphabetic':
    case 'random.hexadecimal':
      return placeholder(`random.text(${args[0] ?? 8})`, `{{${text}}} is of small letters and digits in the plan.`);
    case 'random.email':
      return { before: '', inside: 'random.text(8)', after: '@example.com', note: null };
    case 'timestamp': {
      const shifted = args.length > 0 ? ' and not shifted' : '';
      return placeholder('now', `{{${text}}} is in seconds; \${now} in the plan is in milliseconds${shifted}.`);
    }
    case 'processenv':
    case 'dotenv':
      return placeholder(`env.${variableName((args[0] ?? '').replace(/^%/, ''))}`);
  }
  const environment = /^env\.(.+)$/.exec(name)?.[1];
  if (environment !== undefined) return placeholder(`env.${variableName(environment)}`);
  const open = variableName(name).toUpperCase();
  return { open, note: `A plan has nothing like {{${text}}}: ${open} stands for it.` };
}

function placeholder(inside: string, note: string | null = null): DynamicVariable {
  return { before: '', inside, after: '', note };
}

/** The upper end is not among the numbers in both tools, and is in a plan. */
function wholeNumber(text: string, args: readonly string[]): DynamicVariable {
  const [least, end] = args.length < 2 ? [0, 1000] : args.map(Number);
  if (Number.isSafeInteger(least) && Number.isSafeInteger(end) && least! < end!) {
    return placeholder(`random.int(${least},${end! - 1})`);
  }
  return { open: 'RANDOM_INT', note: `{{${text}}} has no numbers between its ends: RANDOM_INT stands for it.` };
}

/** A name that an environment variable can have. */
export function variableName(text: string): string {
  const name = text.replace(/\W/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}
