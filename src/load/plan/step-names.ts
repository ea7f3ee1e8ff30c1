/** What a step's name follows from. */
export interface NamedStep {
  /** null: none is written. */
  readonly name: string | null;
  readonly method: string;
  readonly url: string;
}

/** What each step is called: as it is written, else by its method and path, with a number where another step is called so already. */
export function uniqueNames(steps: readonly NamedStep[], targetUrl: string): string[] {
  const taken = new Set(steps.map(({ name }) => name));
  return steps.map((step) => {
    if (step.name !== null) return step.name;
    const name = defaultName(step, targetUrl);
    let unique = name;
    for (let number = 2; taken.has(unique); number++) unique = `${name} (${number})`;
    taken.add(unique);
    return unique;
  });
}

/** Whether a step's name could be what {@link uniqueNames} makes of its method and path. */
export function isDefaultName(name: string, step: Omit<NamedStep, 'name'>, targetUrl: string): boolean {
  return name.replace(/ \(\d+\)$/, '') === defaultName(step, targetUrl);
}

/** `POST /cart`. Neither the query nor what stands before a host's @ is a name's business: they may hold secrets. */
function defaultName({ method, url }: Omit<NamedStep, 'name'>, targetUrl: string): string {
  const address = url.replaceAll('$${', '${').replace(/[?#].*$/s, '');
  const [, host, path] = /^https?:\/\/(?:[^/@]*@)?([^/]*)(.*)$/is.exec(address) ?? [];
  const target = new URL(targetUrl);
  const where = host === undefined ? address : `${host === target.host ? '' : host}${path === '' ? '/' : path}`;
  return `${method.toUpperCase()} ${where === '' ? target.pathname : where}`;
}
