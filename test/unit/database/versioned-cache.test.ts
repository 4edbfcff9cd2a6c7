import { Notices, type NoticeHandler } from '../../../src/platform/database/notices.js';
import { VersionedCache } from '../../../src/platform/database/versioned-cache.js';

class ToldNotices extends Notices {
  epoch: number | undefined = 0;
  readonly #handlers: NoticeHandler[] = [];

  override epochOf(): number | undefined {
    return this.epoch;
  }

  override on(_topic: string, handler: NoticeHandler): void {
    this.#handlers.push(handler);
  }

  change(): void {
    this.epoch = (this.epoch ?? 0) + 1;
    for (const handle of this.#handlers) handle('x');
  }
}

function remembering(): {
  notices: ToldNotices;
  reads: () => number;
  ask: (value?: string) => Promise<string | undefined>;
} {
  const notices = new ToldNotices();
  const cache = new VersionedCache<string>(notices, 'agencies');
  let reads = 0;
  const ask = (value?: string): Promise<string | undefined> =>
    cache.get('key', () => {
      reads += 1;
      return Promise.resolve(value);
    });
  return { notices, reads: () => reads, ask };
}

describe('what is remembered until a change is told of', () => {
  it('is read once, however many ask', async () => {
    const { ask, reads } = remembering();
    expect(await Promise.all([ask('held'), ask('held'), ask('held')])).toEqual(['held', 'held', 'held']);
    expect(reads()).toBe(1);
  });

  it('is read again after a change', async () => {
    const { ask, notices } = remembering();
    await ask('before');
    notices.change();
    expect(await ask('after')).toBe('after');
  });

  it('is not kept when it was read before a change that came meanwhile', async () => {
    const { ask, notices } = remembering();
    const reading = ask('before');
    notices.change();
    await reading;
    expect(await ask('after')).toBe('after');
  });

  it('is nothing at all while no change would be heard of', async () => {
    const { ask, notices, reads } = remembering();
    await ask('held');
    notices.epoch = undefined;
    await ask('held');
    await ask('held');
    expect(reads()).toBe(3);
  });

  it('is never that something is not there', async () => {
    const { ask } = remembering();
    expect(await ask(undefined)).toBeUndefined();
    expect(await ask('new')).toBe('new');
  });

  it('is no failure', async () => {
    const notices = new ToldNotices();
    const cache = new VersionedCache<string>(notices, 'agencies');
    await expect(cache.get('key', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await cache.get('key', () => Promise.resolve('back'))).toBe('back');
  });
});
