import { visit } from 'jsonc-parser';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { METHODS, type Method } from '../../plan.ts';

/** Where an operation stands in its document. */
export interface OperationPlace {
  readonly method: Method;
  readonly path: string;
  /** Of its method's key, from 1. */
  readonly line: number;
}

/** Whether a text begins like an OpenAPI document, as far as that can be told without reading all of it. */
export function looksLikeOpenApi(text: string): boolean {
  return /^\s*\{/.test(text) ? /"openapi"\s*:\s*"/.test(text) : /^(["']?)openapi\1\s*:/m.test(text);
}

/** The operations of a JSON or YAML document by their lines; what is not read to its end has those before it. */
export function operationPlaces(text: string): OperationPlace[] {
  return /^\s*\{/.test(text) ? jsonPlaces(text) : yamlPlaces(text);
}

function jsonPlaces(text: string): OperationPlace[] {
  const places: OperationPlace[] = [];
  visit(text, {
    onObjectProperty: (name, _offset, _length, line, _column, within) => {
      const method = methodOf(name);
      if (method === null) return;
      const [first, path, ...deeper] = within();
      if (first === 'paths' && path !== undefined && deeper.length === 0) {
        places.push({ method, path: String(path), line: line + 1 });
      }
    },
  });
  return places;
}

function yamlPlaces(text: string): OperationPlace[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const paths = document.get('paths');
  if (!isMap(paths)) return [];
  return paths.items.flatMap(({ key: path, value: item }) => {
    if (!isScalar(path) || !isMap(item)) return [];
    return item.items.flatMap(({ key }) => {
      const method = isScalar(key) && typeof key.value === 'string' ? methodOf(key.value) : null;
      const offset = isScalar(key) ? key.range?.[0] : undefined;
      if (method === null || offset === undefined) return [];
      return [{ method, path: String(path.value), line: lines.linePos(offset).line }];
    });
  });
}

/** In a document they are written small. */
function methodOf(key: string): Method | null {
  return METHODS.find((method) => method.toLowerCase() === key) ?? null;
}
