import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';
import { sourceHeldBefore, type HeldSource } from '../support/held-source.js';
import { ReleaseDesk } from '../support/release-desk.js';

let world: GatewayWorld;
let source: HeldSource;
let desk: ReleaseDesk;

beforeAll(async () => {
  world = await gatewayWorld((seed) => seed, {
    sourcesBehind: async (url) => {
      source = await sourceHeldBefore(url);
      return source.url;
    },
  });
  desk = new ReleaseDesk(world);
});
afterAll(async () => {
  await world.close();
  await source.close();
});

/** Begins a release, and does something while the custodian's system is answering. */
async function whileFetching(act: (id: string) => Promise<unknown>) {
  const { id, exchange } = await desk.waiting();
  const items = [await desk.sentence(id)];
  source.hold();
  const decided = desk.decide(id, items);
  await source.answered();
  await act(id);
  source.release();
  return { reply: await decided, id, exchange };
}

const council = (path: string, body: object) =>
  world.client('northmoor-council', 'nmc-mgr-1').post(path, { officer: 'nmc-mgr-1', ...body });
const subject = { identifiers: [{ system: 'nhs-number', value: '9990000018' }] };

describe('authority that changes between a person’s decision and its commit', () => {
  it.each([
    ['an objection', 422, '/v1/objections', { subject, ground: 'the parent objects' }, 'withdrawal'],
    ['a hold', 409, '/v1/holds', { subject, reason: 'the record is disputed' }, 'release'],
  ])('stops the release: %s', async (_what, status, path, body, end) => {
    let recorded = '';
    const { reply, exchange, id } = await whileFetching(async () => {
      const { body: made } = await council(path, body);
      recorded = (made as { id: string }).id;
    });

    expect(reply.status).toBe(status);
    expect(await desk.inboxOf(exchange)).toBeUndefined();
    expect((await council(`${path}/${recorded}/${end}`, {})).status).toBeLessThan(300);
    // The case is open, and what is read of it now can be released.
    expect(await desk.decide(id, [await desk.sentence(id)])).toMatchObject({ status: 200 });
  });

  it('lets a refusal by another officer win: nothing is released after it', async () => {
    const { reply, exchange } = await whileFetching(async (id) => {
      const refusal = { decision: 'refuse', items: [], officer: 'nnt-rel-1' };
      expect(await desk.second.post(`/v1/releases/${id}/decision`, refusal)).toMatchObject({ status: 200 });
    });

    expect(reply.status).toBe(409);
    expect(await desk.inboxOf(exchange)).toMatchObject({ outcome: 'withheld', record: {} });
  });
});
