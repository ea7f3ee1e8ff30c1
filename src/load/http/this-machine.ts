import net from 'node:net';
import os from 'node:os';

/** The name or the address in a URL, without the brackets of one of IPv6. */
export function hostOf({ hostname }: Pick<URL, 'hostname'>): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The port that a URL leads to, also where it is not written. */
export function portOf({ port, protocol }: Pick<URL, 'port' | 'protocol'>): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** Whether a host name or address is this machine's; names other than `localhost` are not looked up. */
export function isThisMachine(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
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
