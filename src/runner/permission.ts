import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { RunnerError } from './messages.ts';
import { findListener, type TargetProcess } from './target-process.ts';

/** Programs that listen here and carry what they are sent to another machine, by the name of their executable. */
const CARRIERS: Readonly<Record<string, string>> = {
  ssh: 'an SSH tunnel',
  autossh: 'an SSH tunnel',
  sshd: 'an SSH tunnel',
  kubectl: 'a port forwarded by kubectl',
  cloudflared: 'a Cloudflare tunnel',
  ngrok: 'an ngrok tunnel',
  socat: 'a relay (socat)',
  stunnel: 'a TLS tunnel',
  chisel: 'a tunnel (chisel)',
  frpc: 'a tunnel (frp)',
  'cloud-sql-proxy': 'a proxy to Google Cloud',
  'session-manager-plugin': 'a tunnel to AWS',
  haproxy: 'a proxy (HAProxy)',
  nginx: 'a proxy (nginx)',
  envoy: 'a proxy (Envoy)',
  caddy: 'a proxy (Caddy)',
  traefik: 'a proxy (Traefik)',
  mitmdump: 'a proxy (mitmproxy)',
};

/**
 * Load goes to this machine unless the host is allowed: a loopback name or an address of one of its interfaces, with no tunnel or proxy
 * on the port. Returns the process that listens, where it is found. Throws a {@link RunnerError} with the host that needs permission.
 */
export async function requirePermission(url: URL, allowed: readonly string[]): Promise<TargetProcess | null> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const permitted = allowed.some((name) => name.toLowerCase() === host.toLowerCase());
  if (!isThisMachine(host)) {
    if (permitted) return null;
    throw refusal(host, `${host} is not this machine`);
  }
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const listener = await findListener(port);
  const carrier = listener === null ? null : carrierOf(listener);
  if (carrier === null || permitted) return listener;
  throw refusal(host, `Port ${port} is ${carrier} (process ${listener!.pid}), so the load may go to another machine`);
}

function refusal(host: string, why: string): RunnerError {
  return new RunnerError(2, `${why}. If you may load it, allow it with --allow-remote ${host}.`, host);
}

/** Whether a host name or address is this machine's; names other than `localhost` are not looked up. */
export function isThisMachine(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  const own = new net.BlockList();
  own.addSubnet('127.0.0.0', 8, 'ipv4');
  own.addAddress('::1', 'ipv6');
  for (const addresses of Object.values(os.networkInterfaces())) {
    for (const { address, family } of addresses ?? []) own.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  const family = net.isIP(name);
  return family !== 0 && own.check(name, family === 6 ? 'ipv6' : 'ipv4');
}

/** What carries a port's traffic elsewhere, in words; null for a server of its own. */
export function carrierOf({ executable, args }: Pick<TargetProcess, 'executable' | 'args'>): string | null {
  for (const name of [executable, args[0] ?? '']) {
    const known = CARRIERS[path.basename(name).replace(/(\.exe| \(deleted\)|:)$/, '')];
    if (known !== undefined) return known;
  }
  return null;
}
