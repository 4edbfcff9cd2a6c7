import { Injectable } from '@nestjs/common';
import { ConsentingPeople } from '../consent/consenting-people.js';
import type { AgencyId, OfficerId, PersonId, SubjectRef } from '../core/vocabulary/ids.js';
import { CasePeople } from '../involvement/case-people.js';
import type { Tx } from '../platform/database/tx.js';
import { parseIdentifiers } from '../subjects/given-identifiers.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';

interface Author {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
}

type GivenSubject =
  | { readonly ref: SubjectRef }
  | { readonly identifiers: readonly { readonly system: string; readonly value: string }[] };

/** Lets `involvement` ask `subjects` whom a case is about. */
@Injectable()
export class RegisteredCasePeople extends CasePeople {
  constructor(private readonly registry: SubjectRegistry) {
    super();
  }

  override personFor(tx: Tx, by: Author, subject: GivenSubject): Promise<PersonId | undefined> {
    return registeredPerson(this.registry, tx, by, subject);
  }

  override refFor(tx: Tx, agency: AgencyId, person: PersonId): Promise<SubjectRef> {
    return this.registry.refFor(tx, agency, person);
  }
}

/** Lets `consent` ask `subjects` whom a wish is about. */
@Injectable()
export class RegisteredConsentingPeople extends ConsentingPeople {
  constructor(private readonly registry: SubjectRegistry) {
    super();
  }

  /** Gives the agency a name for them at once: a withdrawal that had to would have asks wait for more than the person's anchor. */
  override async personFor(tx: Tx, by: Author, subject: GivenSubject): Promise<PersonId | undefined> {
    const person = await registeredPerson(this.registry, tx, by, subject);
    if (person !== undefined) await this.registry.refFor(tx, by.agency, person);
    return person;
  }
}

async function registeredPerson(
  registry: SubjectRegistry,
  tx: Tx,
  by: Author,
  subject: GivenSubject,
): Promise<PersonId | undefined> {
  if ('ref' in subject) return registry.personOf(tx, by.agency, subject.ref);
  const identifiers = parseIdentifiers(subject.identifiers, '/subject/identifiers');
  return registry.register(tx, by, { identifiers, details: {}, standingDuties: [] });
}
