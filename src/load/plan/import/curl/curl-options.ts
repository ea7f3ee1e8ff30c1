import { closestMatch } from 'leven';

/** One option as curl reads it. */
export interface CurlOption {
  /** The long name, without dashes. */
  readonly name: string;
  /** null: it takes none. */
  readonly value: string | null;
  /** Given as `--no-…`. */
  readonly negated: boolean;
}

/** Options and addresses in the order they were given. */
export type CurlWord = CurlOption | { readonly address: string };

const SHORT: Readonly<Record<string, string>> = {
  ...{ A: 'user-agent', B: 'use-ascii', C: 'continue-at', D: 'dump-header', E: 'cert', F: 'form', G: 'get' },
  ...{ H: 'header', I: 'head', J: 'remote-header-name', K: 'config', L: 'location', M: 'manual', N: 'no-buffer' },
  ...{ O: 'remote-name', P: 'ftp-port', Q: 'quote', R: 'remote-time', S: 'show-error', T: 'upload-file' },
  ...{ U: 'proxy-user', V: 'version', X: 'request', Y: 'speed-limit', Z: 'parallel', a: 'append', b: 'cookie' },
  ...{ c: 'cookie-jar', d: 'data', e: 'referer', f: 'fail', g: 'globoff', h: 'help', i: 'include' },
  ...{ j: 'junk-session-cookies', k: 'insecure', l: 'list-only', m: 'max-time', n: 'netrc', o: 'output' },
  ...{ p: 'proxytunnel', q: 'disable', r: 'range', s: 'silent', t: 'telnet-option', u: 'user', v: 'verbose' },
  ...{ w: 'write-out', x: 'proxy', y: 'speed-time', z: 'time-cond', '#': 'progress-bar', ':': 'next' },
  ...{ '0': 'http1.0', '1': 'tlsv1', '2': 'sslv2', '3': 'sslv3', '4': 'ipv4', '6': 'ipv6' },
};

/** Of curl 8: all that take a value. What is not here takes none. */
const WITH_VALUE = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at cookie
  cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation dns-interface
  dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save
  expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms
  haproxy-clientip header help hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key
  key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file
  noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert
  proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
  proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0
  pubkey quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid
  service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option
  tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file
  upload-flags url url-query user user-agent variable vlan-priority write-out`.split(/\s+/),
);

/** Options whose name may be cut short as long as it stays the only one that begins so, as curl allows; and that may be misspelt. */
const WITHOUT_VALUE =
  `anyauth basic compressed digest fail fail-with-body get globoff head http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3
  include insecure ipv4 ipv6 location location-trusted negotiate netrc next ntlm path-as-is progress-bar remote-name show-error silent
  tlsv1.2 tlsv1.3 verbose`.split(/\s+/);
const KNOWN = [...WITH_VALUE, ...WITHOUT_VALUE];

/** @param words what follows the word `curl` */
export function curlWords(words: readonly string[]): CurlWord[] {
  const found: CurlWord[] = [];
  let at = 0;
  const next = (): string => words[at++] ?? '';
  while (at < words.length) {
    const word = next();
    if (word === '--') continue;
    if (word.startsWith('--')) found.push(longOption(word.slice(2), next));
    else if (word.startsWith('-') && word.length > 1) found.push(...shortOptions(word.slice(1), next));
    else found.push({ address: word });
  }
  return found;
}

function longOption(written: string, next: () => string): CurlOption {
  const equals = written.indexOf('=');
  if (!WITH_VALUE.has(written) && equals > 0) {
    // To curl this is an error; but what is meant is plain.
    return { name: written.slice(0, equals), value: written.slice(equals + 1), negated: false };
  }
  const name = fullName(written);
  if (WITH_VALUE.has(name)) return { name, value: next(), negated: false };
  const negated = name.startsWith('no-') && !['no-buffer', 'no-progress-meter', 'no-clobber'].includes(name);
  return { name: negated ? name.slice(3) : name, value: null, negated };
}

function fullName(written: string): string {
  if (KNOWN.includes(written)) return written;
  const [only, ...others] = KNOWN.filter((name) => name.startsWith(written));
  return only !== undefined && others.length === 0 && written.length > 2 ? only : written;
}

/** Several letters behind one dash, of which the last may have its value right behind it. */
function shortOptions(letters: string, next: () => string): CurlOption[] {
  const found: CurlOption[] = [];
  for (let at = 0; at < letters.length; at++) {
    const name = SHORT[letters[at]!] ?? letters[at]!;
    if (!WITH_VALUE.has(name)) {
      found.push({ name, value: null, negated: false });
      continue;
    }
    const rest = letters.slice(at + 1);
    found.push({ name, value: rest === '' ? next() : rest, negated: false });
    break;
  }
  return found;
}

/** What people read about an option that is not taken over. */
export function notTakenOver({ name, negated }: CurlOption): string {
  const written = name.length === 1 ? `-${name}` : `--${negated ? 'no-' : ''}${name}`;
  if (KNOWN.includes(name) || Object.values(SHORT).includes(name)) return `${written} of curl is not taken over.`;
  const near = closestMatch(name, KNOWN, { maxDistance: 2 });
  return `curl has no ${written}${near === undefined ? '' : `; did you mean --${near}?`} It was left out.`;
}
