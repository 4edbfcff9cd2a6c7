import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasterKey, NotSealedHere, readMasterKey, readOrMakeMasterKey } from '../../../src/platform/keys/master-key.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sg-master-'));
  file = join(directory, 'master.key');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the master secret', () => {
  it('is made once where it may be, closed to others, and then read', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => readOrMakeMasterKey(file)));
    const again = await readOrMakeMasterKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file)).toHaveLength(32);
    for (const key of keys)
      expect(again.unwrap('here', key.wrap('here', Buffer.from('key')))).toEqual(Buffer.from('key'));
    expect(readdirSync(directory)).toEqual(['master.key']);
  });

  it('is never made where it must be given', async () => {
    await expect(readMasterKey(file)).rejects.toThrow(/cannot be read/);
  });

  it('is not taken when others could read it', async () => {
    writeFileSync(file, Buffer.alloc(32, 7), { mode: 0o600 });
    chmodSync(file, 0o640);
    await expect(readMasterKey(file)).rejects.toThrow(/open to others/);
  });

  it.each([0, 31, 33, 64])('is not taken at %d bytes', async (size) => {
    writeFileSync(file, Buffer.alloc(size, 7), { mode: 0o600 });
    await expect(readMasterKey(file)).rejects.toThrow(/32 bytes/);
    if (size !== 0) expect(() => new MasterKey(Buffer.alloc(size))).toThrow(RangeError);
  });

  it('unwraps nothing wrapped for another place or under another secret', () => {
    const [one, other] = [new MasterKey(Buffer.alloc(32, 1)), new MasterKey(Buffer.alloc(32, 2))];
    const wrapped = one.wrap('a', Buffer.from('key'));
    expect(() => one.unwrap('b', wrapped)).toThrow(NotSealedHere);
    expect(() => other.unwrap('a', wrapped)).toThrow(NotSealedHere);
    for (const size of [0, 1, 28]) expect(() => one.unwrap('a', wrapped.subarray(0, size))).toThrow(NotSealedHere);
  });
});
