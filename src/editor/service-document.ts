import http from 'node:http';

const MAX_BYTES = 8 * 1024 * 1024;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Where a service may serve its OpenAPI document: at its root, or at any beginning of the route's path, as applications that are mounted
 * in others do. Nowhere for a service that is not on this machine's loopback.
 */
export function documentAddresses(origin: string, path: string): URL[] {
  const base = new URL(origin);
  if (base.protocol !== 'http:' || !LOOPBACK.test(base.hostname)) return [];
  const parts = path.split('/').slice(1, -1);
  const fixed = parts.slice(0, parts.findIndex((part) => /[{<:*]/.test(part)) >>> 0);
  const beginnings = fixed.map((_, at) => `/${fixed.slice(0, at + 1).join('/')}`);
  return ['', ...beginnings].map((beginning) => new URL(`${beginning}/openapi.json`, base));
}

/** What is served there as JSON; null where nothing is, or not before the signal. */
export function fetchDocument(address: URL, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const request = http.get(address, { signal, agent: false, headers: { accept: 'application/json' } }, (answer) => {
      if (answer.statusCode !== 200) {
        answer.destroy();
        resolve(null);
        return;
      }
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (data: string) => {
        text += data;
        if (text.length > MAX_BYTES) answer.destroy();
      });
      answer.on('close', () => resolve(answer.complete && text.trimStart().startsWith('{') ? text : null));
    });
    request.on('error', () => resolve(null));
  });
}
