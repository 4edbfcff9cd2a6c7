import { setTimeout as pause } from 'node:timers/promises';
import type { RunningGateway } from '../../src/cli/serve/start-gateway.js';
import type { AskAnswer } from '../support/asks.js';
import type { Reply } from '../support/agency-client.js';
import { changesOfAuthority } from '../support/changes-of-authority.js';
import { raceWorld, type RaceWorld, type Trial } from '../support/race-world.js';

import.meta.jest.setTimeout(300_000);

const ROUNDS = 10;
/** Of each asker at most: together they stay below what one officer may ask of one person. */
const ASKS_BEFORE = 5;
/** Rows inserted by another agency, and a row changed by the requester's own. */
const RACED = [
  'a consent that another agency obtained is withdrawn',
  'another agency records that the person objects',
  'the officer’s role is ended',
];

let race: RaceWorld;
beforeAll(async () => {
  race = await raceWorld();
});
afterAll(() => race.close());

describe('I9: of two gateways that release while a third changes what they rest on', () => {
  it.each(changesOfAuthority.filter(({ name }) => RACED.includes(name)))(
    'what was released is what was permitted at its commit, in the server’s own order of commits: $name',
    async (kind) => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const random = randomFrom(round);
        const trial = await race.trial();
        const change = await kind.prepare(race, trial);
        await race.order.beginAnew();

        const { asking, world } = race;
        let isChanged = false;
        const { promise: answered, resolve: isAnswered } = Promise.withResolvers<undefined>();
        const askers = [asking, asking, world.gateway, world.gateway].map((gateway) =>
          askingOn(
            trial,
            gateway,
            () => isChanged,
            () => {
              isAnswered(undefined);
            },
          ),
        );
        // However busy the machine: one at least was released before.
        await Promise.race([answered, Promise.all(askers)]);
        await pause(random() * 200);
        await change();
        isChanged = true;
        const replies = (await Promise.all(askers)).flat();

        const changed = `change ${kind.table}`;
        await race.order.until(changed, ...replies.map(entryOf));
        const { heard } = race.order;
        const told = replies.map((reply) => injuriesIn(reply));
        const before = replies.map((reply) => heard.indexOf(entryOf(reply)) < heard.indexOf(changed));
        expect({ round, told }).toEqual({ round, told: before });
        expect(new Set(before)).toEqual(new Set([true, false]));
      }
    },
  );
});

/** Asks again as soon as it is answered, which it tells, and once more after the change. */
async function askingOn(
  trial: Trial,
  gateway: RunningGateway,
  isChanged: () => boolean,
  isAnswered: () => void,
): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  for (let isLast = false; !isLast;) {
    const ask = await trial.ask(gateway);
    isLast = isChanged();
    replies.push(await ask());
    isAnswered();
    while (replies.length === ASKS_BEFORE && !isChanged()) await pause(1);
  }
  return replies;
}

function entryOf({ body, bytes }: Reply): string {
  const { disclosureId } = body as Partial<AskAnswer>;
  if (disclosureId === undefined) throw new Error(`no record was made: ${bytes.toString()}`);
  return `entry ${disclosureId}`;
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
