/** What of a run's profile is looked at, as data that can be kept. Times are ms: of run time, and of what requests waited. */
export type View = Stretch &
  (
    | { readonly kind: 'all' | 'gpu-idle' }
    /** One thread, what it waited in included. @see threadKey */
    | { readonly kind: 'thread'; readonly thread: string }
    /** How busy a GPU was, by its number. */
    | { readonly kind: 'gpu'; readonly gpu: string }
    | ({ readonly kind: RequestKind } & Among)
    /** Held against another run: its folder's name where it lies beside this one, else its path. */
    | { readonly kind: 'difference'; readonly against: string }
  );

/** Only what lies in [`from`, `to`); both or neither. */
interface Stretch {
  readonly from?: number;
  readonly to?: number;
}

/** Which requests: those of a step, those of a group of the split; and from what on they are slow. Absent: all, and the slowest 5 %. */
export interface Among {
  readonly step?: string;
  readonly group?: string;
  readonly over?: number;
}

/** As far as slow requests, other requests, slow waits for a first token or slow gaps in a stream were in flight. */
export const REQUEST_KINDS = ['slow', 'other', 'first-token', 'gap'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];
export type ViewKind = View['kind'];

/** The views that a run may have without anything being said beyond their kind, in the order they are listed. */
export const PLAIN_KINDS = ['all', ...REQUEST_KINDS, 'gpu-idle'] as const;
export type PlainKind = (typeof PLAIN_KINDS)[number];

/** What a view of each kind may say besides its stretch. */
const PARAMETERS: Readonly<Record<ViewKind, { readonly needs: readonly string[]; readonly may: readonly string[] }>> = {
  all: { needs: [], may: [] },
  slow: { needs: [], may: ['step', 'group', 'over'] },
  other: { needs: [], may: ['step', 'group', 'over'] },
  'first-token': { needs: [], may: ['step', 'group', 'over'] },
  gap: { needs: [], may: ['step', 'group', 'over'] },
  'gpu-idle': { needs: [], may: [] },
  thread: { needs: ['thread'], may: [] },
  gpu: { needs: ['gpu'], may: [] },
  difference: { needs: ['against'], may: [] },
};
const NUMBERS: readonly string[] = ['over', 'from', 'to'];

export function isPlainKind(name: string): name is PlainKind {
  return PLAIN_KINDS.some((kind) => kind === name);
}

export function isRequestView(view: View): view is View & { readonly kind: RequestKind } {
  return REQUEST_KINDS.some((kind) => kind === view.kind);
}

/** How a thread is named in a view, so that it is found again. */
export function threadKey({ pid, id }: { readonly pid: number; readonly id: string }): string {
  return `${pid}:${id}`;
}

/** The same for every definition of the same view. */
export function viewKey(view: View): string {
  const fields = Object.entries(view).filter(([, value]) => value !== undefined);
  return JSON.stringify(Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Reads a view that was kept. @returns a sentence without its end where it is none: `"kind" must be one of …` */
export function readView(value: unknown): View | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a view must be an object';
  const fields = value as Readonly<Record<string, unknown>>;
  const { kind } = fields;
  if (typeof kind !== 'string' || !Object.hasOwn(PARAMETERS, kind)) {
    return `"kind" must be one of ${Object.keys(PARAMETERS).join(', ')}`;
  }
  const { needs, may } = PARAMETERS[kind as ViewKind];
  const missing = needs.find((name) => fields[name] === undefined);
  if (missing !== undefined) return `"${missing}" is missing`;
  const known = ['kind', 'from', 'to', ...needs, ...may];
  for (const [name, field] of Object.entries(fields)) {
    if (!known.includes(name)) return `a view of the kind ${kind} has no "${name}"`;
    if (NUMBERS.includes(name) && !(typeof field === 'number' && Number.isFinite(field))) {
      return `"${name}" must be a number of ms`;
    }
    if (!NUMBERS.includes(name) && (typeof field !== 'string' || field === '')) return `"${name}" must be a text`;
  }
  const { from, to, over } = fields as { from?: number; to?: number; over?: number };
  if ((from === undefined) !== (to === undefined)) return '"from" and "to" must both be there, or neither';
  if (from !== undefined && to !== undefined && !(to > from)) return '"to" must come after "from"';
  if (over !== undefined && over < 0) return '"over" must not be below 0';
  return { ...fields } as unknown as View;
}
