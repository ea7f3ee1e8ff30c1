export const NO_H2 = 'The server does not offer HTTP/2. Ask for HTTP/1.1 (http: "1.1"), or let it choose (http: auto).';

const NOT_BELIEVED = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What a server says of the certificate it was shown (RFC 8446 §6.2), as Node names OpenSSL's alerts. */
const NOT_ACCEPTED = new Set([
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE',
  'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
]);

/** Why no connection came about over TLS, as a sentence; null where that was not why. @param text of the error */
export function tlsFailure(codes: readonly string[], text: string): string | null {
  const has = (code: string): boolean => codes.includes(code);
  if (codes.some((code) => NOT_BELIEVED.has(code))) {
    return `The server's certificate is not believed: ${text}. Give its authority as tls.ca, or set tls.verify to false.`;
  }
  if (has('ERR_TLS_CERT_ALTNAME_INVALID')) {
    return `The server's certificate is not for that name. Give one it is for as tls.serverName. (${text})`;
  }
  if (has('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')) {
    return 'The server requires a client certificate. Give it as tls.cert, and its key as tls.key.';
  }
  if (codes.some((code) => NOT_ACCEPTED.has(code))) {
    return 'The server does not accept the client certificate. Give one that it does as tls.cert, and its key as tls.key.';
  }
  if (has('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')) {
    // All that TLS 1.2 says of either.
    return 'The server broke off the TLS handshake: it may require a client certificate (tls.cert, tls.key), or have no cipher in common.';
  }
  if (has('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')) return NO_H2;
  if (has('ERR_SSL_WRONG_VERSION_NUMBER') || has('ERR_SSL_PACKET_LENGTH_TOO_LONG')) {
    return 'The server does not speak TLS there. Is its address http:// and not https://?';
  }
  return null;
}
