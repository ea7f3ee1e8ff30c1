import path from 'node:path';
import { resolveOrigins } from '../load/http/origins.ts';
import { hostOf, isThisMachine, portOf } from '../load/http/this-machine.ts';
import type { Addresses } from '../load/http/transport.ts';
import { RunnerError } from './messages.ts';
import { findListener, type TargetProcess } from './target/target-process.ts';

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

/** What is known of those a plan's load goes to, once it may go there. */
export interface Permission {
  /** The process that listens for the first step, where it is found. */
  readonly listener: TargetProcess | null;
  /** What carries load to another machine, in words; null where nothing does. */
  readonly carrier: string | null;
}

/** The same, with where their origins led. */
export interface Permitted extends Permission {
  readonly addresses: Addresses;
}

/**
 * Load goes to this machine unless the host is allowed: a loopback name or an address of one of its interfaces, with no tunnel or proxy
 * on the port; a Unix socket is this machine's. Throws a {@link RunnerError} with the host that needs permission.
 * @param origins of the plan's steps, the first step's first @param known what was looked up before, which is part of the result
 */
export async function requirePermission(
  origins: readonly string[],
  socket: string | null,
  allowed: readonly string[],
  known: Addresses = {},
): Promise<Permitted> {
  if (socket !== null) return { listener: null, carrier: null, addresses: known };
  requireAllowed(origins, allowed);
  const addresses = await resolveOrigins(origins, known);
  const found: Permission[] = [];
  for (const origin of origins) found.push(await permissionFor(new URL(origin), allowed, addresses));
  return {
    addresses,
    listener: found[0]?.listener ?? null,
    carrier: found.find(({ carrier }) => carrier !== null)?.carrier ?? null,
  };
}

/** By their names alone, before one is looked up, which others would see. Throws a {@link RunnerError} as {@link requirePermission} does. */
export function requireAllowed(origins: readonly string[], allowed: readonly string[]): void {
  for (const origin of origins) {
    const host = hostOf(new URL(origin));
    if (!isThisMachine(host) && !isAllowed(host, allowed)) throw refusal(host, `${host} is not this machine`);
  }
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((name) => name.toLowerCase() === host.toLowerCase());
}

async function permissionFor(url: URL, allowed: readonly string[], addresses: Addresses): Promise<Permission> {
  const host = hostOf(url);
  if (!isThisMachine(host)) return { listener: null, carrier: null };
  const port = portOf(url);
  const address = addresses[url.origin];
  if (address !== undefined && !isThisMachine(address.address) && !isAllowed(host, allowed)) {
    throw refusal(host, `${host} leads to ${address.address}, which is not this machine`);
  }
  const listener = address === undefined ? null : await findListener(address, port);
  const carrier = listener === null ? null : carrierOf(listener);
  if (carrier === null || isAllowed(host, allowed)) {
    return { listener, carrier: carrier && `port ${port} is ${carrier} (process ${listener!.pid})` };
  }
  throw refusal(host, `Port ${port} is ${carrier} (process ${listener!.pid}), so the load may go to another machine`);
}

function refusal(host: string, why: string): RunnerError {
  return new RunnerError(2, `${why}. If you may load it, allow it with --allow-remote ${host}.`, host);
}

/** What carries a port's traffic elsewhere, in words; null for a server of its own. */
export function carrierOf({ executable, args }: Pick<TargetProcess, 'executable' | 'args'>): string | null {
  for (const name of [executable, args[0] ?? '']) {
    const known = CARRIERS[path.basename(name).replace(/(\.exe| \(deleted\)|:)$/, '')];
    if (known !== undefined) return known;
  }
  return null;
}
