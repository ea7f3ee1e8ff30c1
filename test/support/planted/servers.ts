/** A server with a known cause of slow requests, as it is run. Programs are named from the repository's root. */
export interface PlantedServer {
  readonly name: string;
  readonly program: string;
  /** What is asked of it, and the body: strings are templates of a plan. */
  readonly path: string;
  readonly body: unknown;
  /** Of the requests that take the slow path by design, 0–1, and how long it keeps them alone on an idle machine, ms; null: an example. */
  readonly slow: { readonly share: number; readonly ms: readonly [least: number, most: number] } | null;
}

const NUMBERED = { id: '${iteration}' };

/** The two examples, whose slow path every 32nd request takes, and eight where chance decides. SLOW_PATH=off switches each off. */
export const PLANTED_SERVERS: readonly PlantedServer[] = [
  {
    name: 'node-classifier',
    program: 'examples/node-classifier/server.mjs',
    path: '/predict',
    body: { reading: [0.1, 0.4, 0.2, 0.9, 0.3, 0.5, 0.7, 0.6] },
    slow: null,
  },
  {
    name: 'fastapi-sklearn',
    program: 'examples/fastapi-sklearn/server.py',
    path: '/rank',
    body: { customer: 7, products: [1, 2, 3, 4, 5] },
    slow: null,
  },
  planted('blocking', 'blocking.py', '/score', 0.025, [32, 60]),
  planted('lock', 'lock.py', '/nearest', 0.025, [30, 80]),
  planted('garbage', 'garbage.mjs', '/tag', 0.02, [20, 90]),
  planted('cache', 'cache.mjs', '/recommend', 0.02, [20, 60]),
  planted('large-answer', 'large_answer.py', '/estimate', 0.02, [25, 90]),
  planted('threads', 'threads.py', '/moderate', 0.025, [96, 160]),
  planted('first-use', 'first_use.py', '/stem', 0.03, [20, 70]),
  planted('downstream', 'downstream.py', '/arrival', 0.025, [64, 110]),
];

function planted(
  name: string,
  file: string,
  path: string,
  share: number,
  ms: readonly [least: number, most: number],
): PlantedServer {
  return { name, program: `test/support/planted/${file}`, path, body: NUMBERED, slow: { share, ms } };
}
