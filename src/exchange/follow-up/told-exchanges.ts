import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { Ask, Urgency } from '../../core/decision/ask.js';
import type { AgencyId, ExchangeId, TeamId } from '../../core/vocabulary/ids.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import { ToldDisclosures, type ToldDisclosure } from '../../disclosure-log/told-disclosures.js';
import type { Side } from '../../disclosure-log/slice.js';
import type { Tx } from '../../platform/database/tx.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import type { KeptFlag, ToldRecipient } from '../flags/flag.js';
import { FlagSeals } from '../flags/flag-seals.js';
import { flagHeld, flagOf, nameFlag, toldOf } from '../flags/persistence/flag-rows.js';
import type { PastRecipient, ToldExchange } from './follow-up.js';

/** One team that was told something in one exchange, and as what. */
export interface Told {
  readonly recipient: PastRecipient;
  readonly latest: ToldDisclosure;
  /** Absent: the record does not say. */
  readonly subjectRole: Ask['subjectRole'] | undefined;
  readonly urgency: Urgency;
}

type Grouped = readonly [ToldDisclosure, ...ToldDisclosure[]];

/** Finds, from the log's own entries, whom an agency told what in an exchange: a flag that it pushed, or an ask that it answered. */
@Injectable()
export class ToldExchanges {
  constructor(
    private readonly told: ToldDisclosures,
    private readonly subjects: SubjectRegistry,
    private readonly directory: AgencyDirectory,
    private readonly seals: FlagSeals,
  ) {}

  /**
   * An exchange of an agency's, with everybody it may know to have been told. In the scope of that agency alone.
   *
   * @returns undefined for another's, for one in which nobody was told anything, and once it is forgotten who it is about
   */
  async of(tx: Tx, custodian: AgencyId, id: ExchangeId): Promise<ToldExchange | undefined> {
    const disclosures = await this.told.inExchange(tx, custodian, id);
    // Held, so that nobody is being told of the flag meanwhile.
    const row = await flagHeld(tx, custodian, id);
    const flag = row && (await this.seals.open(tx, row));
    return flag === undefined
      ? this.ofAsk(tx, custodian, disclosures)
      : this.ofFlag(tx, flag, disclosures, await toldOf(tx, id));
  }

  /** Those who were told of a flag and whom its sender may not know of. In the scope of the sender alone. */
  async hiddenOf(tx: Tx, sender: AgencyId, flag: ExchangeId): Promise<'not-told-yet' | readonly PastRecipient[]> {
    const row = await flagOf(tx, sender, flag);
    if (row === undefined) return [];
    if (row.toldAt === null) return 'not-told-yet';
    await nameFlag(tx, flag);
    const hidden = (await toldOf(tx, flag)).filter(({ named }) => !named);
    const recipients: PastRecipient[] = [];
    for (const one of hidden) recipients.push(await this.recipientOfFlag(tx, one, row.raisedAt));
    return recipients;
  }

  /**
   * Disclosures gathered by exchange and team: whom each was made to, and what they were told in all. The transaction's scope
   * ends with the agency alone whose own records they are.
   *
   * @param side of that agency in them
   */
  async recipientsOf(
    tx: Tx,
    { agency, side }: { readonly agency: AgencyId; readonly side: Side },
    disclosures: readonly ToldDisclosure[],
  ): Promise<readonly Told[]> {
    const placed: { team: TeamId; to: AgencyId; each: ToldDisclosure }[] = [];
    for (const each of disclosures) {
      const to = side === 'requester' ? agency : each.counterpart;
      // Which team an officer is of is their agency's to know.
      await tx.narrow({ parties: [agency, to] });
      placed.push({ each, to, team: await this.teamOf(tx, to, each) });
    }
    await tx.narrow({ parties: [agency] });
    const groups = Map.groupBy(placed, ({ each, team }) => `${each.exchangeId}|${team}`);
    const told: Told[] = [];
    for (const [first, ...others] of groups.values() as Iterable<readonly (typeof placed)[number][]>) {
      if (first === undefined) continue;
      const all: Grouped = [first.each, ...others.map(({ each }) => each)];
      told.push({ ...(await this.toldTo(tx, first, all)), latest: all.at(-1) ?? first.each });
    }
    return told;
  }

  private async ofFlag(
    tx: Tx,
    flag: KeptFlag,
    disclosures: readonly ToldDisclosure[],
    told: readonly ToldRecipient[],
  ): Promise<ToldExchange> {
    const { officer: _, ...push } = flag.terms.push;
    const onRecord = new Map(disclosures.map((each) => [each.disclosureId, each]));
    const recipients: PastRecipient[] = [];
    for (const one of told) {
      const entry = onRecord.get(one.disclosureId);
      if (one.named && entry !== undefined) recipients.push(await this.recipientOfFlag(tx, one, entry.decidedAt));
    }
    return {
      id: flag.id,
      custodian: flag.sender,
      person: flag.person,
      purpose: flag.purpose,
      subjectRole: push.subjectRole,
      urgency: push.urgency,
      push,
      about: flag.disclosureId,
      recipients,
      isFlag: true,
    };
  }

  private async ofAsk(
    tx: Tx,
    custodian: AgencyId,
    disclosures: readonly ToldDisclosure[],
  ): Promise<ToldExchange | undefined> {
    const latest = disclosures.at(-1);
    if (latest === undefined || latest.subject === null) return undefined;
    const person = await this.subjects.personOf(tx, custodian, latest.subject);
    const ask = askIn(latest.details);
    if (person === undefined || ask === undefined) return undefined;
    const { subjectRole, subjectIsAdult, purpose, urgency, categories, notice, wishes } = ask;
    return {
      id: latest.exchangeId,
      custodian,
      person,
      purpose,
      subjectRole,
      urgency,
      push: {
        subjectRole,
        ...(subjectIsAdult !== undefined && { subjectIsAdult }),
        purpose,
        categories,
        handling: [],
        urgency,
        ...(notice !== undefined && { notice }),
        ...(wishes !== undefined && { wishes }),
      },
      about: latest.disclosureId,
      recipients: (await this.recipientsOf(tx, { agency: custodian, side: 'custodian' }, disclosures)).map(
        ({ recipient }) => recipient,
      ),
      isFlag: false,
    };
  }

  private async recipientOfFlag(
    tx: Tx,
    { agency: id, team: teamId, disclosureId, leaves, named, need }: ToldRecipient,
    receivedAt: PastRecipient['receivedAt'],
  ): Promise<PastRecipient> {
    const [agency, team] = await Promise.all([this.directory.agency(tx, id), this.directory.team(tx, teamId)]);
    if (agency === undefined || team === undefined) throw new Error('who was told of a flag is not in the directory');
    return { agency, team, disclosures: [disclosureId], receivedAt, leaves, named, need };
  }

  private async toldTo(
    tx: Tx,
    { to, team: teamId }: { readonly to: AgencyId; readonly team: TeamId },
    told: Grouped,
  ): Promise<Omit<Told, 'latest'>> {
    const [first, ...others] = told;
    const [agency, team] = await Promise.all([this.directory.agency(tx, to), this.directory.team(tx, teamId)]);
    if (agency === undefined || team === undefined) throw new Error('who was told is not in the directory');
    const ask = askIn(first.details);
    return {
      subjectRole: ask?.subjectRole,
      urgency: ask?.urgency ?? 'routine',
      recipient: {
        agency,
        team,
        disclosures: [first.disclosureId, ...others.map(({ disclosureId }) => disclosureId)],
        receivedAt: first.decidedAt,
        leaves: [...new Set(told.flatMap(({ leaves }) => leaves))],
        named: true,
      },
    };
  }

  /** The team that was told: of a flag the one on record, of an ask that of the officer who asked, as of then. */
  private async teamOf(
    tx: Tx,
    recipient: AgencyId,
    { details, decidedAt, disclosureId, exchangeId }: ToldDisclosure,
  ): Promise<TeamId> {
    const officer = askIn(details)?.officer.id;
    if (officer === undefined) {
      const told = (await toldOf(tx, exchangeId)).find((one) => one.disclosureId === disclosureId);
      if (told !== undefined) return told.team;
    }
    const then = officer && (await this.directory.teamOfOfficerAt(tx, recipient, officer, decidedAt));
    // The officer may have left the directory: whoever is there now hears of it in their place.
    const [any] = then ? [then] : await this.directory.teamsOf(tx, recipient);
    if (any === undefined) throw new Error('who was told has no team');
    return any.id;
  }
}

/** The ask that a record of its answer holds, the same on both sides; undefined in one of a flag's copy. */
function askIn(details: JsonObject): Ask | undefined {
  return details['ask'] as unknown as Ask | undefined;
}
