import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  checkpointText,
  openCheckpoint,
  parseCheckpointText,
  signCheckpoint,
} from '../../src/core/transparency/checkpoint.js';
import { cosign, openCosignature } from '../../src/core/transparency/cosignature.js';
import { openNote, parseNote, signNote } from '../../src/core/transparency/signed-note.js';
import {
  formatVerifierKey,
  parseVerifierKey,
  verifierKey,
  type VerifierKey,
  type VerifierUse,
} from '../../src/core/transparency/verifier-key.js';

const ORIGIN = 'gateway.example/log/1f2e3d';
const root = Buffer.alloc(32, 9);

function keyPair(name: string, use: VerifierUse = 'log'): { key: VerifierKey; by: (bytes: Uint8Array) => Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { key: verifierKey(name, use, raw(publicKey)), by: (bytes) => sign(null, bytes, privateKey) };
}
const raw = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');

describe('C2SP signed-note', () => {
  it('opens a note that another implementation signed, golang.org/x/mod/sumdb/note', () => {
    const key = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const line =
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    expect(key?.name).toBe('PeterNeumann');
    expect(openNote(`${text}\n${line}`, key ? [key] : [])?.text).toBe(text);
  });

  it('opens what a log signed, and says which of the keys did', () => {
    const { key, by } = keyPair('one.example');
    const other = keyPair('two.example');
    const note = signNote('hello\nworld\n', key, by);
    expect(openNote(note, [key])).toEqual({ text: 'hello\nworld\n', signedBy: [key] });
    expect(openNote(note, [other.key, key])?.signedBy).toEqual([key]);
    expect(openNote(note, [other.key])).toBeUndefined();
    expect(openNote(note, [])).toBeUndefined();
  });

  it('reads a text that itself looks like a signed note up to the last blank line', () => {
    const { key, by } = keyPair('one.example');
    const inner = signNote('inner\n', key, by);
    const outer = signNote(inner, key, by);
    expect(openNote(outer, [key])?.text).toBe(inner);
  });

  it('refuses a note in which any one byte is changed', () => {
    const { key, by } = keyPair('one.example');
    const bytes = Buffer.from(signNote('abc\n', key, by));
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [0x01, 0x04, 0x20]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ bit, at);
        expect(openNote(changed.toString('utf8'), [key])).toBeUndefined();
      }
    }
  });

  it('refuses the whole note when one line of a known key is forged', () => {
    const { key, by } = keyPair('one.example');
    const forged = keyPair('two.example');
    const note = signNote('abc\n', key, by);
    const line = signNote('abc\n', forged.key, () => Buffer.alloc(64)).split('\n\n')[1] ?? '';
    expect(openNote(note + line, [key])).toBeDefined();
    expect(openNote(note + line, [key, forged.key])).toBeUndefined();
  });

  it('refuses a note that a key signed once rightly and once wrongly', () => {
    const { key, by } = keyPair('one.example');
    const wrong = signNote('abc\n', key, () => Buffer.alloc(64)).split('\n\n')[1] ?? '';
    expect(openNote(signNote('abc\n', key, by) + wrong, [key])).toBeUndefined();
  });

  it.each([
    ['no signature', 'abc\n'],
    ['no final newline', 'abc\n\n— a AAAAAAA='],
    ['a carriage return', 'abc\r\n\n— a AAAAAAA=\n'],
    ['a lone surrogate', 'ab\ud800\n\n— a AAAAAAA=\n'],
    ['a short signature', 'abc\n\n— a AAAA\n'],
    ['base64 spelled another way', 'abc\n\n— a AAAAAAB=\n'],
    ['a blank line among signatures', 'abc\n\n— a AAAAAAA=\n\n'],
    ['a name with a plus', 'abc\n\n— a+b AAAAAAA=\n'],
    ['an ordinary dash', 'abc\n\n- a AAAAAAA=\n'],
    ['a hundred and one lines', `abc\n\n${'— a AAAAAAA=\n'.repeat(101)}`],
    ['more than a megabyte', `${'a'.repeat(1_000_001)}\n\n— a AAAAAAA=\n`],
  ])('refuses %s', (_, note) => {
    expect(parseNote(note)).toBeUndefined();
  });

  it('does not sign what is no text of a note', () => {
    const { key, by } = keyPair('one.example');
    expect(() => signNote('abc', key, by)).toThrow(RangeError);
    expect(() => signNote('a\tb\n', key, by)).toThrow(RangeError);
  });
});

describe('C2SP verifier keys', () => {
  it('come back as they went', () => {
    for (const use of ['log', 'witness'] as const) {
      const { key } = keyPair('one.example', use);
      const parsed = parseVerifierKey(formatVerifierKey(key));
      expect(parsed).toMatchObject({ name: key.name, use });
      expect(parsed?.keyId.equals(key.keyId)).toBe(true);
    }
  });

  it.each([
    ['another id', (text: string) => text.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['another name', (text: string) => `x${text}`],
    [
      'an unknown type',
      (text: string) =>
        text
          .replace('+AQ', '+CQ')
          .replace('+AR', '+CR')
          .replace('+AS', '+CS')
          .replace('+AT', '+CT')
          .replace('+AX', '+CX')
          .replace('+A', '+C'),
    ],
    ['a short key', (text: string) => text.slice(0, -4)],
    ['nothing', () => ''],
  ])('are refused with %s', (_, spoil) => {
    expect(parseVerifierKey(spoil(formatVerifierKey(keyPair('one.example').key)))).toBeUndefined();
  });

  it.each(['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', '\ud800'])('cannot be named %j', (name) => {
    expect(() => verifierKey(name, 'log', Buffer.alloc(32))).toThrow(RangeError);
  });
});

describe('C2SP tlog-checkpoint', () => {
  it('is opened only with its own origin and key', () => {
    const { key, by } = keyPair(ORIGIN);
    const note = signCheckpoint({ origin: ORIGIN, size: 5n, root }, key, by);
    expect(openCheckpoint(note, key)).toEqual({ origin: ORIGIN, size: 5n, root });
    expect(openCheckpoint(note, keyPair(ORIGIN).key)).toBeUndefined();
    const elsewhere = signCheckpoint({ origin: 'another.example', size: 5n, root }, key, by);
    expect(openCheckpoint(elsewhere, key)).toBeUndefined();
  });

  it('keeps sizes past 2^53 exact', () => {
    const size = 2n ** 63n + 1n;
    expect(parseCheckpointText(checkpointText({ origin: ORIGIN, size, root }))?.size).toBe(size);
  });

  it('allows extension lines', () => {
    expect(parseCheckpointText(`${checkpointText({ origin: ORIGIN, size: 1n, root })}more\n`)?.size).toBe(1n);
  });

  it.each([
    ['a leading zero', `${ORIGIN}\n05\n${root.toString('base64')}\n`],
    ['a sign', `${ORIGIN}\n+5\n${root.toString('base64')}\n`],
    ['a size past 64 bits', `${ORIGIN}\n18446744073709551616\n${root.toString('base64')}\n`],
    ['a short root', `${ORIGIN}\n5\n${root.subarray(1).toString('base64')}\n`],
    ['an empty extension line', `${ORIGIN}\n5\n${root.toString('base64')}\n\n`],
    ['no origin', `\n5\n${root.toString('base64')}\n`],
  ])('refuses %s', (_, text) => {
    expect(parseCheckpointText(text)).toBeUndefined();
  });
});

describe('C2SP tlog-cosignature, cosignature/v1', () => {
  const log = keyPair(ORIGIN);
  const witness = keyPair('witness.example', 'witness');
  const text = checkpointText({ origin: ORIGIN, size: 5n, root });
  const note = signNote(text, log.key, log.by);
  const line = cosign(text, 1_764_000_000n, witness.key, witness.by);

  it('gives the time a witness vouches for', () => {
    expect(openCosignature(note + line, witness.key)).toEqual({ witness: witness.key, time: 1_764_000_000n });
    expect(openCheckpoint(note + line, log.key)?.size).toBe(5n);
  });

  it('is not found where the witness has not signed', () => {
    expect(openCosignature(note, witness.key)).toBeUndefined();
    expect(openCosignature(note + line, keyPair('witness.example', 'witness').key)).toBeUndefined();
    expect(openCosignature(note + line, log.key)).toBeUndefined();
  });

  it('is refused over another text, at another time, or as a plain signature', () => {
    const other = signNote(checkpointText({ origin: ORIGIN, size: 6n, root }), log.key, log.by);
    expect(openCosignature(other + line, witness.key)).toBeUndefined();
    const [, , encoded = ''] = line.trim().split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    bytes.writeUInt8(bytes.readUInt8(11) ^ 1, 11);
    expect(openCosignature(`${note}— witness.example ${bytes.toString('base64')}\n`, witness.key)).toBeUndefined();
    const plain = signNote(text, witness.key, witness.by).split('\n\n')[1] ?? '';
    expect(openCosignature(note + plain, witness.key)).toBeUndefined();
  });
});
