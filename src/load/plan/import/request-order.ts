import type { ImportedRequest } from './imported-request.ts';

/** Who extracts what a request asks for comes before it; else the order stays. */
export function inOrder(requests: readonly ImportedRequest[]): ImportedRequest[] {
  const ordered = new Set<ImportedRequest>();
  const visiting = new Set<ImportedRequest>();
  const visit = (request: ImportedRequest): void => {
    if (ordered.has(request) || visiting.has(request)) return;
    visiting.add(request);
    for (const needed of neededBy(request, requests)) visit(needed);
    ordered.add(request);
  };
  for (const request of requests) visit(request);
  return [...ordered];
}

/** One of the requests after those whose answers it needs, and theirs. */
export function withNeeded(request: ImportedRequest, requests: readonly ImportedRequest[]): ImportedRequest[] {
  const needed = new Set([request]);
  // The set grows while it is walked through, by what was added.
  for (const one of needed) for (const other of neededBy(one, requests)) needed.add(other);
  return inOrder(requests.filter((one) => needed.has(one)));
}

function neededBy(request: ImportedRequest, requests: readonly ImportedRequest[]): ImportedRequest[] {
  const { url, query, headers, body } = request;
  const asked = new Set(
    [...JSON.stringify({ url, query, headers, body }).matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name!),
  );
  return requests.filter((other) => other !== request && Object.keys(other.extract).some((name) => asked.has(name)));
}
