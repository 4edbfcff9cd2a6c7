import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import type { Push } from '../../core/decision/push.js';
import type { PushedContent } from '../../core/redaction/pushed-record.js';
import { toBase64url } from '../../core/signing/base64url.js';
import { canonicalJson } from '../../core/signing/canonical-json.js';
import { sha256Base64url } from '../../core/signing/digest.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Category } from '../../core/vocabulary/codes.js';
import type { DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { Randomness } from '../../platform/randomness.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { DisclosureSealer } from '../disclosure-sealer.js';
import { ServingPolicy } from '../serving-policy.js';
import { categoriesOf } from './corrected-content.js';
import { Corrections } from './corrections.js';
import type { FollowUp, PastRecipient, ToldExchange } from './follow-up.js';
import { FollowUpSeals } from './follow-up-seals.js';
import { followUpEntry } from './notice-entry.js';
import { Notices, type GivenNotice, type NoticeToGive } from './notices.js';
import { wasRecalled } from './persistence/follow-up-rows.js';
import { ToldExchanges } from './told-exchanges.js';

/** What the call asks: a correction says what is right, a recall nothing. */
export interface Following {
  readonly of: ExchangeId;
  readonly reason: string;
  readonly content?: PushedContent;
}

interface Given extends GivenNotice {
  readonly recipient: PastRecipient;
}

/**
 * The straight line of a correction or a recall, in the transaction of its call: whom the caller told, from its own entries in
 * the log; what of it each of them may be told; their copies, records and messages; its own record. One commit.
 *
 * Whom the caller may not know of, and whom its recipients gave it on to, {@link NoticeTelling} tells from that commit on.
 */
@Injectable()
export class FollowUpLine {
  constructor(
    private readonly exchanges: ToldExchanges,
    private readonly corrections: Corrections,
    private readonly notices: Notices,
    private readonly seals: FollowUpSeals,
    private readonly directory: AgencyDirectory,
    private readonly subjects: SubjectRegistry,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
  ) {}

  /**
   * The transaction's scope must be the caller's agency alone, and ends so.
   *
   * @throws `not-found` for an exchange that the caller's agency told nobody anything in, another's among them; `conflict` for one
   *   that was recalled
   */
  async carryOut(tx: Tx, call: AuthenticatedCall, following: Following, origin: string): Promise<Answer> {
    const { of, content } = following;
    const exchange = await this.exchanges.of(tx, call.agency, of);
    if (exchange === undefined) throw new GatewayProblem('not-found');
    await this.hold(tx, exchange);
    if (await wasRecalled(tx, call.agency, of))
      throw new GatewayProblem('conflict', { detail: 'what was told in the exchange has been recalled' });
    const followUp = await this.begun(tx, call, exchange, following);
    await this.seals.keep(tx, followUp, content);
    const subject = await this.subjects.refFor(tx, call.agency, exchange.person);
    const given: Given[] = [];
    for (const recipient of exchange.recipients) {
      const notice = await this.noticeTo(tx, { followUp, exchange, recipient, origin, ...(content && { content }) });
      const one = notice && (await this.notices.give(tx, notice));
      if (one !== undefined) given.push({ ...one, recipient });
    }
    await tx.narrow({ parties: [call.agency] });
    const { law } = this.policy;
    const categories =
      content === undefined
        ? categoriesOf(
            exchange.recipients.flatMap(({ leaves }) => leaves),
            law,
          )
        : categoriesOf(content.keys(), law);
    return this.concluded(tx, call, { followUp, exchange, subject, given, categories });
  }

  /** Authority, then the person: in that order everywhere. */
  private async hold(tx: Tx, { custodian, person, recipients }: ToldExchange): Promise<void> {
    await tx.lockShared([
      { kind: 'policy', id: 'published' },
      ...[custodian, ...new Set(recipients.map(({ agency }) => agency.id))].map(
        (id) => ({ kind: 'agency', id }) as const,
      ),
      { kind: 'subject', id: person },
    ]);
  }

  private async begun(
    tx: Tx,
    call: AuthenticatedCall,
    exchange: ToldExchange,
    { of, reason, content }: Following,
  ): Promise<FollowUp> {
    const at = this.clock.now();
    const [team, held] = await Promise.all([
      this.directory.teamOfOfficerAt(tx, call.agency, call.officer, at),
      this.directory.officerAt(tx, call.agency, call.officer, at),
    ]);
    if (held === undefined || team === undefined)
      throw new GatewayProblem('officer-not-permitted', { detail: 'the officer holds no role here and now' });
    const { agency, officer, clientKey, signature, requestDigest } = call;
    const push: Push = { ...exchange.push, officer: { id: officer, role: held.role } };
    return {
      id: this.ids.next(),
      agency,
      kind: content === undefined ? 'recall' : 'correction',
      of,
      disclosureId: this.ids.next() as DisclosureId,
      person: exchange.person,
      purpose: exchange.purpose,
      begunAt: at,
      terms: {
        sentBy: { agency, officer, clientKey, signature: { kid: signature.kid } },
        reason,
        requestDigest,
        push,
        sentFrom: team.id,
      },
    };
  }

  /**
   * What one past recipient of the follow-up's own agency hears; undefined where nothing of it concerns it. Its anchor must be
   * held.
   */
  async noticeTo(
    tx: Tx,
    {
      followUp,
      exchange,
      recipient,
      content,
      origin,
    }: {
      readonly followUp: FollowUp;
      readonly exchange: Pick<ToldExchange, 'id' | 'subjectRole' | 'urgency'>;
      readonly recipient: PastRecipient;
      readonly content?: PushedContent;
      readonly origin: string;
    },
  ): Promise<NoticeToGive | undefined> {
    const { agency: sender, person, purpose, terms } = followUp;
    const at = this.clock.now();
    const common = {
      ...{ followUp, sender, recipient, purpose, at, origin },
      ...{ of: exchange.id, subjectRole: exchange.subjectRole, urgency: exchange.urgency },
    };
    if (content === undefined) {
      const categories = categoriesOf(recipient.leaves, this.policy.law);
      return categories.length === 0 ? undefined : { ...common, categories };
    }
    const { sentBy, push } = terms;
    if (sentBy === undefined || push === undefined) throw new Error('a correction that nobody sent');
    const told = await this.corrections.toldTo(tx, { sentBy, push, person, content, at }, recipient);
    return told && { ...common, ...told };
  }

  private async concluded(
    tx: Tx,
    call: AuthenticatedCall,
    done: {
      readonly followUp: FollowUp;
      readonly exchange: ToldExchange;
      readonly subject: Awaited<ReturnType<SubjectRegistry['refFor']>>;
      readonly given: readonly Given[];
      readonly categories: readonly Category[];
    },
  ): Promise<Answer> {
    const { followUp, exchange, subject, given, categories } = done;
    const { disclosureId, begunAt, of, kind } = followUp;
    const salt = this.randomness.bytes(32);
    const exchangeId = this.ids.next() as ExchangeId;
    const recipients: Json = given.map(({ recipient: { agency, team, disclosures }, disclosureId: notice }) => ({
      recipient: agency.id,
      team: team.id,
      about: [...disclosures],
      disclosureId: notice,
    }));
    const { requestDigest, signature } = call;
    const prepared = this.log.prepare(
      followUpEntry({
        ...{ followUp, exchangeId, categories, subject, recipients },
        about: exchange.about,
        officer: call.officer,
        provedBy: { requestDigest, signature: { kid: signature.kid, digest: signature.digest } },
        salt: toBase64url(salt),
      }),
    );
    const receipt = await this.sealer.receipt(
      {
        id: exchangeId,
        disclosureId,
        requestDigest,
        decisionDigest: sha256Base64url(Buffer.concat([salt, Buffer.from(canonicalJson(recipients), 'utf8')])),
        disclosureDigest: null,
        leaf: toBase64url(prepared.leafHash),
        policyVersion: String((await this.policy.compiled(tx)).version),
      },
      begunAt,
    );
    await this.log.append(tx, prepared);
    return {
      status: 201,
      body: {
        id: of,
        disclosureId,
        kind,
        receipt,
        deliveries: given.map(({ recipient: { agency, team } }) => ({
          recipient: agency.id,
          team: team.id,
          status: 'pending',
        })),
      },
    };
  }
}
