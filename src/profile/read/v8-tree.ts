import { frameFile } from '../frame-file.ts';
import { type Frame, RUNNING } from '../profile.ts';
import type { ProfileBuilder } from '../profile-builder.ts';
import { sampleStateOf } from '../sample-state.ts';
import type { JsonShape } from './json-shape.ts';

interface TreeNode {
  /** Stack that calls this node; −1 at the outermost. */
  readonly parent: number;
  readonly frame: number;
  readonly state: number;
  /** The stack of this node as a caller: V8 knows executing lines of the innermost call only. */
  readonly stack: number;
}

/** V8 puts everything under this node; it is no call. */
const ROOT = '(root)';

/** V8's call tree as stacks. Nodes are added parents first, as V8 writes them. */
export class V8Tree {
  readonly #builder: ProfileBuilder;
  readonly #nodes = new Map<number, TreeNode>();

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** `callFrame` as the protocol writes it: line and column 0-based. `parent` null at the root. Throws a `ProfileError`. */
  add(id: number, parent: number | null, callFrame: JsonShape): void {
    const above = parent === null ? undefined : this.#nodes.get(parent);
    if (parent !== null && above === undefined) throw callFrame.wrong(`hangs below node ${parent}, which is not there`);
    const name = callFrame.at('functionName').textOr('');
    const line = callFrame.at('lineNumber').numberOr(-1);
    const column = callFrame.at('columnNumber').numberOr(-1);
    const frame: Frame = {
      function: name,
      file: frameFile(callFrame.at('url').textOr('')),
      line: line >= 0 ? line + 1 : null,
      column: column >= 0 ? column + 1 : null,
    };
    const index = this.#builder.frame(frame);
    const root = parent === null && name === ROOT;
    const caller = above?.stack ?? -1;
    this.#nodes.set(id, {
      parent: caller,
      frame: index,
      state: root ? RUNNING : sampleStateOf(frame),
      stack: root ? -1 : this.#builder.stack(caller, index, 0),
    });
  }

  /** The stack that stands in node `id` at `line` (1-based; 0 unknown). Throws a `ProfileError` through `where`. */
  stackAt(id: number, line: number, where: JsonShape): { stack: number; state: number } {
    const node = this.#nodes.get(id);
    if (node === undefined) throw where.wrong(`names node ${id}, which is not there`);
    const { stack, state } = node;
    if (stack < 0 || line <= 0) return { stack, state };
    return { stack: this.#builder.stack(node.parent, node.frame, line), state };
  }
}
