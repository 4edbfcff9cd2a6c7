import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { TlsSettings } from '../../../config/settings.js';
import type { ServerCertificate } from '../../platform/http/api-adapter.js';

/**
 * The certificate and key that the settings name; undefined where a proxy ends TLS. Read once: a renewed certificate is
 * taken up by a restart, gateway by gateway.
 *
 * @throws Error naming the setting and what would satisfy, when one cannot be read, the key is open to others, or the
 * two do not belong together
 */
export async function serverCertificateOf(tls: TlsSettings): Promise<ServerCertificate | undefined> {
  switch (tls.endsAt) {
    case 'proxy':
      return undefined;
    case 'gateway': {
      const cert = await read('TLS_CERT_FILE', tls.certificateFile);
      const key = await read('TLS_KEY_FILE', tls.keyFile);
      if (((await stat(tls.keyFile)).mode & 0o077) !== 0)
        throw new Error('`TLS_KEY_FILE` is open to others; set its mode to 0600');
      if (!belongTogether(cert, key))
        throw new Error('`TLS_CERT_FILE` must hold a certificate as PEM, and `TLS_KEY_FILE` its private key');
      return { cert, key };
    }
  }
}

function read(setting: string, file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new Error(`\`${setting}\` names a file that cannot be read; give one in PEM`, { cause });
  });
}

function belongTogether(cert: Buffer, key: Buffer): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
