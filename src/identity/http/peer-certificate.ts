import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** The certificate the caller has proved on this very connection; undefined without TLS or without one. Its issuer is not judged: a token names it by digest. */
export function peerCertificate({ socket }: IncomingMessage): X509Certificate | undefined {
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

/** base64url SHA-256 of a certificate, as `cnf` has it in `x5t#S256` (RFC 8705 §3.1). */
export function certificateThumbprint(certificate: X509Certificate): string {
  return Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
}
