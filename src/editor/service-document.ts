const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Where a service may serve its OpenAPI document: at its root, or at any beginning of the route's path, as applications that are mounted
 * in others do. Nowhere for a service that is not on this machine's loopback.
 */
export function documentAddresses(origin: string, path: string): URL[] {
  const base = new URL(origin);
  if (base.protocol !== 'http:' || !LOOPBACK.test(base.hostname)) return [];
  const parts = path.split('/').slice(1, -1);
  const open = parts.findIndex((part) => /[{<:*]/.test(part));
  const fixed = open < 0 ? parts : parts.slice(0, open);
  const beginnings = fixed.map((_, at) => `/${fixed.slice(0, at + 1).join('/')}`);
  return ['', ...beginnings].map((beginning) => new URL(`${beginning}/openapi.json`, base));
}
