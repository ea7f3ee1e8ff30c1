import path from 'node:path';
import { cutShort } from '../../scenario/value-text.ts';
import { PlanError } from '../plan-error.ts';
import { harRequests, importHar } from './har/har.ts';
import { httpBlocks } from './http-file/http-block.ts';
import { importHttpFile } from './http-file/http-file.ts';
import type { ImportedRequest } from './imported-request.ts';
import { importOpenApi } from './openapi/openapi.ts';
import { looksLikeOpenApi, operationPlaces } from './openapi/openapi-places.ts';
import { withNeeded } from './request-order.ts';

/** A request of a file, for those who choose one. */
export interface ListedRequest {
  /** Where it stands, from 1. */
  readonly line: number;
  /** What people know it by. */
  readonly label: string;
  /** The request, after those whose answers it needs. Throws a {@link PlanError} where it cannot be sent. */
  readonly requests: () => ImportedRequest[];
}

type RequestFile = 'http' | 'har' | 'openapi';

/** What kind of requests a file has, by its name and beginning; null: none that are known. */
function requestFileOf(text: string, file: string): RequestFile | null {
  const ending = path.extname(file).toLowerCase();
  if (ending === '.http' || ending === '.rest') return 'http';
  if (ending === '.har') return 'har';
  return /^\.(?:ya?ml|json)$/.test(ending) && looksLikeOpenApi(text) ? 'openapi' : null;
}

/**
 * The requests of a `.http` file, a recording or an OpenAPI document, in the order of their lines; none in any other file. Throws a
 * {@link PlanError} for a recording that is none.
 *
 * @param file absolute
 */
export function listRequests(text: string, file: string): ListedRequest[] {
  switch (requestFileOf(text, file)) {
    case 'http':
      return httpRequests(text, file);
    case 'har':
      return harRequests(text, path.basename(file)).map(({ entry, line, label }) => ({
        line,
        label,
        requests: () => importHar(text, path.basename(file), { entry, match: null }),
      }));
    case 'openapi':
      return operationPlaces(text).map(({ method, path: place, line }) => ({
        line,
        label: `${method} ${place}`,
        requests: () => [importOpenApi(text, path.basename(file), `${method} ${place}`)],
      }));
    case null:
      return [];
  }
}

function httpRequests(text: string, file: string): ListedRequest[] {
  let read: ImportedRequest[] | null = null;
  return httpBlocks(text).blocks.map(({ id, title, line, at }) => ({
    line: at,
    label: id ?? title ?? cutShort(line),
    requests: () => {
      read ??= importHttpFile(text, file);
      const all = read;
      const wanted = all.filter((request) => request.line === at);
      if (wanted.length === 0) throw new PlanError(`A plan cannot send this request: ${cutShort(line)}.`);
      return [...new Set(wanted.flatMap((request) => withNeeded(request, all)))];
    },
  }));
}
