import type { SeenThread } from '../../runs/look.ts';
import { JsonShape } from './json-shape.ts';

/** What `py-spy dump --json` prints. Throws a `ProfileError` where it is something else. @param pid of threads that do not say theirs */
export function readPySpyDump(json: unknown, pid: number): SeenThread[] {
  return new JsonShape(json).items().map((thread) => ({
    pid: thread.at('pid').numberOr(pid),
    name: thread.at('thread_name').textOr(''),
    // Who holds the GIL runs, whatever the system says at that moment.
    active: thread.at('active').isTrue || thread.at('owns_gil').isTrue,
    frames: thread
      .at('frames')
      .items()
      .map((frame) => ({
        function: frame.at('name').text(),
        file: frame.at('filename').textOr(null),
        line: frame.at('line').numberOr(0) || null,
      })),
  }));
}
