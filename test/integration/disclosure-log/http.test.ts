import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openCheckpoint } from '../../../src/core/transparency/checkpoint.js';
import { decodeEntryBundle } from '../../../src/core/transparency/entry-bundle.js';
import { rootFromTiles, tilePath, TILE_WIDTH, widthAt } from '../../../src/core/transparency/tiles.js';
import { leafHash } from '../../../src/core/transparency/tree-hash.js';
import { parseVerifierKey } from '../../../src/core/transparency/verifier-key.js';
import { verifyInclusion } from '../../../src/core/transparency/verify-inclusion.js';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import type { LoggedDisclosure } from '../../../src/disclosure-log/logged-disclosure.js';
import { Sequencer } from '../../../src/disclosure-log/sequencer.js';
import { council, logWorld, police, slice, type LogWorld } from '../../support/log-world.js';
import { logApp } from './log-app.js';

const ENTRIES = 300;

let world: LogWorld;
let app: NestFastifyApplication;
let logged: LoggedDisclosure[];
beforeAll(async () => {
  world = await logWorld();
  app = await logApp(world);
  logged = [];
  for (let at = 0; at < ENTRIES; at += 20) {
    logged.push(...(await Promise.all(Array.from({ length: 20 }, () => world.append()))));
  }
  await world.sequenced(ENTRIES);
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const get = (path: string, headers: Record<string, string> = {}): ReturnType<typeof app.inject> =>
  app.inject({ method: 'GET', url: path, headers });
const bytesOf = async (path: string): Promise<Buffer> => {
  const answer = await get(`/log/${path}`);
  if (answer.statusCode !== 200) throw new Error(`${path}: ${String(answer.statusCode)}`);
  return answer.rawPayload;
};
const as = (agency: AgencyId, more: Record<string, string> = {}): Record<string, string> => ({
  'x-agency': agency,
  'x-log-purpose': 'lawfulness',
  ...more,
});

interface Page {
  disclosures: { id: string; side: string; kind: string; subject: string | null; reviewed: boolean }[];
  nextCursor: string | null;
}
async function list(agency: AgencyId, query = ''): Promise<Page> {
  const answer = await get(`/v1/disclosures${query}`, as(agency));
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

describe('the public log', () => {
  it('lets a stranger verify every entry from the checkpoint, the key and the tiles alone', async () => {
    const key = parseVerifierKey((await get('/log/key')).payload.trim());
    const note = await get('/log/checkpoint');
    expect(note.headers['cache-control']).toBe('no-store');
    expect(note.headers['content-type']).toMatch(/^text\/plain/);
    const checkpoint = key && openCheckpoint(note.payload, key);
    if (checkpoint === undefined) throw new Error('the checkpoint does not open');
    const { size, root } = checkpoint;
    const tiles = new Map<string, Buffer>();
    for (const at of [
      { level: 0, index: 0n },
      { level: 0, index: 1n },
      { level: 1, index: 0n },
    ]) {
      const tile = tilePath({ ...at, width: widthAt(at, size) });
      tiles.set(`${String(at.level)}/${String(at.index)}`, await bytesOf(tile));
    }
    const read = ({ level, index }: { level: number; index: bigint }): Buffer | undefined =>
      tiles.get(`${String(level)}/${String(index)}`);
    expect(Buffer.from(rootFromTiles(size, read))).toEqual(Buffer.from(root));
    const bundle = decodeEntryBundle(await bytesOf('tile/entries/000')) ?? [];
    expect(bundle).toHaveLength(TILE_WIDTH);
    expect(Buffer.concat(bundle.map(leafHash))).toEqual(read({ level: 0, index: 0n }));
  });

  it('keeps full tiles for ever and partial ones briefly', async () => {
    expect((await get('/log/tile/0/000')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/log/tile/entries/000')).headers['cache-control']).toContain('immutable');
    const partial = await get('/log/tile/0/001.p/7');
    expect(partial.headers['cache-control']).toBe('public, max-age=60');
    expect(partial.rawPayload).toEqual((await bytesOf('tile/0/001.p/44')).subarray(0, 7 * 32));
    expect(decodeEntryBundle(await bytesOf('tile/entries/001.p/3'))).toHaveLength(3);
  });

  it.each([
    '/log/tile/0/001',
    '/log/tile/0/001.p/255',
    '/log/tile/0/009.p/1',
    '/log/tile/entries/001',
    '/log/tile/entries/x999/x999/x999/x999/x999/x999/999',
    '/log/tile/0/x000/000',
    '/log/tile/0/%30%30%30',
    '/log/tile/7/000',
    '/log/tile/8/000',
    '/log/tile/',
    '/log/tile/..%2fcheckpoint',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).statusCode).toBe(404);
  });

  it('has a sequencer at work', () => {
    expect(app.get(Sequencer).state).toBe('sequencing');
  });
});

describe('the proof of a disclosure', () => {
  it('verifies for each party', async () => {
    const [first] = logged;
    if (first === undefined) throw new Error('nothing was logged');
    for (const agency of [police, council]) {
      const answer = await get(`/v1/disclosures/${first.disclosureId}/proof`, as(agency));
      expect(answer.statusCode).toBe(200);
      const proof: {
        origin: string;
        leaf: string;
        entry: string;
        index: number;
        size: number;
        path: string[];
        checkpoint: string;
      } = answer.json();
      expect(leafHash(Buffer.from(proof.entry, 'base64url')).toString('base64url')).toBe(proof.leaf);
      const key = parseVerifierKey((await get('/log/key')).payload.trim());
      const root = (key && openCheckpoint(proof.checkpoint, key)?.root) ?? Buffer.of();
      const path = proof.path.map((hash) => Buffer.from(hash, 'base64url'));
      const claim = { index: BigInt(proof.index), size: BigInt(proof.size), leafHash: first.leafHash, path, root };
      expect(verifyInclusion(claim)).toBe(true);
    }
  });

  it('is not found by an agency that was no party, nor for an id that is none', async () => {
    const [first] = logged;
    const other = as('other-agency' as AgencyId);
    expect((await get(`/v1/disclosures/${first?.disclosureId ?? ''}/proof`, other)).statusCode).toBe(404);
    expect((await get('/v1/disclosures/not-a-uuid/proof', as(police))).statusCode).toBe(400);
  });
});

describe('looking back', () => {
  it('needs one of the four purposes', async () => {
    for (const purpose of ['', 'curiosity']) {
      const answer = await get('/v1/disclosures', { 'x-agency': police, 'x-log-purpose': purpose });
      expect(answer.statusCode).toBe(400);
    }
    expect((await get('/v1/disclosures', { 'x-agency': police })).statusCode).toBe(400);
  });

  it('shows each party its own side and nobody else anything', async () => {
    const own = await list(police, '?limit=1');
    expect(own.disclosures[0]).toMatchObject({
      side: 'requester',
      counterpart: council,
      categories: expect.any(Array) as unknown,
    });
    expect((await list(council, '?limit=1')).disclosures[0]).toMatchObject({ side: 'custodian', counterpart: police });
    expect((await list('other-agency' as AgencyId)).disclosures).toEqual([]);
  });

  it('records the reading itself, and shows such records when asked for them', async () => {
    const [first] = logged;
    const id = first?.disclosureId ?? '';
    const answer = await get(`/v1/disclosures/${id}`, as(council, { 'x-log-purpose': 'self-monitoring' }));
    expect(answer.json()).toMatchObject({
      id,
      records: [{ side: 'custodian', details: { findings: ['role', 'basis'] } }],
    });
    const { disclosures } = await list(council, '?kind=consult&purpose=self-monitoring');
    expect(disclosures).toHaveLength(1);
    const look = await get(`/v1/disclosures/${disclosures[0]?.id ?? ''}`, as(council));
    expect(look.json()).toMatchObject({ records: [{ about: id, kind: 'consult', details: { looked: 'one' } }] });
    expect((await list(council)).disclosures.map(({ kind }) => kind)).not.toContain('consult');
  });

  it('pages through everything once, in either order', async () => {
    for (const sort of ['newest', 'oldest']) {
      const seen: string[] = [];
      for (let cursor = ''; ;) {
        const page = await list(police, `?limit=110&sort=${sort}${cursor}`);
        seen.push(...page.disclosures.map(({ id }) => id));
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      expect(new Set(seen).size).toBe(ENTRIES);
      expect(seen).toHaveLength(ENTRIES);
    }
  });

  it('finds by each filter', async () => {
    const subject = '0190aaaa-0000-7000-8000-0000000000ff';
    const special = await world.append({
      requester: slice({
        subject: subject as never,
        officer: 'np-0007' as never,
        purpose: 'adult-s42-enquiry' as never,
        outcome: 'refused',
        kind: 'deny',
        emergency: true,
        categories: ['mental-health' as Category],
        counterpart: 'refuge-trust' as AgencyId,
        decidedAt: '2020-01-02T03:04:05.678Z' as never,
      }),
      custodian: undefined,
    });
    for (const query of [
      `subject=${subject}`,
      `subject=${subject.toUpperCase()}`,
      'officer=np-0007',
      'purpose=adult-s42-enquiry',
      'outcome=refused',
      'kind=deny',
      'emergency=true',
      'category=mental-health',
      'custodian=refuge-trust',
      'to=2020-01-03T00:00:00Z',
      'from=2020-01-02T03:04:05.678Z&to=2020-01-02T03:04:05.679Z',
    ]) {
      expect((await list(police, `?${query}`)).disclosures.map(({ id }) => id)).toEqual([special.disclosureId]);
    }
    expect((await list(police, `?recipient=${police}&limit=200`)).disclosures).toHaveLength(200);
    expect((await list(police, `?recipient=${council}`)).disclosures).toEqual([]);
    expect((await list(police, `?subject=${subject}`)).disclosures[0]?.subject).toBe(subject);
    await world.append({
      about: special.disclosureId,
      requester: slice({ kind: 'review', outcome: 'recorded', counterpart: null }),
      custodian: undefined,
    });
    expect((await list(police, '?reviewed=true')).disclosures.map(({ id }) => id)).toEqual([special.disclosureId]);
    expect((await list(police, '?reviewed=false&outcome=refused')).disclosures).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=201',
    'sort=up',
    'subject=9990000018',
    'cursor=AAAA',
    'nhsNumber=9990000018',
    'from=yesterday',
  ])('refuses ?%s as malformed', async (query) => {
    expect((await get(`/v1/disclosures?${query}`, as(police))).statusCode).toBe(400);
  });

  it('shows what became of the answer', async () => {
    const [, second] = logged;
    if (second === undefined) throw new Error('nothing was logged');
    const { disclosureId, parties } = second;
    await world.database.within({ parties: [police, council] }, (tx) =>
      world.log.recordOutcome(tx, { disclosureId, agencies: parties, outcome: 'partial', bytes: 512 }),
    );
    const answer = await get(`/v1/disclosures/${disclosureId}`, as(council));
    expect(answer.json()).toMatchObject({ outcomes: [{ outcome: 'partial', bytes: 512 }] });
  });
});
