import { embeddings } from './embeddings.ts';
import { imageUpload } from './image-upload.ts';
import { invocations } from './invocations.ts';
import { kserve } from './kserve.ts';
import { predict } from './predict.ts';
import { prompts } from './prompts.ts';
import { rerank } from './rerank.ts';
import { seldon } from './seldon.ts';
import type { Shape, ShapedRequest } from './shape.ts';
import { tfServing } from './tf-serving.ts';

/** What is told by its path comes before what is told by its body. */
const SHAPES: readonly Shape[] = [
  kserve,
  tfServing,
  seldon,
  invocations,
  embeddings,
  rerank,
  prompts,
  imageUpload,
  predict,
];

/** The protocol of a request; null where it is none that is known. */
export function shapeOf(request: ShapedRequest): Shape | null {
  return SHAPES.find((shape) => shape.matches(request)) ?? null;
}

/** The same where its rows were asked for: JSON on a path that is not known may hold them in the custom way. */
export function shapeAskedFor(request: ShapedRequest): Shape | null {
  return shapeOf(request) ?? (request.body.kind === 'json' ? predict : null);
}
