import { Injectable } from '@nestjs/common';
import type { Agency } from '../../agencies/agency.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { InvolvementFacts } from '../../core/decision/facts.js';
import { SECTOR_OF_DUTY, type StandingDutyKind, type StandingDutyRow } from '../../core/law/catalogue.js';
import { isLaw } from '../../core/law/in-force.js';
import type { AgencyKind } from '../../core/vocabulary/codes.js';
import type { AgencyId, PersonId } from '../../core/vocabulary/ids.js';
import { dateOf, isWithin, type Instant } from '../../core/vocabulary/time.js';
import { InvolvementRegister } from '../../involvement/involvement-register.js';
import type { Tx } from '../../platform/database/tx.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { ServingPolicy } from '../serving-policy.js';
import type { Recipient } from './flag.js';
import { DUTY_MEMBERS, type Pushed } from './pushed.js';

/**
 * Who needs to know of a flag: those who owe the person a standing duty, and those who work with them in an open case. An
 * agreement makes nobody a recipient; it narrows what one is told.
 *
 * Says nothing of what they may be told, nor whether policy lets them be told anything.
 */
@Injectable()
export class Recipients {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly subjects: SubjectRegistry,
    private readonly involvements: InvolvementRegister,
    private readonly policy: ServingPolicy,
  ) {}

  /**
   * Those who owe the person a standing duty: whom the sender names, else whom somebody recorded who is not the one that
   * would be told. Runs the same statements whoever is known.
   *
   * @param person under whose id duties are recorded; one that is nobody's where they are not known, or in doubt
   * @throws `malformed` for a duty that the sender gives to an agency which cannot have it
   */
  async owingDuty(
    tx: Tx,
    { call, push, duties }: Pushed,
    person: PersonId,
    at: Instant,
  ): Promise<readonly Recipient[]> {
    const held = (await this.subjects.standingDuties(tx, person)).filter(
      ({ agency, recordedBy }) => recordedBy !== agency,
    );
    const recipients: Recipient[] = [];
    for (const [duty, sector] of Object.entries(SECTOR_OF_DUTY) as [StandingDutyKind, AgencyKind][]) {
      const said = duties.get(duty);
      const id = said ?? held.find(({ kind }) => kind === duty)?.agency;
      const agency = id === undefined ? undefined : await this.directory.agency(tx, id);
      if (said !== undefined && agency?.kind !== sector)
        throw malformed(`/subject/${DUTY_MEMBERS[duty]}`, `must be an agency of the directory, of kind \`${sector}\``);
      if (agency === undefined || agency.id === call.agency) continue;
      const row = this.rowFor(duty, push.purpose, agency, at);
      const team = row && (await this.directory.teamsOf(tx, agency.id)).find(({ kind }) => kind === row.teamKind);
      if (team !== undefined) recipients.push({ agency, team, need: { by: 'standing-duty', duty }, named: true });
    }
    return recipients;
  }

  /** Those who work with the person in an open case, as far as the transaction may see them. */
  async involved(
    tx: Tx,
    { sender, person, at, named }: { sender: AgencyId; person: PersonId; at: Instant; named: boolean },
  ): Promise<readonly Recipient[]> {
    const open = (await this.involvements.standingOfAll(tx, person, at)).filter(
      (involvement) => involvement.agency !== sender && isOpenToward(sender, involvement, at),
    );
    const recipients: Recipient[] = [];
    for (const involvement of new Map(open.map((each) => [each.team, each])).values()) {
      const agency = await this.directory.agency(tx, involvement.agency);
      const team = await this.directory.team(tx, involvement.team);
      if (agency === undefined || team === undefined) continue;
      const need = { by: 'involvement', id: involvement.id, openedBy: involvement.openedBy.agency } as const;
      recipients.push({ agency, team, need, named });
    }
    return recipients;
  }

  private rowFor(
    duty: StandingDutyKind,
    purpose: Pushed['push']['purpose'],
    { jurisdiction }: Agency,
    at: Instant,
  ): StandingDutyRow | undefined {
    return this.policy.law.standingDuties.find(
      (row) => row.duty === duty && row.purpose === purpose && isLaw(row, dateOf(at), jurisdiction),
    );
  }
}

/** Whether somebody else than the one who would be told vouches for their involvement, toward this sender, now. */
export function isOpenToward(sender: AgencyId, involvement: InvolvementFacts, at: Instant): boolean {
  const { standing, confirmedFor, ledByOwnForce, from, to } = involvement;
  return !ledByOwnForce && (standing === 'open' || confirmedFor.includes(sender)) && isWithin(at, from, to);
}
