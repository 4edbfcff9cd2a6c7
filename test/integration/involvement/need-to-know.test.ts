import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { InvolvementFacts } from '../../../src/core/decision/facts.js';
import type { AgencyId, OfficerId, PersonId } from '../../../src/core/vocabulary/ids.js';
import { secondsAfter, type CivilDate } from '../../../src/core/vocabulary/time.js';
import { InvolvementDesk } from '../../../src/involvement/http/involvement-desk.js';
import { confirmation, end, newInvolvement } from '../../../src/involvement/http/requests.js';
import {
  callOf,
  council,
  force,
  openCaseWorld,
  teamOf,
  testNhsNumber,
  trust,
  type CaseWorld,
} from '../../support/case-world.js';

let world: CaseWorld;
let desk: InvolvementDesk;
beforeAll(async () => {
  world = await openCaseWorld();
  desk = new InvolvementDesk(world.calls, world.involvements, world.casePeople);
});
afterAll(() => world.close());

let people = 5_000;
const aPerson = (): string => testNhsNumber((people += 1));
const identified = (number: string) => ({ identifiers: [{ system: 'nhs-number', value: number }] });

interface Case {
  readonly process: string;
  readonly for: AgencyId;
  readonly team: string;
}
const s47: Case = { process: 'child-s47-enquiry', for: council, team: 'la-csc' };
const crime: Case = { process: 'criminal-investigation', for: force, team: 'police-ci' };

const open = async (by: AgencyId, officer: string, about: unknown, aCase: Case, more: object = {}) => {
  const body = newInvolvement.parse({
    subject: about,
    caseReference: 'nm-2026-0417',
    process: aCase.process,
    agency: aCase.for,
    team: teamOf(aCase.for, aCase.team),
    role: 'lead-practitioner',
    from: '2026-12-07T09:00:00Z',
    ...more,
  });
  const answer = await desk.open(callOf(world, by, officer), body);
  return answer.body as { id: string; status: string };
};
const confirm = async (by: AgencyId, officer: string, id: string) =>
  (await desk.confirm(callOf(world, by, officer), id, confirmation.parse({ officer }))).body;
const finish = (by: AgencyId, officer: string, id: string) =>
  desk.end(callOf(world, by, officer), id, end.parse({ officer, reason: 'the enquiry has ended' }));

const personOf = async (number: string): Promise<PersonId> => {
  const found = await world.database.within({ parties: [force] }, (tx) =>
    world.subjects.match(tx, [{ system: 'nhs-number', value: number }]),
  );
  if (found.kind !== 'matched') throw new Error(`expected a match, got ${found.kind}`);
  return found.person;
};
// As an exchange sees it: two parties, and the subject.
const factsOf = async (number: string, agency: AgencyId): Promise<readonly InvolvementFacts[]> => {
  const person = await personOf(number);
  return world.database.within({ parties: [force, trust], subject: person }, (tx) =>
    world.involvements.standing(tx, person, agency, world.clock.now()),
  );
};

describe('nobody certifies their own need to know', () => {
  it.each([
    {
      because: 'the council opens its s.47 enquiry to the force',
      by: council,
      officer: 'nc-lead',
      aCase: { ...s47, for: force, team: 'police-pp' },
      status: 'open',
    },
    {
      because: 'the force opens its crime to the trust',
      by: force,
      officer: 'np-detective',
      aCase: { ...crime, for: trust, team: 'nhs-acute' },
      status: 'open',
    },
    {
      because: 'the council opens its own and a second officer has yet to confirm',
      by: council,
      officer: 'nc-lead',
      aCase: s47,
      status: 'claimed',
    },
    {
      because: 'the force says it is in the council’s enquiry',
      by: force,
      officer: 'np-ppu',
      aCase: { ...s47, for: force, team: 'police-pp' },
      status: 'claimed',
    },
    {
      because: 'the trust says it is in the force’s crime',
      by: trust,
      officer: 'nt-nurse',
      aCase: { ...crime, for: trust, team: 'nhs-acute' },
      status: 'claimed',
    },
    {
      because: 'housing opens what children’s social care leads',
      by: council,
      officer: 'nc-housing',
      aCase: { ...s47, team: 'la-housing' },
      status: 'claimed',
    },
    {
      because: 'an officer whose role leads no cases opens the force’s own',
      by: force,
      officer: 'np-ppu',
      aCase: crime,
      status: 'claimed',
    },
    {
      because: 'the LADO opens an allegation to the trust',
      by: council,
      officer: 'nc-lado',
      aCase: { process: 'lado-allegation', for: trust, team: 'nhs-acute' },
      status: 'open',
    },
  ])('$status when $because', async ({ by, officer, aCase, status }) => {
    const number = aPerson();
    const opened = await open(by, officer, identified(number), aCase);
    expect(opened).toEqual({ id: expect.any(String), status });
    const [facts] = await factsOf(number, aCase.for);
    expect(facts).toMatchObject({
      id: opened.id,
      standing: status,
      openedBy: { agency: by, officer },
      confirmedFor: [],
    });
  });

  it.each([
    { who: 'the force, of the council’s enquiry', by: force, officer: 'np-detective', process: 'child-s47-enquiry' },
    { who: 'the council’s LADO, of an enquiry', by: council, officer: 'nc-lado', process: 'child-s47-enquiry' },
    { who: 'the council, of a crime', by: council, officer: 'nc-lead', process: 'criminal-investigation' },
  ])('is not opened for another by $who', async ({ by, officer, process }) => {
    const aCase = { process, for: trust, team: 'nhs-acute' };
    await expect(open(by, officer, identified(aPerson()), aCase)).rejects.toMatchObject({
      slug: 'officer-not-permitted',
    });
  });

  it('the lead’s own opens when a second of its officers confirms, and not by the first', async () => {
    const number = aPerson();
    const { id } = await open(council, 'nc-lead', identified(number), s47);
    await expect(confirm(council, 'nc-lead', id)).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    expect(await confirm(council, 'nc-manager', id)).toEqual({ id, status: 'open' });
    expect(await factsOf(number, council)).toMatchObject([
      {
        standing: 'open',
        confirmedBy: { agency: council, officer: 'nc-manager' },
        ledByOwnForce: false,
        confirmedFor: [],
      },
    ]);
    await expect(confirm(council, 'nc-manager', id)).rejects.toMatchObject({ slug: 'conflict' });
  });

  it('a force that leads its own crime is known to do so, confirmed or not', async () => {
    const number = aPerson();
    const { id } = await open(force, 'np-detective', identified(number), crime);
    await confirm(force, 'np-inspector', id);
    expect(await factsOf(number, force)).toMatchObject([{ standing: 'open', ledByOwnForce: true }]);
  });

  it('a claim stays one, and a custodian’s word counts toward that custodian only', async () => {
    const number = aPerson();
    const { id } = await open(force, 'np-ppu', identified(number), { ...s47, for: force, team: 'police-pp' });
    expect(await confirm(trust, 'nt-named-doctor', id)).toEqual({ id, status: 'claimed' });
    expect(await factsOf(number, force)).toMatchObject([{ standing: 'claimed', confirmedFor: [trust] }]);
    await expect(confirm(force, 'np-inspector', id)).rejects.toMatchObject({ slug: 'officer-not-permitted' });
  });

  it('an agency that gains by an involvement does not confirm it', async () => {
    const { id } = await open(council, 'nc-lead', identified(aPerson()), { ...s47, for: force, team: 'police-pp' });
    await expect(confirm(force, 'np-inspector', id)).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    await expect(confirm(trust, 'nt-named-doctor', id)).rejects.toMatchObject({ slug: 'conflict' });
  });

  it('nothing is confirmed that nobody opened', async () => {
    await expect(confirm(trust, 'nt-named-doctor', randomUUID())).rejects.toMatchObject({ slug: 'not-found' });
  });
});

describe('a claim tells nothing of the person', () => {
  it('answers the same for one whom somebody knows and one whom nobody knows', async () => {
    const known = aPerson();
    await open(council, 'nc-lead', identified(known), { ...s47, for: trust, team: 'nhs-acute' });
    const claim = (number: string) =>
      open(force, 'np-ppu', identified(number), { ...s47, for: force, team: 'police-pp' });
    const [forKnown, forUnknown] = [await claim(known), await claim(aPerson())];
    expect({ ...forKnown, id: '' }).toEqual({ ...forUnknown, id: '' });
    expect(Object.keys(forKnown)).toEqual(Object.keys(forUnknown));
  });

  it('is made by reference only with one’s own', async () => {
    const number = aPerson();
    await open(council, 'nc-lead', identified(number), { ...s47, for: trust, team: 'nhs-acute' });
    const person = await personOf(number);
    const refOf = (agency: AgencyId) =>
      world.database.within({ parties: [agency] }, (tx) => world.subjects.refFor(tx, agency, person));
    const claim = (ref: string) => open(force, 'np-ppu', ref, { ...s47, for: force, team: 'police-pp' });
    await expect(claim(await refOf(council))).rejects.toMatchObject({ slug: 'not-found' });
    await expect(claim(await refOf(force))).resolves.toMatchObject({ status: 'claimed' });
  });

  it('is found by its own claimant for a person described wrongly, as for one nobody knows', async () => {
    const [known, unknown] = [aPerson(), aPerson()];
    const identifiers = [{ system: 'nhs-number', value: known }] as const;
    const ava = { familyName: 'Northmoor', birthDate: '2022-05-01' as CivilDate };
    await world.database.within({ parties: [council] }, (tx) =>
      world.subjects.register(
        tx,
        { agency: council, officer: 'nc-lead' as OfficerId },
        {
          identifiers,
          details: ava,
          standingDuties: [],
        },
      ),
    );
    const guess = { ...ava, birthDate: '2022-05-02' as CivilDate };
    const claimFound = async (number: string) => {
      await open(force, 'np-ppu', identified(number), { ...s47, for: force, team: 'police-pp' });
      return world.database.within({ parties: [force, trust] }, async (tx) => {
        const match = await world.subjects.match(tx, [{ system: 'nhs-number', value: number }], guess);
        if (match.kind === 'unknown') throw new Error('a claim gives everybody a row');
        await tx.narrow({ parties: [force, trust], subject: match.person });
        const facts = await world.involvements.standing(tx, match.person, force, world.clock.now());
        return facts.map(({ standing }) => standing);
      });
    };
    expect(await claimFound(known)).toEqual(['claimed']);
    expect(await claimFound(unknown)).toEqual(['claimed']);
  });

  it('opens no task about a person by mixing up identifiers', async () => {
    const [one, other] = [aPerson(), aPerson()];
    for (const number of [one, other])
      await open(council, 'nc-lead', identified(number), { ...s47, for: trust, team: 'nhs-acute' });
    const both = [one, other].map((value) => ({ system: 'nhs-number', value }));
    await open(force, 'np-ppu', { identifiers: both }, { ...s47, for: force, team: 'police-pp' });
    await expect(personOf(one)).resolves.toBeDefined();
    await expect(personOf(other)).resolves.toBeDefined();
  });
});

describe('malformed', () => {
  it.each([
    { what: 'a process the catalogue does not list', more: { process: 'curiosity' }, pointer: '/process' },
    { what: 'a team of another agency', more: { team: teamOf(trust, 'nhs-acute') }, pointer: '/team' },
  ])('refuses $what', async ({ more, pointer }) => {
    await expect(open(council, 'nc-lead', identified(aPerson()), s47, more)).rejects.toMatchObject({
      slug: 'malformed',
      particulars: { errors: [{ pointer }] },
    });
  });

  it('refuses an identifier with a wrong check digit, pointing into the subject', async () => {
    await expect(open(council, 'nc-lead', identified('9990000019'), s47)).rejects.toMatchObject({
      particulars: { errors: [{ pointer: '/subject/identifiers/0/value' }] },
    });
  });
});

describe('an end', () => {
  it('counts from its commit at the latest, whatever a gateway’s clock says', async () => {
    const number = aPerson();
    const { id } = await open(council, 'nc-lead', identified(number), { ...s47, for: force, team: 'police-pp' });
    const before = await factsOf(number, force);
    expect(before[0]).not.toHaveProperty('to');
    await finish(force, 'np-ppu', id);
    const behind = secondsAfter(world.clock.now(), -5);
    const person = await personOf(number);
    const [ended] = await world.database.within({ parties: [force, trust], subject: person }, (tx) =>
      world.involvements.standing(tx, person, force, behind),
    );
    expect(ended?.to).toBe(behind);
    await expect(finish(council, 'nc-lead', id)).rejects.toMatchObject({ slug: 'conflict' });
  });

  it('comes from the agency that opened it or gains by it, and from nobody else', async () => {
    const { id } = await open(council, 'nc-lead', identified(aPerson()), { ...s47, for: force, team: 'police-pp' });
    await expect(finish(trust, 'nt-named-doctor', id)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(finish(council, 'nc-manager', id)).resolves.toMatchObject({ status: 201 });
  });

  it('ends what one may look up', async () => {
    const number = aPerson();
    const { id } = await open(council, 'nc-lead', identified(number), { ...s47, for: force, team: 'police-pp' });
    const person = await personOf(number);
    const involved = (agency: AgencyId) =>
      world.database.within({ parties: [agency] }, (tx) => world.involvements.isInvolved(tx, agency, person));
    expect([await involved(council), await involved(force), await involved(trust)]).toEqual([true, true, false]);
    await finish(force, 'np-ppu', id);
    expect([await involved(council), await involved(force)]).toEqual([false, false]);
  });
});

it('each change moves the person’s anchor on, before it is seen', async () => {
  const number = aPerson();
  const { id } = await open(force, 'np-ppu', identified(number), { ...s47, for: force, team: 'police-pp' });
  const person = await personOf(number);
  const versions = [await world.versionOf(person)];
  await confirm(trust, 'nt-named-doctor', id);
  versions.push(await world.versionOf(person));
  await finish(force, 'np-ppu', id);
  versions.push(await world.versionOf(person));
  expect(versions.map((version) => version - (versions[0] ?? 0n))).toEqual([0n, 1n, 2n]);
});

it('twenty confirmations of one officer’s agency at once make one', async () => {
  const { id } = await open(council, 'nc-lead', identified(aPerson()), s47);
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => confirm(council, 'nc-manager', id)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const refused = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(refused.every((reason) => (reason as { slug?: string }).slug === 'conflict')).toBe(true);
});
