import { decodeEntryBundle, encodeEntryBundle } from '../../src/core/transparency/entry-bundle.js';
import { entryBundlePath, parseTilePath, tilePath, widthAt } from '../../src/core/transparency/tiles.js';

describe('C2SP tlog-tiles paths', () => {
  it.each([
    { tile: { level: 0, index: 0n, width: 256 }, path: 'tile/0/000' },
    { tile: { level: 0, index: 1_234_067n, width: 256 }, path: 'tile/0/x001/x234/067' },
    { tile: { level: 1, index: 273n, width: 12 }, path: 'tile/1/273.p/12' },
    { tile: { level: 0, index: 1000n, width: 1 }, path: 'tile/0/x001/000.p/1' },
  ])('$path', ({ tile, path }) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual({ kind: 'hashes', ...tile });
  });

  it('names entry bundles', () => {
    expect(entryBundlePath(5n, 256)).toBe('tile/entries/005');
    expect(parseTilePath('tile/entries/x001/005.p/7')).toEqual({ kind: 'entries', index: 1005n, width: 7 });
  });

  it.each([
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/1000',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/000.p/007',
    'tile/0/000.p/-1',
    'tile/8/000',
    'tile/00/000',
    'tile/0/x001',
    'tile/0/001/000',
    'tile/data/000',
    'tile/0/../000',
    'tile/0/000/',
    'tile/0/٠٠٠',
    'tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999',
    '',
  ])('refuses %j: one tile has one path', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it.each([
    { level: 0, index: 0n, size: 256n, width: 256 },
    { level: 0, index: 1n, size: 256n, width: 0 },
    { level: 0, index: 1n, size: 257n, width: 1 },
    { level: 1, index: 0n, size: 511n, width: 1 },
    { level: 1, index: 0n, size: 255n, width: 0 },
  ])('a tree of $size has $width hashes in tile $level/$index', ({ level, index, size, width }) => {
    expect(widthAt({ level, index }, size)).toBe(width);
  });
});

describe('C2SP tlog-tiles entry bundles', () => {
  it('come back as they went', () => {
    const entries = [Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(65_535, 7)];
    expect(decodeEntryBundle(encodeEntryBundle(entries))).toEqual(entries);
    expect(encodeEntryBundle([Buffer.from('ab')])).toEqual(Buffer.from([0, 2, 0x61, 0x62]));
  });

  it('refuse an entry that is too long, and bytes that end inside one', () => {
    expect(() => encodeEntryBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
    expect(decodeEntryBundle(Buffer.from([0, 2, 0x61]))).toBeUndefined();
    expect(decodeEntryBundle(Buffer.from([0]))).toBeUndefined();
  });
});
