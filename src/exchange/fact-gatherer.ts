import { Injectable } from '@nestjs/common';
import type { Agency, DutyContact, Team } from '../agencies/agency.js';
import { isSuspended, isUsable, wasUsable } from '../agencies/agency.js';
import { AgencyDirectory } from '../agencies/agency-directory.js';
import { ConsentRegistry } from '../consent/consent-registry.js';
import type { Ask } from '../core/decision/ask.js';
import type { Facts, OfficerFacts, PartyFacts } from '../core/decision/facts.js';
import type { CompiledPolicy } from '../core/decision/policy-ability.js';
import type { CallFacts } from '../core/vocabulary/caller.js';
import type { AgencyId, PersonId, SubjectRef, TeamId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { InvolvementRegister } from '../involvement/involvement-register.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { malformed } from '../platform/problems/gateway-problem.js';
import { Agreements } from '../policies/agreements.js';
import type { SubjectMatch } from '../subjects/subject.js';
import { SubjectRegistry } from '../subjects/subject-registry.js';
import { PastConduct } from './conduct/past-conduct.js';
import { ReceivedConditions } from './handling/received-conditions.js';
import type { NamedSubject } from './named-subject.js';
import { familyNamesIn, mayBeRelated } from './releases/who-may-release.js';
import { ServingPolicy } from './serving-policy.js';

/** Who asks, and by which keys that was proved. An authenticated call is one; so is what is kept of one until a person decides. */
export interface Asker extends Pick<CallFacts, 'agency' | 'officer' | 'clientKey'> {
  readonly signature: Pick<CallFacts['signature'], 'kid'>;
  /** When it was signed; absent: just now. Keys are judged as of then, by what is known of them today. */
  readonly signedAt?: Instant;
}

/** The facts of a decision, and what only the line itself needs to know besides. */
export interface Gathered {
  readonly facts: Facts;
  /** The policy published as of the same moment. */
  readonly policy: CompiledPolicy;
  /** Absent unless the subject was matched. Never leaves. */
  readonly person?: PersonId;
  /** What either party calls that person, where it has a name for them already. */
  readonly refs: ReadonlyMap<AgencyId, SubjectRef>;
  /** The custodian's contact: whom a refused requester may ring. */
  readonly contact: DutyContact;
}

/** Gathers everything a decision may know, once, in the caller's transaction: facts go up, rooms do not ask each other. */
@Injectable()
export class FactGatherer {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly subjects: SubjectRegistry,
    private readonly involvements: InvolvementRegister,
    private readonly consents: ConsentRegistry,
    private readonly agreements: Agreements,
    private readonly conduct: PastConduct,
    private readonly received: ReceivedConditions,
    private readonly policy: ServingPolicy,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads the facts about one ask. The transaction's parties must be the requester and the custodian; its scope ends
   * narrowed to the subject, so that facts others recorded about them count too.
   *
   * The same statements run whether the subject is known or not.
   *
   * @param expected whom an earlier reading found: asked after in the same trip, and taken only where the match, read anew,
   *   gives the same person
   * @throws `malformed` when the custodian, or its team, is not enrolled
   */
  async gather(
    tx: Tx,
    call: Asker,
    ask: Ask,
    named: NamedSubject,
    at: Instant,
    expected?: PersonId,
  ): Promise<Gathered> {
    // What does not wait for another's answer is read with it: two trips to the database, whoever the subject is. The
    // match comes first, since it names the identifiers before it asks.
    const reading = Promise.all([this.matchOf(tx, named), this.custodianOf(tx, ask), this.requesterOf(tx, call, at)]);
    reading.catch(() => undefined);
    // A person nobody knows is asked after all the same, under an id that is nobody's. One in doubt is asked after too:
    // an own claim must answer alike for them and for a stranger, or guessing a birth date would tell who is known.
    const person = expected ?? personIn((await reading)[0]) ?? (this.ids.next() as PersonId);
    const [, refs, involvements, { consents, objections, protections, holds }, agreements, policy, conduct, received] =
      await Promise.all([
        tx.narrow({ parties: [call.agency, ask.custodian], subject: person }),
        this.subjects.refsOf(tx, person, [call.agency, ask.custodian]),
        this.involvements.standing(tx, person, call.agency, at),
        this.consents.standing(tx, person, at),
        this.agreements.between(tx, call.agency, ask.custodian, ask.purpose, at),
        this.policy.compiled(tx),
        this.conduct.of(tx, call, ask, named, at),
        this.received.of(tx, ask.custodian, person),
      ]);
    const [match, custodian, { officer, officerName, requester }] = await reading;
    if (expected !== undefined && personIn(match) !== expected) return this.gather(tx, call, ask, named, at);
    const bearsName = match.kind === 'matched' && this.subjects.bears(match, familyNamesIn(officerName));
    const facts: Facts = {
      decidedAt: at,
      ask,
      requester,
      ...(officer !== undefined && { officer: bearsName ? { ...officer, bearsSubjectsName: true } : officer }),
      custodian: {
        ...partyOf(custodian.agency, custodian.team, at),
        hasPolicyDocument: custodian.agency.policyDocument !== undefined,
      },
      subject: match.kind,
      involvements,
      consents,
      objections,
      protections,
      holds,
      ...(received.length > 0 && { received }),
      agreements,
      conduct,
    };
    return {
      facts,
      policy,
      refs,
      ...(match.kind === 'matched' && { person: match.person }),
      contact: contactOf(custodian.agency, named),
    };
  }

  private matchOf(tx: Tx, { identifiers, details, uprn }: NamedSubject): Promise<SubjectMatch> {
    return uprn === undefined
      ? this.subjects.match(tx, identifiers, details)
      : this.subjects.matchRecord(tx, identifiers);
  }

  private async custodianOf(tx: Tx, ask: Ask): Promise<{ readonly agency: Agency; readonly team: Team }> {
    const [agency, team] = await Promise.all([
      this.directory.agency(tx, ask.custodian),
      this.directory.team(tx, ask.custodianTeam),
    ]);
    if (agency === undefined) throw malformed('/custodian', 'is not an agency of the directory');
    if (team?.agency !== agency.id) throw malformed('/custodianTeam', 'is not a team of that custodian');
    return { agency, team };
  }

  /**
   * Who acts in a call, as the directory has them now: their agency through their team, and whether what proved the call
   * stands. The agency must be a party of the transaction.
   */
  async requesterOf(
    tx: Tx,
    call: Asker,
    at: Instant,
  ): Promise<{
    readonly requester: Facts['requester'];
    readonly officer?: OfficerFacts;
    readonly officerName: string;
  }> {
    const [agency, keysStand, held, team] = await Promise.all([
      this.directory.agency(tx, call.agency),
      this.keysStand(tx, call, at),
      this.directory.officerAt(tx, call.agency, call.officer, at),
      this.directory.teamOfOfficerAt(tx, call.agency, call.officer, at),
    ]);
    if (agency === undefined) throw new Error('an authenticated agency is not in the directory');
    if (held === undefined || team === undefined)
      return { requester: { ...partyOf(agency, undefined, at), keysStand }, officerName: '' };
    const { trainingUntil, to } = held;
    const officer: OfficerFacts = {
      id: held.officer,
      team: held.team,
      role: held.role,
      duties: this.directory.dutiesOf(held.role),
      roleFrom: held.from,
      ...(to !== undefined && { roleTo: to }),
      ...(trainingUntil !== undefined && { trainingUntil }),
    };
    return { requester: { ...partyOf(agency, team, at), keysStand }, officer, officerName: held.name };
  }

  /** Whether what proved the call still does: the verified call says what was good when it came, not when it is answered. */
  private async keysStand(tx: Tx, call: Asker, at: Instant): Promise<boolean> {
    const { signedAt } = call;
    const usable = (await this.directory.keysOf(tx, call.agency)).filter((key) =>
      signedAt === undefined ? isUsable(key, at) : wasUsable(key, signedAt),
    );
    return (
      usable.some(({ use, kid }) => use === 'signing' && kid === call.signature.kid) &&
      usable.some(({ use, thumbprint }) => use === 'client' && thumbprint === call.clientKey)
    );
  }
}

function personIn(match: SubjectMatch): PersonId | undefined {
  return match.kind === 'unknown' ? undefined : match.person;
}

/**
 * Whom a refused requester may ring: the duty contact, or the alternate where the person asked about bears the duty contact's
 * family name. As the requester named them, known or not: by what is held of them it would tell that something is.
 */
function contactOf({ dutyContact, alternateContact }: Agency, { details }: NamedSubject): DutyContact {
  return alternateContact !== undefined && mayBeRelated(dutyContact.name, details) ? alternateContact : dutyContact;
}

/** An agency acting through one of its teams; through none, it matches no kind that policy knows. */
export function partyOf(agency: Agency, team: Team | undefined, at: Instant): PartyFacts {
  return {
    agency: agency.id,
    agencyKind: agency.kind,
    jurisdiction: agency.jurisdiction,
    suspended: isSuspended(agency, at),
    team: team?.id ?? ('' as TeamId),
    teamKind: team?.kind ?? ('' as PartyFacts['teamKind']),
  };
}
