import type { Body } from '../plan.ts';
import type { ImportedRequest } from './imported-request.ts';
import { withStrings } from './template-text.ts';

/** The request with `map` applied to all its templates. */
export function mapTemplates(request: ImportedRequest, map: (template: string) => string): ImportedRequest {
  return {
    ...request,
    url: map(request.url),
    query: mapValues(request.query, map),
    headers: mapValues(request.headers, map),
    body: request.body && mapBody(request.body, map),
  };
}

function mapBody(body: Body, map: (template: string) => string): Body {
  switch (body.kind) {
    case 'text':
      return { ...body, text: map(body.text) };
    case 'json':
      return { ...body, value: withStrings(body.value, map) };
    case 'form':
      return { ...body, fields: mapValues(body.fields, map) };
    case 'multipart':
      return {
        ...body,
        parts: body.parts.map((part) =>
          'value' in part ? { ...part, value: map(part.value) } : { ...part, filename: map(part.filename) },
        ),
      };
    case 'file':
      return body;
  }
}

function mapValues(named: Readonly<Record<string, string>>, map: (template: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, map(value)]));
}
