import { Injectable } from '@nestjs/common';
import type { AgencyId, PersonId, SubjectRef, TeamId } from '../core/vocabulary/ids.js';
import { isWithin, type Instant } from '../core/vocabulary/time.js';
import { InvolvementRegister } from '../involvement/involvement-register.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { DepositSubjects, type Depositor, type DepositSubject } from '../sources/deposit-subjects.js';
import type { SubjectIdentifier } from '../sources/source-systems.js';
import { parseIdentifiers } from '../subjects/given-identifiers.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';

/** Lets `sources` ask `subjects` and `involvement` about whom an agency may deposit. A claim of its own opens nothing. */
@Injectable()
export class InvolvedDepositSubjects extends DepositSubjects {
  constructor(
    private readonly registry: SubjectRegistry,
    private readonly register: InvolvementRegister,
    private readonly ids: Ids,
  ) {
    super();
  }

  override async involved(
    tx: Tx,
    by: Depositor,
    subject: DepositSubject,
    at: Instant,
  ): Promise<{ readonly person: PersonId; readonly teams: readonly TeamId[] } | undefined> {
    const person = await this.meant(tx, by, subject);
    // A person nobody knows is asked after all the same, under an id that is nobody's.
    const involvements = await this.register.standing(tx, person ?? (this.ids.next() as PersonId), by.agency, at);
    const open = involvements.filter(({ standing, from, to }) => standing === 'open' && isWithin(at, from, to));
    if (person === undefined || open.length === 0) return undefined;
    return { person, teams: [...new Set(open.map(({ team }) => team))] };
  }

  override async named(tx: Tx, identifiers: readonly SubjectIdentifier[]): Promise<PersonId | undefined> {
    const match = await this.registry.match(tx, identifiers);
    return match.kind === 'matched' ? match.person : undefined;
  }

  override refFor(tx: Tx, agency: AgencyId, person: PersonId): Promise<SubjectRef> {
    return this.registry.refFor(tx, agency, person);
  }

  private meant(tx: Tx, by: Depositor, subject: DepositSubject): Promise<PersonId | undefined> {
    if ('ref' in subject) return this.registry.personOf(tx, by.agency, subject.ref);
    return this.named(tx, parseIdentifiers(subject.identifiers, '/subject/identifiers'));
  }
}
