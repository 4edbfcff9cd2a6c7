import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/**
 * What the server stores of a password, so that the password itself is never sent nor written to its log.
 *
 * @param password printable ASCII: other characters have several forms, and the two sides could differ on which
 * @param salt 16 random bytes
 * @throws RangeError for an empty password or one with other characters
 * @see RFC 5803 §3, RFC 5802 §3
 */
export function scramVerifier(password: string, salt: Uint8Array): string {
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new RangeError('a database password is made of printable ASCII characters');
  const iterations = 4096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyFor = (use: string): Buffer => createHmac('sha256', salted).update(use).digest();
  const storedKey = createHash('sha256').update(keyFor('Client Key')).digest('base64');
  const serverKey = keyFor('Server Key').toString('base64');
  return `SCRAM-SHA-256$${String(iterations)}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
}
