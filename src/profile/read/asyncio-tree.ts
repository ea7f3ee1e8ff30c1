import type { SeenFrame, SeenTask } from '../../runs/look.ts';

/** `│   └── (T) Task-1` and `    ├──  main /srv/app.py:13`: how deep, and what. Every level is four characters wide. */
const ENTRY = /^((?:│ {3}| {4})*)[├└]── (\(T\) )?(.*)$/;
const PLACE = /^(\S+)(?: (.+):(\d+))?$/;

/**
 * The tasks in what `python -m asyncio pstree PID` prints (Python 3.14 and newer): those that wait for no other task, which are the ones
 * that wait for something outside. A task's name may hold anything but a line break.
 */
export function readAsyncioTree(text: string, pid: number): SeenTask[] {
  const tasks: SeenTask[] = [];
  /** From the root to the entry before, each with its depth. */
  const path: { depth: number; task: string | null; frame: SeenFrame | null }[] = [];
  const finish = (depth: number): void => {
    const task = path.findLast((entry) => entry.task !== null);
    const last = path.at(-1);
    // Only a leaf ends here: after any other entry its first child is deeper.
    if (last !== undefined && depth <= last.depth && task !== undefined) {
      const frames = path.slice(path.indexOf(task) + 1).flatMap(({ frame }) => (frame === null ? [] : [frame]));
      if (frames.length > 0) tasks.push({ pid, name: task.task!, frames: frames.reverse() });
    }
    while (path.length > 0 && path.at(-1)!.depth >= depth) path.pop();
  };
  for (const line of text.split('\n')) {
    const [, indent, isTask, label] = ENTRY.exec(line) ?? [];
    if (indent === undefined || label === undefined) continue;
    const depth = indent.length / 4;
    finish(depth);
    path.push({
      depth,
      task: isTask === undefined ? null : label,
      frame: isTask === undefined ? frameIn(label) : null,
    });
  }
  finish(0);
  return tasks;
}

function frameIn(label: string): SeenFrame | null {
  const [, name, file, line] = PLACE.exec(label.trim()) ?? [];
  if (name === undefined) return null;
  return { function: name, file: file ?? null, line: line === undefined ? null : Number(line) };
}
