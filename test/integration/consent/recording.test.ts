import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConsentDesk } from '../../../src/consent/http/consent-desk.js';
import {
  ending,
  newConsent,
  newHold,
  newObjection,
  newOverride,
  newProtection,
  overrideEnd,
} from '../../../src/consent/http/requests.js';
import type { Standing, WishKind, WithdrawnConsent } from '../../../src/consent/wish.js';
import { WithdrawalFollower } from '../../../src/consent/withdrawal-follower.js';
import type { AgencyId, PersonId } from '../../../src/core/vocabulary/ids.js';
import { dateOf, instantOf, secondsAfter, type Instant } from '../../../src/core/vocabulary/time.js';
import type { Answer } from '../../../src/platform/calls/answer.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import {
  callOf,
  council,
  force,
  openCaseWorld,
  testNhsNumber,
  trust,
  type CaseWorld,
} from '../../support/case-world.js';

class RememberedWithdrawals extends WithdrawalFollower {
  readonly followed: WithdrawnConsent[] = [];
  override follow(_tx: Tx, withdrawn: WithdrawnConsent): Promise<void> {
    this.followed.push(withdrawn);
    return Promise.resolve();
  }
}

const withdrawals = new RememberedWithdrawals();
let world: CaseWorld;
let desk: ConsentDesk;
beforeAll(async () => {
  world = await openCaseWorld(withdrawals);
  desk = new ConsentDesk(world.calls, world.consents, world.overrides, world.overrideLog);
});
afterAll(() => world.close());

let people = 20_000;
const aPerson = (): string => testNhsNumber((people += 1));
const identified = (number: string) => ({ identifiers: [{ system: 'nhs-number', value: number }] });
const nothingStands = { consents: [], objections: [], protections: [], holds: [] };

const givenBy = (agency: AgencyId, officer: string, subject: unknown, more: object = {}): Promise<Answer> =>
  desk.consent(
    callOf(world, agency, officer),
    newConsent.parse({
      subject,
      scope: ['present-concern', 'health-summary'],
      recipients: ['parenting-charity'],
      purpose: 'child-early-help',
      obtained: { by: 'Mia Northmoor', on: '2026-09-14', how: 'in writing, after an explanation' },
      expires: '2027-03-14',
      ...more,
    }),
  );
const objecting = (agency: AgencyId, officer: string, subject: unknown, ground = 'adult-refused') =>
  desk.objection(callOf(world, agency, officer), newObjection.parse({ subject, ground, officer }));
const protecting = (agency: AgencyId, officer: string, subject: unknown, more: object = {}) =>
  desk.protection(
    callOf(world, agency, officer),
    newProtection.parse({ subject, kind: 'adoption', evidence: 'order of 3 March 2023', officer, ...more }),
  );
const holding = (agency: AgencyId, officer: string, subject: unknown) =>
  desk.hold(callOf(world, agency, officer), newHold.parse({ subject, reason: 'her solicitor has written', officer }));
const ended = (agency: AgencyId, officer: string, kind: WishKind, { body }: Answer, more: object = {}) =>
  desk.end(callOf(world, agency, officer), kind, (body as { id: string }).id, ending.parse({ officer, ...more }));

const personOf = async (number: string): Promise<PersonId> => {
  const found = await world.database.within({ parties: [force] }, (tx) =>
    world.subjects.match(tx, [{ system: 'nhs-number', value: number }]),
  );
  if (found.kind !== 'matched') throw new Error(`expected a match, got ${found.kind}`);
  return found.person;
};
// As an exchange between two other agencies sees it.
const standing = async (number: string, at = world.clock.now()): Promise<Standing> => {
  const subject = await personOf(number);
  return world.database.within({ parties: [force, trust], subject }, (tx) => world.consents.standing(tx, subject, at));
};

describe('what one agency records', () => {
  it('an exchange about the person reads, whoever its parties are', async () => {
    const number = aPerson();
    const subject = identified(number);
    const consent = await givenBy(council, 'nc-lead', subject);
    const objection = await objecting(council, 'nc-lead', subject);
    const protection = await protecting(council, 'nc-lead', subject, { exceptions: ['court-order'] });
    const hold = await holding(council, 'nc-lead', subject);
    expect([consent, objection, protection, hold].map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await standing(number)).toEqual({
      consents: [
        {
          ...(consent.body as object),
          scope: ['present-concern', 'health-summary'],
          recipients: ['parenting-charity'],
          purpose: 'child-early-help',
          obtainedOn: '2026-09-14',
          expires: '2027-03-14',
        },
      ],
      objections: [{ ...(objection.body as object), ground: 'adult-refused', recordedBy: council }],
      protections: [
        { ...(protection.body as object), kind: 'adoption', recordedBy: council, exceptions: ['court-order'] },
      ],
      holds: [{ ...(hold.body as object), recordedBy: council }],
    });
  });

  it('no other agency reads outside such an exchange', async () => {
    const number = aPerson();
    await objecting(council, 'nc-lead', identified(number));
    const person = await personOf(number);
    const seenBy = (agency: AgencyId) =>
      world.database.within({ parties: [agency] }, (tx) => world.consents.standing(tx, person, world.clock.now()));
    expect(await seenBy(force)).toEqual(nothingStands);
    expect((await seenBy(council)).objections).toHaveLength(1);
  });

  it('is about one’s own subject by reference, and nobody by another agency’s', async () => {
    const number = aPerson();
    await holding(council, 'nc-lead', identified(number));
    const person = await personOf(number);
    const ref = await world.database.within({ parties: [council] }, (tx) => world.subjects.refFor(tx, council, person));
    await expect(holding(council, 'nc-lead', ref)).resolves.toMatchObject({ status: 201 });
    await expect(holding(force, 'np-ppu', ref)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(holding(force, 'np-ppu', randomUUID())).rejects.toMatchObject({ slug: 'not-found' });
  });

  it('keeps a ground in free words sealed, and tells a decision only that one was stated', async () => {
    const number = aPerson();
    await objecting(trust, 'nt-nurse', identified(number), 'He must not find out where she is');
    expect((await standing(number)).objections).toMatchObject([{ ground: 'stated' }]);
    const rows = await world.server.asOwner(`SELECT to_jsonb(o) AS row FROM gateway.objection o`);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('must not find out').toString('hex'));
    expect(JSON.stringify(rows)).not.toContain('must not find out');
  });

  it.each([
    { what: 'a category that does not exist', more: { scope: ['present-concern', 'everything'] }, pointer: '/scope/1' },
    { what: 'a category that cannot be asked for', more: { scope: ['adoption-link'] }, pointer: '/scope/0' },
    { what: 'a purpose that does not exist', more: { purpose: 'curiosity' }, pointer: '/purpose' },
    {
      what: 'a consent obtained tomorrow',
      more: { obtained: { by: 'x', on: '2026-12-08', how: 'y' }, expires: null },
      pointer: '/obtained/on',
    },
    { what: 'an expiry before it was obtained', more: { expires: '2026-09-13' }, pointer: '/expires' },
    { what: 'another officer than the signature’s', more: { officer: 'nc-other' }, pointer: '/officer' },
  ])('refuses $what', async ({ more, pointer }) => {
    await expect(givenBy(council, 'nc-lead', identified(aPerson()), more)).rejects.toMatchObject({
      slug: 'malformed',
      particulars: { errors: [{ pointer }] },
    });
  });

  it.each([
    { what: 'a kind that does not exist', more: { kind: 'famous' }, pointer: '/kind' },
    { what: 'an exception of another bar', more: { exceptions: ['waiver-by-owner'] }, pointer: '/exceptions/0' },
  ])('refuses a protection of $what', async ({ more, pointer }) => {
    await expect(protecting(council, 'nc-lead', identified(aPerson()), more)).rejects.toMatchObject({
      particulars: { errors: [{ pointer }] },
    });
  });
});

describe('a withdrawal', () => {
  it('is a row of its own, counts from its commit at the latest, and is followed in its transaction', async () => {
    const number = aPerson();
    const consent = await givenBy(council, 'nc-lead', identified(number));
    await ended(council, 'nc-lead', 'consent', consent, { at: '2026-11-03T10:00:00Z', note: 'Mia rang' });
    expect((await standing(number)).consents).toMatchObject([{ withdrawnAt: '2026-11-03T10:00:00.000Z' }]);
    expect(withdrawals.followed).toMatchObject([{ ...(consent.body as object), recipients: ['parenting-charity'] }]);

    const later = await givenBy(council, 'nc-lead', identified(number));
    await ended(council, 'nc-lead', 'consent', later);
    const behind = secondsAfter(world.clock.now(), -5);
    expect((await standing(number, behind)).consents.at(-1)).toMatchObject({ withdrawnAt: behind });
  });

  it('is not dated in the future, is made once, and by the agency that recorded the consent', async () => {
    const consent = await givenBy(council, 'nc-lead', identified(aPerson()));
    const withdrawn = (agency: AgencyId, more: object = {}) => ended(agency, 'nc-lead', 'consent', consent, more);
    await expect(withdrawn(council, { at: '2026-12-07T09:02:00Z' })).rejects.toMatchObject({ slug: 'malformed' });
    await expect(withdrawn(force)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(withdrawn(council)).resolves.toMatchObject({ status: 201 });
    await expect(withdrawn(council)).rejects.toMatchObject({ slug: 'conflict' });
  });

  it('of twenty at once makes one', async () => {
    const consent = await givenBy(council, 'nc-lead', identified(aPerson()));
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => ended(council, 'nc-lead', 'consent', consent)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('committed while a decision waits for the person’s lock is seen by the statement after it', async () => {
    const number = aPerson();
    const consent = await givenBy(council, 'nc-lead', identified(number));
    const subject = await personOf(number);
    await world.database.within({ parties: [force, trust], subject }, async (tx) => {
      const before = await world.consents.standing(tx, subject, world.clock.now());
      expect(before.consents[0]).not.toHaveProperty('withdrawnAt');
      await ended(council, 'nc-lead', 'consent', consent);
      await tx.lockShared([{ kind: 'subject', id: subject }]);
      const after = await world.consents.standing(tx, subject, world.clock.now());
      expect(after.consents[0]).toHaveProperty('withdrawnAt');
    });
  });
});

describe('an override of an objection', () => {
  const DAY = 86_400;
  // The database's own clock counts here too, so the gateway's is set by it.
  const began = instantOf(Date.now());
  const runsOut = secondsAfter(began, 14 * DAY);
  const dayAfter = (days: number) => dateOf(secondsAfter(began, days * DAY));
  const wanted = {
    ground: 'coercion-or-duress',
    reason: 'his carer says that the grandson threatens him',
    until: runsOut,
    notice: { given: false, waivedReason: 'risk-to-other-person', reviewOn: dayAfter(7) },
  };
  let usual: Instant;
  beforeAll(() => {
    usual = world.clock.at;
    world.clock.at = began;
  });
  afterAll(() => {
    world.clock.at = usual;
  });
  const overriding = ({ body }: Answer, officer = 'nc-manager', more: object = {}, agency = council) =>
    desk.override(
      callOf(world, agency, officer),
      (body as { id: string }).id,
      newOverride.parse({ ...wanted, officer, ...more }),
    );
  const respecting = ({ body }: Answer, officer = 'nc-lead') =>
    desk.endOverride(
      callOf(world, council, officer),
      (body as { id: string }).id,
      overrideEnd.parse({ officer, note: 'the threat is over' }),
    );
  const overrideOf = async (number: string, at = world.clock.now()) =>
    (await standing(number, at)).objections.map(({ override }) => override);

  it('counts from its commit until it runs out, and is put on record with its reason', async () => {
    const number = aPerson();
    const objection = await objecting(council, 'nc-lead', identified(number));
    const answer = await overriding(objection);

    expect(answer).toMatchObject({
      status: 201,
      body: { ...(objection.body as object), ...{ id: expect.any(String) }, ground: 'coercion-or-duress' },
    });
    expect(world.overrideLog.appended.at(-1)).toMatchObject(wanted);
    expect(world.overrideLog.heard.at(-1)).toBe(world.overrideLog.appended.at(-1));
    expect(await overrideOf(number)).toEqual(['coercion-or-duress']);
    expect(await overrideOf(number, secondsAfter(runsOut, -1))).toEqual(['coercion-or-duress']);
    expect(await overrideOf(number, runsOut)).toEqual([undefined]);
    const rows = await world.server.asOwner(`SELECT to_jsonb(o) AS row FROM gateway.objection_override o`);
    expect(JSON.stringify(rows)).not.toContain('grandson');
  });

  it('has run out for a gateway whose clock is behind, too', async () => {
    const number = aPerson();
    world.clock.at = secondsAfter(began, -600);
    try {
      await overriding(await objecting(council, 'nc-lead', identified(number)), 'nc-manager', {
        until: secondsAfter(began, -300),
      });
      expect(await overrideOf(number)).toEqual([undefined]);
    } finally {
      world.clock.at = began;
    }
  });

  it('of one objection leaves another standing', async () => {
    const number = aPerson();
    const objection = await objecting(council, 'nc-lead', identified(number));
    await objecting(trust, 'nt-nurse', identified(number));
    await overriding(objection);
    expect(await overrideOf(number)).toEqual(['coercion-or-duress', undefined]);
  });

  it('is ended before it runs out, and may be made anew', async () => {
    const number = aPerson();
    const objection = await objecting(council, 'nc-lead', identified(number));
    await overriding(objection);
    await respecting(objection);
    expect(await overrideOf(number)).toEqual([undefined]);
    await expect(respecting(objection)).rejects.toMatchObject({ slug: 'conflict' });
    await overriding(objection, 'nc-manager', { ground: 'serious-crime' });
    expect(await overrideOf(number)).toEqual(['serious-crime']);
  });

  it('is made by a second officer, of the agency that recorded the objection, once', async () => {
    const objection = await objecting(council, 'nc-lead', identified(aPerson()));
    await expect(overriding(objection, 'nc-lead')).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    await expect(overriding(objection, 'np-inspector', {}, force)).rejects.toMatchObject({ slug: 'not-found' });
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => overriding(objection)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(overriding(objection)).rejects.toMatchObject({ slug: 'conflict' });
  });

  it('is not made of an objection that was withdrawn', async () => {
    const objection = await objecting(council, 'nc-lead', identified(aPerson()));
    await ended(council, 'nc-lead', 'objection', objection);
    await expect(overriding(objection)).rejects.toMatchObject({ slug: 'conflict' });
  });

  it.each([
    { what: 'a ground of no list', more: { ground: 'convenience' }, pointer: '/ground' },
    { what: 'a time that is past', more: { until: secondsAfter(began, -1) }, pointer: '/until' },
    { what: 'more than 28 days', more: { until: secondsAfter(began, 29 * DAY) }, pointer: '/until' },
    {
      what: 'a waiver of no list',
      more: { notice: { given: false, waivedReason: 'busy', reviewOn: dayAfter(7) } },
      pointer: '/notice/waivedReason',
    },
    {
      what: 'a review in the past',
      more: { notice: { given: false, waivedReason: 'unjustified-delay', reviewOn: dayAfter(-2) } },
      pointer: '/notice/reviewOn',
    },
  ])('refuses $what', async ({ more, pointer }) => {
    const objection = await objecting(council, 'nc-lead', identified(aPerson()));
    await expect(overriding(objection, 'nc-manager', more)).rejects.toMatchObject({
      slug: 'malformed',
      particulars: { errors: [{ pointer }] },
    });
  });

  it('moves the person’s anchor on, and so does its end', async () => {
    const number = aPerson();
    const objection = await objecting(council, 'nc-lead', identified(number));
    const person = await personOf(number);
    const before = await world.versionOf(person);
    await overriding(objection);
    expect((await world.versionOf(person)) - before).toBe(1n);
    await respecting(objection);
    expect((await world.versionOf(person)) - before).toBe(2n);
  });
});

describe('what ends', () => {
  it('no longer stands', async () => {
    const number = aPerson();
    const subject = identified(number);
    const objection = await objecting(council, 'nc-lead', subject);
    const protection = await protecting(council, 'nc-lead', subject);
    const hold = await holding(council, 'nc-lead', subject);
    await ended(council, 'nc-lead', 'objection', objection);
    await ended(council, 'nc-manager', 'protection', protection);
    await ended(council, 'nc-lead', 'hold', hold);
    expect(await standing(number)).toEqual(nothingStands);
  });

  it('is, for a protection, lifted by a second officer', async () => {
    const protection = await protecting(council, 'nc-lead', identified(aPerson()));
    await expect(ended(council, 'nc-lead', 'protection', protection)).rejects.toMatchObject({
      slug: 'officer-not-permitted',
    });
  });
});

it('each change moves the person’s anchor on', async () => {
  const number = aPerson();
  const consent = await givenBy(council, 'nc-lead', identified(number));
  const person = await personOf(number);
  const ref = await world.database.within({ parties: [council] }, (tx) => world.subjects.refFor(tx, council, person));
  const moved = async (change: () => Promise<Answer>): Promise<bigint> => {
    const before = await world.versionOf(person);
    await change();
    return (await world.versionOf(person)) - before;
  };
  expect(await moved(() => givenBy(council, 'nc-lead', ref))).toBe(1n);
  expect(await moved(() => objecting(council, 'nc-lead', ref))).toBe(1n);
  expect(await moved(() => protecting(council, 'nc-lead', ref))).toBe(1n);
  expect(await moved(() => holding(council, 'nc-lead', ref))).toBe(1n);
  expect(await moved(() => ended(council, 'nc-lead', 'consent', consent))).toBe(1n);
});
