import { Injectable } from '@nestjs/common';
import type { DutyContact } from '../../agencies/agency.js';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { RefusalGround } from '../../core/decision/decision.js';
import type { PushFacts } from '../../core/decision/push.js';
import { toBase64url } from '../../core/signing/base64url.js';
import type { DisclosureId, ExchangeId, PersonId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { malformed } from '../../platform/problems/gateway-problem.js';
import { Randomness } from '../../platform/randomness.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { DisclosureSealer } from '../disclosure-sealer.js';
import { ExchangeSettings } from '../exchange-settings.js';
import { ServingPolicy } from '../serving-policy.js';
import { FlagCopies } from './flag-copies.js';
import { digestOfDecisions, raisedEntry, refusedEntry, type NamedDecision, type OwnRecord } from './flag-entry.js';
import { FlagSeals } from './flag-seals.js';
import type { FlagTerms, Recipient } from './flag.js';
import { addFlag, flagOf } from './persistence/flag-rows.js';
import { nobodyToTell, raisedAnswer, refusedPush, type PushAnswer } from './push-answers.js';
import { PushDecisions } from './push-decisions.js';
import type { Pushed } from './pushed.js';
import { Recipients } from './recipients.js';

type StatedGround = RefusalGround & { readonly kind: 'stated' };

/** What one recipient is told, and what that was decided from. */
interface Decided extends NamedDecision {
  readonly facts: PushFacts;
}

/** A push under way: what it is, and under which ids. */
interface UnderWay {
  readonly pushed: Pushed;
  readonly id: ExchangeId;
  readonly disclosureId: DisclosureId;
  readonly salt: Buffer;
  readonly at: Instant;
  readonly origin: string;
}

/** What became of a push that was taken in. */
interface TakenIn {
  readonly named: readonly NamedDecision[];
  readonly subject: SubjectRef;
}

/** A flag of which policy lets nobody be told anything, whoever it is about. */
interface Refused {
  readonly ground: StatedGround;
  readonly named: readonly NamedDecision[];
}

function statedGroundOf({ decision }: NamedDecision): StatedGround | undefined {
  return decision.effect === 'refuse' && decision.ground.kind === 'stated' ? decision.ground : undefined;
}

/**
 * The straight line of a push, in one transaction of its sender that begins with the claim of its key: who owes the person a
 * standing duty, their anchors held, the person's row, what each of them is told, decided under the lock, each one's copy
 * logged and put into its inbox, and last the sender's own record and its receipt.
 *
 * It does the same by the same statements whoever else works with the person: those the sender may not know of are told by
 * a transaction of their own, which begins once this one is durable. {@link FlagTelling}
 */
@Injectable()
export class PushLine {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly subjects: SubjectRegistry,
    private readonly recipients: Recipients,
    private readonly decisions: PushDecisions,
    private readonly copies: FlagCopies,
    private readonly seals: FlagSeals,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly policy: ServingPolicy,
    private readonly settings: ExchangeSettings,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
  ) {}

  /**
   * Carries a push out in the transaction of its call, whose scope is its agency alone.
   *
   * @throws `malformed` for what the directory does not know
   */
  async carryOut(tx: Tx, pushed: Pushed, origin: string): Promise<Answer> {
    const { call, named } = pushed;
    const begun = this.clock.now();
    const match = await this.subjects.match(tx, named.identifiers, named.details);
    // Somebody nobody knows, or in doubt, is asked after under an id that is nobody's.
    const known = match.kind === 'matched' ? match.person : (this.ids.next() as PersonId);
    const told = await this.toBeTold(tx, pushed, known, begun);
    // Authority is anchored before the person is: policy, agencies, subject, in that order everywhere.
    await tx.lockShared([
      { kind: 'policy', id: 'published' },
      ...[call.agency, ...told.map(({ agency }) => agency.id)].map((id) => ({ kind: 'agency', id }) as const),
    ]);
    const underWay: UnderWay = {
      pushed,
      id: this.ids.next() as ExchangeId,
      disclosureId: this.ids.next() as DisclosureId,
      salt: this.randomness.bytes(32),
      at: this.clock.now(),
      origin,
    };
    if (!told.some(({ need }) => need.by === 'standing-duty')) return this.nobody(tx, underWay);
    await tx.sql('SAVEPOINT nobody_registered');
    const result = await this.takeIn(tx, underWay, told, match.kind === 'ambiguous');
    if ('ground' in result) {
      // Of a push that is refused no person comes to be known.
      await tx.sql('ROLLBACK TO SAVEPOINT nobody_registered');
      return this.refused(tx, underWay, result);
    }
    return this.raised(tx, underWay, result);
  }

  /** Those the sender may know to be told, each team once, as far as the sender would have them told. */
  private async toBeTold(tx: Tx, pushed: Pushed, person: PersonId, at: Instant): Promise<readonly Recipient[]> {
    const sender = pushed.call.agency;
    const owing = await this.recipients.owingDuty(tx, pushed, person, at);
    // In the sender's own scope: the involvements that it opened.
    const involved = await this.recipients.involved(tx, { sender, person, at, named: true });
    const byTeam = new Map([...involved, ...owing].map((recipient) => [recipient.team.id, recipient]));
    const inOrder = [...owing, ...involved].filter((recipient) => byTeam.get(recipient.team.id) === recipient);
    return inOrder.filter(({ agency }) => pushed.only?.includes(agency.id) ?? true);
  }

  private async takeIn(
    tx: Tx,
    underWay: UnderWay,
    told: readonly Recipient[],
    isInDoubt: boolean,
  ): Promise<TakenIn | Refused> {
    const { pushed, id, disclosureId, at, origin } = underWay;
    const { call, named, push, content, duties } = pushed;
    const sender = call.agency;
    const [first, ...others] = named.identifiers;
    if (first === undefined) throw new Error('a push names no identifier, which its schema demands');
    const person = await this.subjects.register(
      tx,
      { agency: sender, officer: call.officer },
      {
        identifiers: [first, ...others],
        details: named.details,
        standingDuties: [...duties].map(([kind, agency]) => ({ kind, agency })),
      },
    );
    await this.assertSupersedes(tx, pushed, person);
    const acting = await this.directory.teamOfOfficerAt(tx, sender, call.officer, at);
    const terms = termsOf(underWay, acting?.id, isInDoubt);
    const decided: Decided[] = [];
    for (const recipient of told)
      decided.push({ recipient, ...(await this.decisions.of(tx, { sentBy: call, push, person, recipient, at })) });
    const grounds = decided.map((each) => statedGroundOf(each));
    // The ground of whom policy speaks to says most: of the others it is that policy does not.
    const ground = grounds.find((_, index) => decided[index]?.decision.policyRow !== undefined) ?? grounds[0];
    if (ground !== undefined && grounds.every((each) => each !== undefined)) return { ground, named: decided };
    // To whom no policy speaks is no recipient. What another may not be told is shown as withheld, and not why.
    const able = decided.filter(({ decision }) => decision.policyRow !== undefined);
    await tx.narrow({ parties: [sender] });
    const flag = { id, sender, person, disclosureId, purpose: push.purpose, raisedAt: at };
    await addFlag(tx, { ...flag, ...(await this.seals.seal(tx, flag, { terms, content })) });
    const subject = await this.subjects.refFor(tx, sender, person);
    const outcomes: NamedDecision[] = [];
    for (const { recipient, decision, facts } of able) {
      if (decision.effect !== 'permit') {
        outcomes.push({ recipient, decision });
        continue;
      }
      await tx.narrow({ parties: [sender, recipient.agency.id], subject: person });
      const copy = await this.copies.make(tx, { flag, terms, content, recipient, decision, facts, at, origin });
      outcomes.push({ recipient, decision, disclosureId: copy });
    }
    return { named: outcomes, subject };
  }

  private async assertSupersedes(tx: Tx, { call, head }: Pushed, person: PersonId): Promise<void> {
    if (head.supersedes === null) return;
    const earlier = await flagOf(tx, call.agency, head.supersedes);
    if (earlier?.person !== person) throw malformed('/supersedes', 'must be a flag of your own about the same person');
  }

  private async raised(tx: Tx, underWay: UnderWay, { named, subject }: TakenIn): Promise<Answer> {
    const { pushed, salt } = underWay;
    await tx.narrow({ parties: [pushed.call.agency] });
    const entry = raisedEntry({ ...recordOf(underWay, subject), push: pushed.push, head: pushed.head, named });
    return raisedAnswer(await this.logged(tx, underWay, entry, digestOfDecisions(named, salt)), named);
  }

  private async refused(tx: Tx, underWay: UnderWay, { ground, named }: Refused): Promise<Answer> {
    const { pushed, salt } = underWay;
    const entry = refusedEntry({
      ...recordOf(underWay, null),
      ...{ push: pushed.push, head: pushed.head, reason: ground.reason, named },
    });
    const answer = await this.logged(tx, underWay, entry, digestOfDecisions(named, salt));
    return refusedPush(answer, ground, this.policy.law, await this.contactOf(tx, pushed));
  }

  private async nobody(tx: Tx, underWay: UnderWay): Promise<Answer> {
    const { pushed, salt } = underWay;
    const entry = refusedEntry({
      ...recordOf(underWay, null),
      ...{ push: pushed.push, head: pushed.head, reason: 'no-standing-duty', named: [] },
    });
    const answer = await this.logged(tx, underWay, entry, digestOfDecisions([], salt));
    return nobodyToTell(answer, await this.contactOf(tx, pushed));
  }

  /** Whom to ring: the council that the sender named, since nobody there is told by the gateway; else its own duty desk. */
  private async contactOf(tx: Tx, { call, duties }: Pushed): Promise<DutyContact> {
    const council = duties.get('home-authority');
    const contact =
      (council && (await this.directory.dutyContact(tx, council))) ??
      (await this.directory.dutyContact(tx, call.agency));
    if (contact === undefined) throw new Error('an authenticated agency is not in the directory');
    return contact;
  }

  private async logged(
    tx: Tx,
    { pushed, id, disclosureId, at }: UnderWay,
    entry: DisclosureEntry,
    decisionDigest: string,
  ): Promise<PushAnswer> {
    const prepared = this.log.prepare(entry);
    const receipt = await this.sealer.receipt(
      {
        id,
        disclosureId,
        requestDigest: pushed.call.requestDigest,
        decisionDigest,
        disclosureDigest: null,
        leaf: toBase64url(prepared.leafHash),
        policyVersion: String((await this.policy.compiled(tx)).version),
      },
      at,
    );
    await this.log.append(tx, prepared);
    return { publicUrl: this.settings.publicUrl, id, disclosureId, receipt };
  }
}

function recordOf({ pushed, id, disclosureId, at, salt }: UnderWay, subject: SubjectRef | null): OwnRecord {
  return { call: pushed.call, id, disclosureId, subject, at, salt };
}

function termsOf({ pushed, salt }: UnderWay, team: FlagTerms['sentFrom'] | undefined, isInDoubt: boolean): FlagTerms {
  const { call, push, head, only } = pushed;
  const { agency, officer, clientKey, signature, requestDigest } = call;
  return {
    push,
    head,
    sentBy: { agency, officer, clientKey, signature: { kid: signature.kid } },
    sentFrom: team ?? ('' as FlagTerms['sentFrom']),
    salt: toBase64url(salt),
    requestDigest,
    ...(only !== undefined && { only }),
    ...(isInDoubt && { isInDoubt }),
  };
}
