import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { scramVerifier } from '../../../src/platform/database/scram-verifier.js';

describe('a SCRAM verifier', () => {
  it('accepts the proof of the example of RFC 7677 §3', () => {
    const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
    const [, storedKey, serverKey] =
      /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$([^:]+):(.+)$/.exec(verifier) ?? [];
    const message = [
      'n=user,r=rOprNGfwEbeRWgbNEkqO',
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    ].join(',');
    const signed = (key: string): Buffer => createHmac('sha256', Buffer.from(key, 'base64')).update(message).digest();

    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
    const signature = signed(storedKey ?? '');
    const clientKey = proof.map((byte, at) => byte ^ (signature[at] ?? 0));
    expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey);
    expect(signed(serverKey ?? '').toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });

  it.each(['', 'gehört', 'tab\there'])(
    'is not made of a password that two sides could read differently: %j',
    (password) => {
      expect(() => scramVerifier(password, Buffer.alloc(16))).toThrow(RangeError);
    },
  );
});
