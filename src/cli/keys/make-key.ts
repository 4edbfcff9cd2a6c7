import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { jwkThumbprint, p256PublicJwk } from '../../core/signing/jwk.js';

/**
 * Makes a P-256 key for an agency's system or for a person: the private JWK into a new file that only its owner reads.
 * The gateway keeps nothing of it.
 *
 * @returns the public JWK as one line of JSON, `kid` its RFC 7638 thumbprint
 * @throws Error when the file is there already: a key is never written over
 */
export function makeKey(file: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = p256PublicJwk(publicKey);
  const kid = jwkThumbprint(jwk);
  const named = { ...jwk, alg: 'ES256', use: 'sig', kid };
  try {
    const { d } = privateKey.export({ format: 'jwk' });
    writeFileSync(file, `${JSON.stringify({ ...named, d })}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    throw new Error(`\`${file}\` cannot be made; name a file that is not there yet, in a folder that is`, { cause });
  }
  return JSON.stringify(named);
}
