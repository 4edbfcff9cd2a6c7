import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { AgencyId, OfficerId, PersonId, SubjectRef } from '../../../src/core/vocabulary/ids.js';
import type { CivilDate } from '../../../src/core/vocabulary/time.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { DataQualityDesk } from '../../../src/subjects/http/data-quality-desk.js';
import { SubjectDesk } from '../../../src/subjects/http/subject-desk.js';
import { newSubject } from '../../../src/subjects/http/requests.js';
import type { PersonDetails, SystemIdentifier } from '../../../src/subjects/subject.js';
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
let desk: SubjectDesk;
let dataQuality: DataQualityDesk;
beforeAll(async () => {
  world = await openCaseWorld();
  desk = new SubjectDesk(world.calls, world.subjects, world.ownInvolvements);
  dataQuality = new DataQualityDesk(world.calls, world.subjects, world.clock);
});
afterAll(() => world.close());

let people = 0;
const aPerson = (): string => testNhsNumber((people += 1));
const nhs = (value: string): readonly [SystemIdentifier] => [{ system: 'nhs-number', value }];
const ava: PersonDetails = { familyName: "O'Brien", givenName: 'Ava', birthDate: '2022-05-01' as CivilDate };

const register = (agency: AgencyId, officer: string, number: string, details: object = ava) =>
  desk.register(
    callOf(world, agency, officer),
    newSubject.parse({ identifiers: [{ system: 'nhs-number', value: number }], ...details }),
  );
const match = (number: string, details: PersonDetails = {}, agency = force) =>
  world.database.within({ parties: [agency] }, (tx) => world.subjects.match(tx, nhs(number), details));
const personOf = async (number: string): Promise<PersonId> => {
  const found = await match(number);
  if (found.kind !== 'matched') throw new Error(`expected a match, got ${found.kind}`);
  return found.person;
};

describe('one row per person', () => {
  it('makes one person of twenty registrations at once', async () => {
    const number = aPerson();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => register(n % 2 === 0 ? council : force, 'nc-lead', number)),
    );
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(2);
    const found = await match(number);
    expect(found.kind).toBe('matched');
  });

  it('gives each agency its own name for a person, and the inner one to nobody', async () => {
    const number = aPerson();
    const ofCouncil = await register(council, 'nc-lead', number);
    const ofForce = await register(force, 'np-detective', number);
    const inner = await personOf(number);
    expect(ofCouncil.body).not.toEqual(ofForce.body);
    expect(JSON.stringify([ofCouncil, ofForce])).not.toContain(inner);
    const again = await register(council, 'nc-lead', number);
    expect(again.body).toEqual(ofCouncil.body);
  });

  it('means nobody by the name another agency has for a person', async () => {
    const number = aPerson();
    const { id } = (await register(council, 'nc-lead', number)).body as { id: string };
    const asked = (agency: AgencyId) =>
      world.database.within({ parties: [agency] }, (tx) => world.subjects.personOf(tx, agency, id as never));
    expect(await asked(council)).toBe(await personOf(number));
    expect(await asked(force)).toBeUndefined();
  });

  it('answers the same, by the same statements, whether the person was known or not', async () => {
    const known = aPerson();
    await register(trust, 'nt-nurse', known);
    const trace = async (number: string): Promise<readonly string[]> => {
      const statements: string[] = [];
      await world.database.within({ parties: [force] }, async (tx) => {
        const by = { agency: force, officer: 'np-detective' as OfficerId };
        const traced = tracing(tx, statements);
        const person = await world.subjects.register(traced, by, {
          identifiers: nhs(number),
          details: ava,
          standingDuties: [{ kind: 'school', agency: 'oak-academy' as AgencyId }],
        });
        await world.subjects.refFor(traced, force, person);
      });
      return statements;
    };
    const [forKnown, forUnknown] = [await trace(known), await trace(aPerson())];
    expect(forKnown.length).toBeGreaterThan(8);
    expect(forKnown).toEqual(forUnknown);
    expect(await trace(known)).not.toEqual(forUnknown); // the force now has its own words and name for them
  });

  it('moves the person’s anchor on with each change', async () => {
    const number = aPerson();
    await register(council, 'nc-lead', number);
    const person = await personOf(number);
    const before = await world.versionOf(person);
    await register(council, 'nc-lead', number);
    expect(await world.versionOf(person)).toBe(before + 1n);
  });

  it('refuses an identifier whose check digit is wrong, by pointer and never by value', async () => {
    const wrong = '9990000019';
    const refused = register(council, 'nc-lead', wrong).catch((problem: unknown) => problem);
    expect(await refused).toMatchObject({
      slug: 'malformed',
      particulars: { errors: [{ pointer: '/identifiers/0/value' }] },
    });
    expect(JSON.stringify(await refused)).not.toContain(wrong);
  });

  it('refuses a body that names another officer than the signature does', async () => {
    await expect(register(council, 'nc-lead', aPerson(), { ...ava, officer: 'nc-other' })).rejects.toMatchObject({
      slug: 'malformed',
      particulars: { errors: [{ pointer: '/officer' }] },
    });
  });
});

describe('exact matching', () => {
  it('finds nobody it was not told of', async () => {
    expect(await match(aPerson())).toEqual({ kind: 'unknown' });
  });

  it.each([
    { because: 'nothing is said of them', details: {}, kind: 'matched' },
    { because: 'everything said is held', details: ava, kind: 'matched' },
    { because: 'only case, spacing and apostrophe differ', details: { familyName: ' O’BRIEN ' }, kind: 'matched' },
    { because: 'the name is composed otherwise', details: { givenName: 'Ava'.normalize('NFD') }, kind: 'matched' },
    { because: 'the family name differs', details: { familyName: 'OBrien' }, kind: 'ambiguous' },
    { because: 'the given name differs', details: { givenName: 'Eva' }, kind: 'ambiguous' },
    { because: 'the birth date differs', details: { birthDate: '2022-01-05' as CivilDate }, kind: 'ambiguous' },
  ])('is $kind when $because', async ({ details, kind }) => {
    const number = aPerson();
    await register(council, 'nc-lead', number);
    expect(await match(number, details)).toMatchObject({ kind });
  });

  it('is ambiguous when one identifier is theirs and nobody is known by the other, whose record it would fetch', async () => {
    const [one, stranger] = [aPerson(), aPerson()];
    await register(council, 'nc-lead', one);
    const matched = (...numbers: string[]) =>
      world.database.within({ parties: [force] }, (tx) => world.subjects.match(tx, numbers.flatMap(nhs)));
    expect(await matched(one, stranger)).toMatchObject({ kind: 'ambiguous' });
    expect(await matched(stranger, one)).toMatchObject({ kind: 'ambiguous' });
    expect(await matched(one, one)).toMatchObject({ kind: 'matched' });
  });

  it('is ambiguous when two identifiers lead to two people', async () => {
    const [one, other] = [aPerson(), aPerson()];
    await register(council, 'nc-lead', one);
    await register(council, 'nc-lead', other, { ...ava, givenName: 'Ben' });
    const both = world.database.within({ parties: [force] }, (tx) =>
      world.subjects.match(tx, [...nhs(one), { system: 'nhs-number', value: other }]),
    );
    expect(await both).toMatchObject({ kind: 'ambiguous' });
  });

  it('believes a second identifier only beside a name and birth date that agree', async () => {
    const [number, upn] = [aPerson(), 'H801200001001'];
    const identifiers = [
      { system: 'nhs-number', value: number },
      { system: 'upn', value: upn },
    ];
    const matchUpn = () =>
      world.database.within({ parties: [force] }, (tx) => world.subjects.match(tx, [{ system: 'upn', value: upn }]));
    await register(council, 'nc-lead', number);
    await desk.register(callOf(world, force, 'np-detective'), newSubject.parse({ identifiers }));
    expect(await matchUpn()).toEqual({ kind: 'unknown' });
    await desk.register(callOf(world, council, 'nc-lead'), newSubject.parse({ identifiers, ...ava }));
    expect(await matchUpn()).toMatchObject({ kind: 'matched', person: await personOf(number) });
  });
});

describe('a differing name or birth date', () => {
  const differing = { ...ava, birthDate: '2021-05-01' };
  const tasksOf = async (agency: AgencyId, number?: PersonId) => {
    const { tasks } = (await dataQuality.open(callOf(world, agency, 'nc-lead', 'GET'))).body as {
      tasks: { id: string; subject: string; kind: string }[];
    };
    if (number === undefined) return tasks;
    const ref = await world.database.within({ parties: [agency] }, (tx) => world.subjects.refFor(tx, agency, number));
    return tasks.filter(({ subject }) => subject === ref);
  };

  it('is answered like any other, opens a task for whoever described the person first, and stops asks meanwhile', async () => {
    const number = aPerson();
    await register(council, 'nc-lead', number);
    const person = await personOf(number);
    const answer = await register(force, 'np-detective', number, differing);
    expect(answer).toEqual({ status: 201, body: { id: expect.any(String) } });
    expect(await match(number, ava)).toMatchObject({ kind: 'ambiguous' });
    expect(await tasksOf(council, person)).toHaveLength(1);
    expect(await tasksOf(force)).toEqual([]);
  });

  it('is withdrawn by registering again in agreement', async () => {
    const number = aPerson();
    await register(council, 'nc-lead', number);
    await register(force, 'np-detective', number, differing);
    await register(force, 'np-detective', number);
    expect(await match(number, ava)).toMatchObject({ kind: 'matched' });
  });

  it('is settled by the agency that described the person first, which keeps its words or puts them right', async () => {
    const number = aPerson();
    await register(council, 'nc-lead', number);
    const person = await personOf(number);
    await register(force, 'np-detective', number, differing);
    const [task] = await tasksOf(council, person);
    await dataQuality.resolve(callOf(world, council, 'nc-lead'), task?.id ?? '', {
      outcome: 'corrected',
      officer: 'nc-lead' as OfficerId,
      birthDate: differing.birthDate as CivilDate,
    });
    expect(await match(number, ava)).toMatchObject({ kind: 'ambiguous' });
    expect(await match(number, { ...ava, birthDate: differing.birthDate as CivilDate })).toMatchObject({
      kind: 'matched',
    });
    expect(
      await world.database.within({ parties: [council] }, (tx) => world.subjects.ownDetails(tx, council, person)),
    ).toEqual({ ...ava, birthDate: differing.birthDate });
  });

  it('of an agency from its own words is settled by a second of its officers', async () => {
    const number = aPerson();
    await register(council, 'nc-lead', number);
    const person = await personOf(number);
    await register(council, 'nc-lead', number, differing);
    const [task] = await tasksOf(council, person);
    const settle = (officer: string) =>
      dataQuality.resolve(callOf(world, council, officer), task?.id ?? '', {
        outcome: 'confirmed',
        officer: officer as OfficerId,
      });
    await expect(settle('nc-lead')).rejects.toMatchObject({ slug: 'officer-not-permitted' });
    await expect(settle('nc-manager')).resolves.toMatchObject({ status: 200 });
    await expect(settle('nc-manager')).rejects.toMatchObject({ slug: 'conflict' });
    expect(await match(number, ava)).toMatchObject({ kind: 'matched' });
  });

  it('cannot be settled by anybody else', async () => {
    const number = aPerson();
    await register(council, 'nc-lead', number);
    const person = await personOf(number);
    await register(force, 'np-detective', number, differing);
    const [task] = await tasksOf(council, person);
    const resolution = { outcome: 'confirmed', officer: 'np-detective' as OfficerId } as const;
    const settled = dataQuality.resolve(callOf(world, force, 'np-detective'), task?.id ?? '', resolution);
    await expect(settled).rejects.toMatchObject({ slug: 'not-found' });
    await expect(
      dataQuality.resolve(callOf(world, force, 'np-detective'), randomUUID(), resolution),
    ).rejects.toMatchObject({ slug: 'not-found' });
  });
});

describe('looking up', () => {
  it('gives the agency’s own reference for a person with whom it is involved', async () => {
    const number = aPerson();
    const { id } = (await register(council, 'nc-lead', number)).body as { id: string };
    const opened = await world.database.within({ parties: [council] }, (tx) =>
      world.involvements.open(
        tx,
        { agency: council, officer: 'nc-lead' as OfficerId },
        {
          subject: { ref: id as SubjectRef },
          caseReference: 'nm-2026-0418',
          process: 'child-s47-enquiry',
          agency: council,
          team: teamOf(council, 'la-csc'),
          role: 'lead-practitioner',
          from: world.clock.now(),
        },
      ),
    );
    expect(opened.status).toBe('claimed');
    const found = await desk.lookUp(callOf(world, council, 'nc-lead', 'GET'), {
      identifiers: [{ system: 'nhs-number', value: number }],
    });
    expect(found).toEqual({ status: 200, body: { id } });
  });

  it('gives the same 404 for a person another agency knows, one nobody knows and one in doubt', async () => {
    const [known, inDoubt] = [aPerson(), aPerson()];
    await register(council, 'nc-lead', known);
    await register(council, 'nc-lead', inDoubt);
    await register(trust, 'nt-nurse', inDoubt, { ...ava, givenName: 'Eva' });
    const refusals = await Promise.all(
      [known, inDoubt, aPerson()].map((number) =>
        desk
          .lookUp(callOf(world, force, 'np-detective', 'GET'), {
            identifiers: [{ system: 'nhs-number', value: number }],
          })
          .catch((problem: unknown) => JSON.stringify(problem)),
      ),
    );
    expect(refusals[0]).toContain('not-found');
    expect(new Set(refusals).size).toBe(1);
  });
});

function tracing(tx: Tx, statements: string[]): Tx {
  return {
    sql: (text, values) => {
      statements.push(text);
      return tx.sql(text, values);
    },
    read: (text, values) => {
      statements.push(text);
      return tx.read(text, values);
    },
    send: (text, values, refused) => {
      statements.push(text);
      tx.send(text, values, refused);
    },
    planAnew: () => {
      tx.planAnew();
    },
    lockShared: (anchors) => tx.lockShared(anchors),
    change: (anchor) => {
      statements.push(`change ${anchor.kind}`);
      return tx.change(anchor);
    },
    versionsOf: (anchors) => tx.versionsOf(anchors),
    narrow: (scope) => tx.narrow(scope),
  };
}
