import { Injectable } from '@nestjs/common';
import type { AgencyId, PersonId, SubjectRef } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayKeys } from '../platform/keys/gateway-keys.js';
import { Sealer } from '../platform/sealing/sealer.js';
import {
  agree,
  blindIdentifier,
  detailDigests,
  type BlindIdentifier,
  type DetailDigests,
} from './persistence/blind-index.js';
import { openTasks, withdrawDoubts, type RaisedDoubt } from './persistence/data-quality.js';
import * as people from './persistence/people.js';
import type { NamedPerson } from './persistence/people.js';
import type { Author, PersonDetails, Registration, StandingDuty, SubjectMatch, SystemIdentifier } from './subject.js';

const nothingHeld: DetailDigests = { familyName: null, givenName: null, birthDate: null };

/**
 * The people with an opened involvement or a flag: one row each in the whole gateway, found by exact identifier only.
 *
 * Every method works in the caller's transaction and scope. Nothing here says whether the caller may know the answer:
 * that is for whoever asks. The inner id never leaves the gateway; {@link refFor} gives what one agency may see.
 */
@Injectable()
export class SubjectRegistry {
  constructor(
    private readonly keys: GatewayKeys,
    private readonly sealer: Sealer,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Whom these identifiers and details mean, exactly.
   *
   * Ambiguous when the identifiers do not every one of them lead to one and the same person, when a name or birth date
   * differs from what is held, or while a data-quality task about the person is open. An identifier that nobody is known
   * by is not passed over: it goes on to the custodian, and would fetch whoever bears it there. Two statements, whatever the answer. Names the identifiers for the rest of the transaction, so their rows become readable in it.
   */
  async match(tx: Tx, identifiers: readonly SystemIdentifier[], details: PersonDetails = {}): Promise<SubjectMatch> {
    const blind = this.blind(identifiers);
    const [, found] = await Promise.all([people.name(tx, blind), people.named(tx, blind)]);
    const [only] = found;
    if (only === undefined) return { kind: 'unknown' };
    const agrees = agree(detailDigests(this.keys, only.id, details), only.held);
    const isWholly = only.positions.length === blind.length;
    const isSure = isWholly && agrees && !only.inDoubt;
    if (!isSure) return { kind: 'ambiguous', person: only.id };
    const { familyName } = only.held;
    return { kind: 'matched', person: only.id, ...(familyName !== null && { familyName }) };
  }

  /**
   * Whom the identifiers of one record mean, which a custodian says are one person's. One that nobody is known by is passed
   * over here: nobody guessed it, and the record is fetched by all of them. Ambiguous when they lead to several people, or a
   * data-quality task about the person is open. The same statements as {@link match}, of none too.
   */
  async matchRecord(tx: Tx, identifiers: readonly SystemIdentifier[]): Promise<SubjectMatch> {
    const blind = this.blind(identifiers);
    const [, [only, ...others]] = await Promise.all([people.name(tx, blind), people.named(tx, blind)]);
    if (only === undefined) return { kind: 'unknown' };
    const { id: person, held, inDoubt } = only;
    if (others.length > 0 || inDoubt) return { kind: 'ambiguous', person };
    return { kind: 'matched', person, ...(held.familyName !== null && { familyName: held.familyName }) };
  }

  /** Whether a person who was matched bears one of these family names, by what is held of them. Asks nothing stored. */
  bears({ person, familyName: held }: SubjectMatch & { kind: 'matched' }, familyNames: readonly string[]): boolean {
    return familyNames.some((familyName) => {
      const { familyName: said } = detailDigests(this.keys, person, { familyName });
      return said !== null && held?.equals(said) === true;
    });
  }

  /**
   * Whether a person bears one of these family names, by what is held of them; false where no name is. The transaction must
   * have named the person's identifiers, as {@link match} does.
   */
  async bearsFamilyName(
    tx: Tx,
    identifiers: readonly SystemIdentifier[],
    familyNames: readonly string[],
  ): Promise<boolean> {
    const found = await people.named(tx, this.blind(identifiers));
    return found.some(({ id, held }) =>
      familyNames.some((familyName) => {
        const { familyName: said } = detailDigests(this.keys, id, { familyName });
        return said !== null && held.familyName?.equals(said) === true;
      }),
    );
  }

  /**
   * Makes sure that the person these identifiers name has a row, and keeps what this agency says of them.
   *
   * Gives the same answer by the same statements whether they were known or not. What contradicts something held is not
   * kept: it opens a data-quality task, and asks about the person are refused until that is settled. Registering again in
   * agreement withdraws one's own doubt. Needs a transaction that is the author's agency's alone, without a subject.
   */
  async register(tx: Tx, by: Author, registration: Registration): Promise<PersonId> {
    const at = this.clock.now();
    const blind = this.blind(registration.identifiers);
    await people.name(tx, blind);
    await people.holdIdentifiers(tx, blind);
    const found = await people.named(tx, blind);
    const person = found[0]?.id ?? (this.ids.next() as PersonId);
    for (const id of affected(person, blind, found)) await tx.change({ kind: 'subject', id });
    await people.addPerson(tx, { id: person, by, at, isNew: found.length === 0 });
    const agreement = this.agreement(person, registration.details, found);
    await people.addIdentifiers(tx, { person, by, at, identifiers: believed(blind, found, agreement) });
    await this.putStatement(tx, { by, at, person, registration, keep: agreement !== 'differs' });
    await openTasks(tx, by, at, agreement === 'differs' ? this.doubts(found, registration.details) : []);
    await withdrawDoubts(tx, by, at, agreement === 'differs' ? null : person);
    return person;
  }

  /**
   * What this agency calls the person, made at the first time of asking.
   *
   * Possible for one's own agency, and for a party of an exchange about that person.
   */
  async refFor(tx: Tx, agency: AgencyId, person: PersonId): Promise<SubjectRef> {
    const known = await people.refOf(tx, agency, person);
    if (known !== undefined) return known;
    await people.giveRef(tx, agency, person, this.ids.next());
    const given = await people.refOf(tx, agency, person);
    if (given === undefined)
      throw new Error('a subject reference was not kept: is the agency a party of the transaction?');
    return given;
  }

  /** What each of these agencies calls the person, as far as it has a name for them and the transaction may see it. */
  refsOf(tx: Tx, person: PersonId, agencies: readonly AgencyId[]): Promise<ReadonlyMap<AgencyId, SubjectRef>> {
    return people.refsOf(tx, person, agencies);
  }

  /** Whom this agency means by a reference; undefined for another agency's, and for none. */
  personOf(tx: Tx, agency: AgencyId, ref: SubjectRef): Promise<PersonId | undefined> {
    return people.personBehind(tx, agency, ref);
  }

  /**
   * Who owes the person a standing duty, as last recorded. Readable where the person's identifiers were named, or the
   * transaction is about them. An agency may have named itself: `recordedBy` tells.
   */
  standingDuties(tx: Tx, person: PersonId): Promise<readonly StandingDuty[]> {
    return people.standingDuties(tx, person);
  }

  /** What this agency itself said of the person; undefined where it said nothing, or it has been forgotten. */
  async ownDetails(tx: Tx, agency: AgencyId, person: PersonId): Promise<PersonDetails | undefined> {
    const sealed = await people.ownDetails(tx, agency, person);
    if (sealed === undefined) return undefined;
    const opened = await this.sealer.open(tx, { agency, person }, detailsAad(agency, person), sealed);
    return opened && (JSON.parse(opened.toString('utf8')) as PersonDetails);
  }

  /** Keeps what an agency says of a person, each field in place of what it said of it before. */
  async putDetails(tx: Tx, { by, at, person, details, keep }: DetailsStatement): Promise<void> {
    if (Object.keys(details).length === 0) return;
    const said = { ...(await this.ownDetails(tx, by.agency, person)), ...details };
    const plaintext = Buffer.from(JSON.stringify(said), 'utf8');
    const sealed = await this.sealer.seal(tx, { agency: by.agency, person }, detailsAad(by.agency, person), plaintext);
    await people.putDetails(tx, { person, by, at, digests: detailDigests(this.keys, person, details), sealed, keep });
  }

  private blind(identifiers: readonly SystemIdentifier[]): readonly BlindIdentifier[] {
    const distinct = new Map(identifiers.map((identifier) => [`${identifier.system}:${identifier.value}`, identifier]));
    return [...distinct.values()].map((identifier) => blindIdentifier(this.keys, identifier));
  }

  private agreement(person: PersonId, details: PersonDetails, found: readonly NamedPerson[]): Agreement {
    const held = found[0]?.held ?? nothingHeld;
    if (found.length > 1 || !agree(detailDigests(this.keys, person, details), held)) return 'differs';
    const saysWho = details.familyName !== undefined && details.birthDate !== undefined;
    const knowsWho = found.length === 0 || (held.familyName !== null && held.birthDate !== null);
    return saysWho && knowsWho ? 'proves' : 'agrees';
  }

  private async putStatement(tx: Tx, { by, at, person, registration, keep }: Statement): Promise<void> {
    const { details, standingDuties } = registration;
    await this.putDetails(tx, { by, at, person, details, keep });
    await people.putStandingDuties(tx, { person, by, at, duties: keep ? standingDuties : [] });
  }

  // Whoever only names identifiers says nothing that could be wrong of anyone, so cannot stop the asks about them.
  private doubts(found: readonly NamedPerson[], details: PersonDetails): readonly RaisedDoubt[] {
    if (Object.keys(details).length === 0) return [];
    const kind = found.length > 1 ? 'identifiers-differ' : 'details-differ';
    return found.map(({ id, heldBy, registeredBy }) => ({
      id: this.ids.next(),
      person: id,
      kind,
      addressedTo: heldBy ?? registeredBy,
    }));
  }
}

/** How a registration stands to what is held: it contradicts it, does not, or matches it by name and birth date. */
type Agreement = 'differs' | 'agrees' | 'proves';

interface DetailsStatement {
  readonly by: Author;
  readonly at: Instant;
  readonly person: PersonId;
  readonly details: PersonDetails;
  /** False where it contradicts what is held: sealed and put away all the same, so that both take the same time. */
  readonly keep: boolean;
}

interface Statement extends Omit<DetailsStatement, 'details'> {
  readonly registration: Registration;
}

// One change for each identifier, whoever it leads to: how many people were found must not show in the time taken. Locks
// are taken in one order everywhere, ids ascending.
function affected(
  person: PersonId,
  blind: readonly BlindIdentifier[],
  found: readonly NamedPerson[],
): readonly PersonId[] {
  return blind.map((_, at) => found.find(({ positions }) => positions.includes(at))?.id ?? person).sort();
}

// Adopted people have a new NHS number that must not be joined to the old one, and a wrong join is worse than none. So an
// identifier that leads to nobody yet is believed only as the first of a new person, or beside name and birth date.
function believed(
  blind: readonly BlindIdentifier[],
  found: readonly NamedPerson[],
  agreement: Agreement,
): readonly BlindIdentifier[] {
  const claimed = new Set(found.flatMap(({ positions }) => positions));
  switch (agreement) {
    case 'differs':
      return [];
    case 'agrees':
      return found.length === 0 ? blind.slice(0, 1) : [];
    case 'proves':
      return blind.filter((_, position) => !claimed.has(position));
  }
}

function detailsAad(agency: AgencyId, person: PersonId): string {
  return `person_detail|${agency}|${person}`;
}
