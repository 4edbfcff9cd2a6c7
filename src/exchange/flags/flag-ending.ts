import { Injectable } from '@nestjs/common';
import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { toBase64url } from '../../core/signing/base64url.js';
import { sha256Base64url } from '../../core/signing/digest.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import { dateOf, type Instant } from '../../core/vocabulary/time.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { GatewayProblem, malformed } from '../../platform/problems/gateway-problem.js';
import { Randomness } from '../../platform/randomness.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { DisclosureSealer } from '../disclosure-sealer.js';
import { ServingPolicy } from '../serving-policy.js';
import { FlagCopies } from './flag-copies.js';
import { endedEntry } from './flag-entry.js';
import { FlagSeals } from './flag-seals.js';
import type { KeptFlag, Recipient, ToldRecipient } from './flag.js';
import { flagHeld, markEnded, toldOf } from './persistence/flag-rows.js';

/** How a flag is ended: never deleted, for what was told was told. */
export interface Ending {
  readonly id: ExchangeId;
  readonly reason: string;
  readonly endedAt: Instant;
}

/** Ends a flag, and tells everybody who was told of it and whom the sender may know of. {@link FlagTelling} tells the others. */
@Injectable()
export class FlagEnding {
  constructor(
    private readonly directory: AgencyDirectory,
    private readonly subjects: SubjectRegistry,
    private readonly copies: FlagCopies,
    private readonly seals: FlagSeals,
    private readonly sealer: DisclosureSealer,
    private readonly log: DisclosureLog,
    private readonly policy: ServingPolicy,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
  ) {}

  /**
   * Ends a flag in the transaction of its call, whose scope is its agency alone.
   *
   * @throws `not-found` for another's; `conflict` for one that has ended; `malformed` for a time before the flag was raised
   */
  async carryOut(tx: Tx, call: AuthenticatedCall, { id, reason, endedAt }: Ending, origin: string): Promise<Answer> {
    const row = await flagHeld(tx, call.agency, id);
    const flag = row && (await this.seals.open(tx, row));
    if (flag === undefined) throw new GatewayProblem('not-found');
    const at = this.clock.now();
    const { period } = flag.terms.head;
    if (flag.endedAt !== undefined || (period.end !== null && period.end <= dateOf(flag.raisedAt)))
      throw new GatewayProblem('conflict', { detail: 'the flag has ended' });
    if (endedAt > at) throw malformed('/at', 'must not lie in the future');
    if (dateOf(endedAt) < period.start) throw malformed('/at', 'must not be before the flag’s `period.start`');
    const told = await toldOf(tx, id);
    await tx.lockShared(told.map(({ agency }) => ({ kind: 'agency', id: agency })));
    const ended = { ...flag, endedAt };
    const subject = await this.subjects.refFor(tx, flag.sender, flag.person);
    await markEnded(tx, id, { endedAt, notedAt: at });
    for (const one of told) await this.tell(tx, { flag: ended, told: one, endedAt, sentBy: call, at, origin });
    await tx.narrow({ parties: [call.agency] });
    const disclosureId = this.ids.next() as DisclosureId;
    const salt = this.randomness.bytes(32);
    const prepared = this.log.prepare(
      endedEntry({ call, id, disclosureId, subject, at, salt, flag: ended, reason, endedAt }),
    );
    const receipt = await this.sealer.receipt(
      {
        id,
        disclosureId,
        requestDigest: call.requestDigest,
        decisionDigest: sha256Base64url(Buffer.concat([salt, Buffer.from(endedAt, 'utf8')])),
        disclosureDigest: null,
        leaf: toBase64url(prepared.leafHash),
        policyVersion: String((await this.policy.compiled(tx)).version),
      },
      at,
    );
    await this.log.append(tx, prepared);
    return {
      status: 201,
      body: {
        id,
        disclosureId,
        endedAt,
        receipt,
        deliveries: told.map(({ agency, team }) => ({ recipient: agency, team, status: 'pending' })),
      },
    };
  }

  /** Tells one of them. The transaction's scope ends narrowed to sender, recipient and person. */
  async tell(
    tx: Tx,
    ending: {
      readonly flag: KeptFlag;
      readonly told: ToldRecipient;
      readonly endedAt: Instant;
      readonly sentBy: Pick<AuthenticatedCall, 'officer'>;
      readonly at: Instant;
      readonly origin: string;
    },
  ): Promise<void> {
    const { flag, told } = ending;
    await tx.narrow({ parties: [flag.sender, told.agency], subject: flag.person });
    await this.copies.end(tx, { ...ending, recipient: await this.recipientOf(tx, told) });
  }

  private async recipientOf(tx: Tx, { agency: id, team: teamId, need, named }: ToldRecipient): Promise<Recipient> {
    const [agency, team] = await Promise.all([this.directory.agency(tx, id), this.directory.team(tx, teamId)]);
    if (agency === undefined || team === undefined) throw new Error('who was told of a flag is not in the directory');
    return { agency, team, need, named };
  }
}
