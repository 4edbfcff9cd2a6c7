import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText, signCheckpoint } from '../../src/core/transparency/checkpoint.js';
import { cosign } from '../../src/core/transparency/cosignature.js';
import { foldPlan, planConsistency, planInclusion } from '../../src/core/transparency/proofs.js';
import { nodesFromTiles, tilePath } from '../../src/core/transparency/tiles.js';
import { formatVerifierKey, verifierKey, type VerifierKey } from '../../src/core/transparency/verifier-key.js';
import { buildVerifier, canBuild, verdict, writeFiles } from '../support/go-verifier/go-verifier.js';
import { entries, TileTree } from '../support/tile-tree.js';

const ORIGIN = 'gateway.example/log/00000000000000aa';
const present = canBuild();
if (!present && process.env['REQUIRE_INDEPENDENT_CHECKS'] === '1')
  throw new Error('`go` with golang-golang-x-mod-dev is required here to check the log independently');
if (!present) process.stdout.write('skipped: no `go` with golang-golang-x-mod-dev to check the log independently\n');

interface Signer {
  readonly key: VerifierKey;
  readonly by: (bytes: Uint8Array) => Buffer;
}
function signer(name: string, use: 'log' | 'witness'): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { key: verifierKey(name, use, raw), by: (bytes) => sign(null, bytes, privateKey) };
}

(present ? describe : describe.skip)('golang.org/x/mod/sumdb note and tlog', () => {
  let directory: string;
  let program: string;
  const log = signer(ORIGIN, 'log');
  const witness = signer('witness.example/w1', 'witness');
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'go-verifier-'));
    program = await buildVerifier(directory);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  /** A log of `size` entries that was `oldSize` before, as files. */
  function files(oldSize: number, size: number, index: number): Record<string, string | Uint8Array> {
    const tree = new TileTree();
    const note = (): string => signCheckpoint({ origin: ORIGIN, size: tree.size, root: tree.root }, log.key, log.by);
    tree.add(entries(oldSize));
    const old = note();
    if (size > oldSize) tree.add(entries(size - oldSize, oldSize));
    const text = checkpointText({ origin: ORIGIN, size: tree.size, root: tree.root });
    const nodes = nodesFromTiles(tree.read);
    const lines = (path: readonly Uint8Array[]): string =>
      path.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
    return {
      checkpoint: note() + cosign(text, 1_764_000_000n, witness.key, witness.by),
      'old-checkpoint': old,
      entry: entries(1, index)[0] ?? Buffer.of(),
      inclusion: lines(foldPlan(planInclusion(BigInt(index), tree.size), nodes)),
      consistency: lines(foldPlan(planConsistency(BigInt(oldSize), tree.size), nodes)),
      ...Object.fromEntries([...tree.tiles.values()].map((tile) => [tilePath(tile), tile.hashes])),
    };
  }

  async function judged(
    name: string,
    content: Record<string, string | Uint8Array>,
    oldSize: number,
    index: number,
  ): Promise<string> {
    const place = join(directory, name);
    await writeFiles(place, content);
    const keys = [formatVerifierKey(log.key), formatVerifierKey(witness.key)];
    return verdict(program, [place, ...keys, String(oldSize), String(index)]);
  }

  it.each([
    { oldSize: 1, size: 1, index: 0 },
    { oldSize: 1, size: 2, index: 1 },
    { oldSize: 255, size: 256, index: 255 },
    { oldSize: 256, size: 257, index: 256 },
    { oldSize: 300, size: 1_000, index: 511 },
    { oldSize: 65_536, size: 70_000, index: 69_999 },
    { oldSize: 70_000, size: 70_001, index: 65_535 },
  ])(
    'accepts ours for $size entries after $oldSize, and proves the same from our tiles',
    async ({ oldSize, size, index }) => {
      expect(
        await judged(`honest-${String(size)}-${String(oldSize)}`, files(oldSize, size, index), oldSize, index),
      ).toBe('ok');
    },
  );

  it.each<{
    because: string;
    spoil: (honest: Record<string, string | Uint8Array>) => Record<string, string | Uint8Array>;
    says: RegExp;
  }>([
    { because: 'the entry is another', spoil: () => ({ entry: 'another' }), says: /^inclusion/ },
    {
      because: 'the checkpoint says another size',
      spoil: (honest) => ({ checkpoint: String(honest['checkpoint']).replace('\n1000\n', '\n1001\n') }),
      says: /^checkpoint/,
    },
    {
      because: 'the witness vouched for another text',
      spoil: (honest) => ({
        checkpoint: String(honest['old-checkpoint']) + String(honest['checkpoint']).split('\n').slice(-2).join('\n'),
      }),
      says: /^checkpoint/,
    },
    {
      because: 'a tile is another',
      spoil: (honest) => ({ 'tile/1/000.p/3': Buffer.from(honest['tile/1/000.p/3'] ?? '').reverse() }),
      says: /^tiles/,
    },
    {
      because: 'the old root is another',
      spoil: (honest) => ({ consistency: String(honest['consistency']).split('\n').reverse().join('\n') }),
      says: /^consistency/,
    },
  ])('refuses when $because', async ({ spoil, says }) => {
    const honest = files(300, 1_000, 511);
    expect(
      await judged(
        `spoilt-${says.source.slice(1)}-${String(performance.now())}`,
        { ...honest, ...spoil(honest) },
        300,
        511,
      ),
    ).toMatch(says);
  });
});
