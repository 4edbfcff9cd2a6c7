import { Injectable } from '@nestjs/common';
import type { InvolvementFacts } from '../core/decision/facts.js';
import type { AgencyId, PersonId } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayProblem, malformed } from '../platform/problems/gateway-problem.js';
import { Sealer } from '../platform/sealing/sealer.js';
import { CasePeople } from './case-people.js';
import { CaseTeams } from './case-teams.js';
import { statusOf, type Author, type InvolvementStatus, type CaseOfficer, type NewInvolvement } from './involvement.js';
import * as rows from './persistence/involvement-rows.js';
import type { InvolvementRow } from './persistence/involvement-rows.js';
import { ProcessCatalogue } from './process-catalogue.js';

/**
 * Who is working with whom, in which case, in what role, from when to when, opened and confirmed by whom.
 *
 * Every method works in the caller's transaction; a change needs one that is the author's agency's alone, and moves the
 * person's anchor on before it is made. Authors are trusted as given; what they may do is judged here.
 */
@Injectable()
export class InvolvementRegister {
  constructor(
    private readonly people: CasePeople,
    private readonly teams: CaseTeams,
    private readonly processes: ProcessCatalogue,
    private readonly sealer: Sealer,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Every involvement of an agency with a person, ended ones included, as a decision at `at` may use it.
   *
   * An end that is committed counts from `at` at the latest, whatever another gateway's clock said. Sees what the
   * transaction may: all of it where it is about the person.
   */
  async standing(tx: Tx, person: PersonId, agency: AgencyId, at: Instant): Promise<readonly InvolvementFacts[]> {
    return (await rows.involvementsWith(tx, person, agency)).map((row) => factsOf(row, at));
  }

  /** The same of every agency: who else works with the person. For deliveries, never for an answer. */
  async standingOfAll(tx: Tx, person: PersonId, at: Instant): Promise<readonly InvolvementFacts[]> {
    return (await rows.involvementsOfAll(tx, person)).map((row) => factsOf(row, at));
  }

  /** Whether the agency opened, or gains by, an involvement with the person that has not ended. */
  isInvolved(tx: Tx, agency: AgencyId, person: PersonId): Promise<boolean> {
    return rows.isInvolved(tx, agency, person);
  }

  /**
   * Opens or claims an involvement.
   *
   * @throws `malformed` for an unknown process or a team that is not the agency's; `not-found` for a reference that is not
   * the author's agency's own; `officer-not-permitted` when an agency that does not lead opens one for another
   */
  async open(tx: Tx, by: Author, wanted: NewInvolvement): Promise<{ id: string; status: InvolvementStatus }> {
    if (!this.processes.has(wanted.process)) throw malformed('/process', 'must be a process of the catalogue');
    if (!(await this.teams.belongs(tx, wanted.team, wanted.agency)))
      throw malformed('/team', 'must be an enrolled team of `agency`');
    const at = this.clock.now();
    const opener = await this.teams.officerAt(tx, by.agency, by.officer, at);
    const openerLeads = this.leads(wanted.process, opener);
    if (!openerLeads && wanted.agency !== by.agency)
      throw new GatewayProblem('officer-not-permitted', {
        detail: 'only the agency that leads the case opens an involvement for another',
      });
    const person = await this.people.personFor(tx, by, wanted.subject);
    if (person === undefined) throw new GatewayProblem('not-found');
    await tx.change({ kind: 'subject', id: person });
    const id = this.ids.next();
    await rows.addInvolvement(
      tx,
      {
        id,
        person,
        caseReference: wanted.caseReference,
        process: wanted.process,
        agency: wanted.agency,
        team: wanted.team,
        role: wanted.role,
        officers: wanted.officers ?? null,
        from: wanted.from,
        openedBy: by.agency,
        openingOfficer: by.officer,
        openerLeads,
        openerIsForce: opener?.agencyKind === 'police',
      },
      at,
    );
    return { id, status: statusOf({ agency: wanted.agency, openedBy: by.agency, openerLeads }, false) };
  }

  /**
   * Adds an officer's word: a second of the lead's own opens it; a custodian's counts toward that custodian only.
   *
   * @throws `not-found` for an id nobody opened; `officer-not-permitted` for the officer who opened it, and for an agency
   * vouching for itself; `conflict` when it has ended, needs no confirmation, or has the agency's already
   */
  async confirm(tx: Tx, by: Author, id: string): Promise<{ id: string; status: InvolvementStatus }> {
    await rows.name(tx, id);
    const held = await this.heldAlone(tx, id);
    const refusal = refusalToConfirm(held, by);
    if (refusal !== undefined) throw refusal;
    await rows.addConfirmation(tx, held, by, this.clock.now());
    return { id, status: statusOf(held, isSecondOfLead([...held.confirmations, by], held)) };
  }

  /**
   * Ends an involvement, now. The agency that opened it may, and the one that gains by it.
   *
   * @throws `not-found` for another's; `conflict` when it has ended
   */
  async end(tx: Tx, by: Author, id: string, reason: string): Promise<{ id: string; endedAt: Instant }> {
    const held = await this.heldAlone(tx, id);
    if (held.endedAt !== null) throw new GatewayProblem('conflict', { detail: 'the involvement has ended' });
    const at = this.clock.now();
    const plaintext = Buffer.from(reason, 'utf8');
    const sealed = await this.sealer.seal(
      tx,
      { agency: by.agency, person: held.person },
      `involvement_end|reason|${id}`,
      plaintext,
    );
    await rows.addEnd(tx, held, { by, at, reason: sealed });
    return { id, endedAt: at };
  }

  /** One involvement, for the agency that opened it or gains by it. */
  async involvement(tx: Tx, id: string): Promise<(InvolvementRow & { status: InvolvementStatus }) | undefined> {
    const row = await rows.involvement(tx, id);
    return row && { ...row, status: statusOf(row, isSecondOfLead(row.confirmations, row)) };
  }

  private leads(process: string, opener: CaseOfficer | undefined): boolean {
    return opener !== undefined && this.processes.isLedBy(process, opener);
  }

  // Read once to learn whom it is about, and again, by a later statement, once that person's anchor is held alone.
  private async heldAlone(tx: Tx, id: string): Promise<InvolvementRow> {
    const found = await rows.involvement(tx, id);
    if (found === undefined) throw new GatewayProblem('not-found');
    await tx.change({ kind: 'subject', id: found.person });
    const held = await rows.involvement(tx, id);
    if (held === undefined) throw new GatewayProblem('not-found');
    return held;
  }
}

function refusalToConfirm(held: InvolvementRow, by: Author): GatewayProblem | undefined {
  const notPermitted = (detail: string): GatewayProblem => new GatewayProblem('officer-not-permitted', { detail });
  const ofOpener = by.agency === held.openedBy;
  if (ofOpener && !held.openerLeads) return notPermitted('a claim is confirmed by the custodian it is to count toward');
  if (ofOpener && by.officer === held.openingOfficer)
    return notPermitted('a second officer confirms what the first opened');
  if (!ofOpener && by.agency === held.agency) return notPermitted('nobody certifies their own need to know');
  if (held.endedAt !== null) return new GatewayProblem('conflict', { detail: 'the involvement has ended' });
  if (held.openerLeads && held.agency !== held.openedBy)
    return new GatewayProblem('conflict', { detail: 'the involvement is open and needs no confirmation' });
  if (held.confirmations.some(({ agency }) => agency === by.agency))
    return new GatewayProblem('conflict', { detail: 'the agency has confirmed the involvement' });
  return undefined;
}

function isSecondOfLead(confirmations: readonly Author[], { openedBy, openingOfficer }: InvolvementRow): boolean {
  return confirmations.some(({ agency, officer }) => agency === openedBy && officer !== openingOfficer);
}

function factsOf(row: InvolvementRow, at: Instant): InvolvementFacts {
  const confirmedBy = row.confirmations.find(({ agency }) => agency === row.openedBy);
  return {
    id: row.id,
    caseReference: row.caseReference,
    process: row.process,
    agency: row.agency,
    team: row.team,
    ...(row.officers !== null && { officers: row.officers }),
    from: row.from,
    ...(row.endedAt !== null && { to: row.endedAt < at ? row.endedAt : at }),
    openedBy: { agency: row.openedBy, officer: row.openingOfficer },
    ...(confirmedBy !== undefined && { confirmedBy }),
    standing: statusOf(row, isSecondOfLead(row.confirmations, row)),
    confirmedFor: row.confirmations.map(({ agency }) => agency).filter((agency) => agency !== row.openedBy),
    ledByOwnForce: row.openerLeads && row.openerIsForce && row.agency === row.openedBy,
  };
}
