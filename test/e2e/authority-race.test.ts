import { setTimeout as pause } from 'node:timers/promises';
import type { AskAnswer } from '../support/asks.js';
import type { Reply } from '../support/agency-client.js';
import { changesOfAuthority } from '../support/changes-of-authority.js';
import { raceWorld, type RaceWorld } from '../support/race-world.js';

import.meta.jest.setTimeout(120_000);

const ROUNDS = 10;
const ASKS = 6;
/** Rows inserted by another agency, and a row changed by the requester's own. */
const RACED = [
  'a consent that another agency obtained is withdrawn',
  'another agency records that the person objects',
  'the officer’s role is ended',
];

let race: RaceWorld;
beforeAll(async () => {
  race = await raceWorld();
}, 120_000);
afterAll(() => race.close());

describe('I9: of two gateways that release while a third changes what they rest on', () => {
  it.each(changesOfAuthority.filter(({ name }) => RACED.includes(name)))(
    'what was released is what was permitted at its commit, in the server’s own order of commits: $name',
    async (kind) => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const random = randomFrom(round);
        const trial = await race.trial();
        const change = await kind.prepare(race, trial);
        const asks = await Promise.all(
          Array.from({ length: ASKS }, (_, index) => trial.ask(index % 2 === 0 ? race.asking : race.world.gateway)),
        );
        const afterwards = await trial.ask(race.world.gateway);
        await race.order.beginAnew();

        const [first] = asks;
        const flight = asks.map(async (ask) => {
          if (ask !== first) await pause(random() * 120);
          return ask();
        });
        // One release at least is committed before the change, and one ask at least is made after it.
        await flight[0];
        await pause(random() * 60);
        await change();
        const replies = [...(await Promise.all(flight)), await afterwards()];

        const changed = `change ${kind.table}`;
        await race.order.until(changed, ...replies.map(entryOf));
        const { heard } = race.order;
        const whole = replies.map((reply) => injuriesIn(reply));
        const before = replies.map((reply) => heard.indexOf(entryOf(reply)) < heard.indexOf(changed));
        expect({ round, whole }).toEqual({ round, whole: before });
        expect(new Set(before)).toEqual(new Set([true, false]));
      }
    },
  );
});

function entryOf(reply: Reply): string {
  return `entry ${(reply.body as AskAnswer).disclosureId}`;
}

/** Whether the answer says anything of injuries, which each of the changes takes away. */
function injuriesIn({ body, bytes }: Reply): boolean {
  const { record } = body as Partial<AskAnswer>;
  return record?.['injury-findings'] !== undefined || bytes.toString().includes('Contusion');
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
