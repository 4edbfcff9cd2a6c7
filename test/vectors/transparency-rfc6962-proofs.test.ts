import { existsSync, globSync, readFileSync } from 'node:fs';
import { verifyConsistency } from '../../src/core/transparency/verify-consistency.js';
import { verifyInclusion } from '../../src/core/transparency/verify-inclusion.js';

const VECTORS = '../shared/vectors/rfc6962-proofs';

/** Refused here although the vectors accept it: the roots are 12 bytes, and a root is 32. */
const STRICTER = new Set(['consistency/additional/sizes-are-equal-one-and-proof-is-empty.json']);

interface Vector {
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly [field: string]: unknown;
}

// Sizes pass 2^53, so numbers are read as their digits.
function read(file: string): {
  vector: Vector;
  number: (name: string) => bigint;
  bytes: (name: string) => Buffer;
  path: Buffer[];
} {
  const vector = JSON.parse(readFileSync(file, 'utf8').replace(/: (\d+)/g, ': "$1"')) as Vector;
  return {
    vector,
    number: (name) => BigInt(String(vector[name])),
    bytes: (name) => Buffer.from(typeof vector[name] === 'string' ? vector[name] : '', 'base64'),
    path: (vector.proof ?? []).map((hash) => Buffer.from(hash, 'base64')),
  };
}

const present = existsSync(VECTORS);
if (!present) process.stdout.write(`skipped: no vectors of transparency-dev/merkle at ${VECTORS}\n`);

(present ? describe : describe.skip)('transparency-dev/merkle testdata', () => {
  const inclusion = present ? globSync(`${VECTORS}/inclusion/**/*.json`) : [];
  const consistency = present ? globSync(`${VECTORS}/consistency/**/*.json`) : [];

  it('has 98 proofs of each kind', () => {
    expect([inclusion.length, consistency.length]).toEqual([98, 98]);
  });

  it.each(inclusion)('RFC 9162 §2.1.3.2 %s', (file) => {
    const { vector, number, bytes, path } = read(file);
    const claim = {
      index: number('leafIdx'),
      size: number('treeSize'),
      leafHash: bytes('leafHash'),
      root: bytes('root'),
      path,
    };
    expect(verifyInclusion(claim)).toBe(!vector.wantErr);
  });

  it.each(consistency)('RFC 9162 §2.1.4.2 %s', (file) => {
    const { vector, number, bytes, path } = read(file);
    const claim = {
      oldSize: number('size1'),
      oldRoot: bytes('root1'),
      size: number('size2'),
      root: bytes('root2'),
      path,
    };
    const stricter = STRICTER.has(file.slice(VECTORS.length + 1));
    expect(verifyConsistency(claim)).toBe(!vector.wantErr && !stricter);
  });
});
