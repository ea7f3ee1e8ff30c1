import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of one's own, and what it has signed. */
export interface Authority {
  readonly ca: string;
  /** For the names of this machine. */
  readonly server: Certificate;
  readonly client: Certificate;
}

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * Made for each test run by OpenSSL, which has to be installed: a private key in the repository would be found by everyone's secret
 * scanners, and a certificate there would one day expire.
 */
export async function makeAuthority(folder: string): Promise<Authority> {
  const own = await mkdtemp(path.join(folder, 'authority-'));
  const at = (name: string): string => path.join(own, name);
  const [ca, caKey, names] = [at('ca.pem'), at('ca.key'), at('names')];
  await writeFile(names, 'subjectAltName=DNS:localhost,DNS:model.test,IP:127.0.0.1,IP:::1\n');
  await run('openssl', [
    'req',
    '-x509',
    ...KEY,
    '-keyout',
    caKey,
    '-out',
    ca,
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  ]);
  const sign = async (name: string): Promise<Certificate> => {
    const [cert, key, request] = [at(`${name}.pem`), at(`${name}.key`), at(`${name}.csr`)];
    await run('openssl', ['req', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`]);
    const by = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '1', '-extfile', names];
    await run('openssl', ['x509', '-req', '-in', request, '-out', cert, ...by]);
    return { cert, key };
  };
  return { ca, server: await sign('server'), client: await sign('client') };
}
