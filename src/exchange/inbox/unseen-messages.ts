import { Injectable } from '@nestjs/common';
import { consentsBehind } from '../../core/decision/release-stands.js';
import { toBase64url } from '../../core/signing/base64url.js';
import type { AgencyId, DisclosureId } from '../../core/vocabulary/ids.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import { Clock } from '../../platform/clock.js';
import type { Anchor } from '../../platform/database/anchors.js';
import type { Scope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { Randomness } from '../../platform/randomness.js';
import { DeliveryAuthority } from '../delivery-authority.js';
import { ServingPolicy } from '../serving-policy.js';
import type { KeptMessage, MessageContent, RestsOn } from './inbox-message.js';
import { InboxSeals } from './inbox-seals.js';
import { ReleaseAuthority } from './release-authority.js';
import { noteConsents, withholdMessage } from './persistence/inbox-rows.js';
import { withheldEntryOf, type TakenAgain } from './withheld-entry.js';

/** A message that nobody was shown, as it was delivered. */
export interface UnseenMessage {
  readonly message: KeptMessage;
  readonly content: MessageContent;
}

type Judged = UnseenMessage & { readonly again: TakenAgain | undefined; readonly stands: boolean };

/**
 * Decides a message again before anybody is shown it, and ends it where it no longer stands: what was delivered and
 * not seen is still to be disclosed, and a withdrawal that was committed meanwhile counts (trust.md I9).
 */
@Injectable()
export class UnseenMessages {
  constructor(
    private readonly seals: InboxSeals,
    private readonly releases: ReleaseAuthority,
    private readonly others: DeliveryAuthority,
    private readonly policy: ServingPolicy,
    private readonly log: DisclosureLog,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly randomness: Randomness,
  ) {}

  /**
   * Judges messages of one agency, whose rows the transaction holds, and gives the ids of those that stand. The others have
   * ended when it commits: their content is destroyed, and both parties have it on record.
   *
   * Holds every anchor the messages hang on, so that a change is seen or waits. What is not there to decide by denies. The
   * transaction's scope ends narrowed to the agency alone.
   *
   * @throws `policy-unavailable` and whatever else keeps a decision from being taken: then nothing may be shown
   */
  async settle(tx: Tx, agency: AgencyId, unseen: readonly UnseenMessage[]): Promise<ReadonlySet<string>> {
    const judged = await this.judge(tx, unseen);
    for (const one of judged) if (!one.stands) await this.record(tx, one);
    await tx.narrow({ parties: [agency] });
    for (const one of judged) {
      if (one.stands) await this.keep(tx, one);
      else await this.end(tx, one);
    }
    return new Set(judged.filter(({ stands }) => stands).map(({ message: { id } }) => id));
  }

  private async judge(tx: Tx, unseen: readonly UnseenMessage[]): Promise<readonly Judged[]> {
    // A refusal discloses nothing, whatever has become of the authority to disclose.
    const opened = unseen.map((one) => ({
      ...one,
      restsOn: one.content.disclosure === null ? undefined : this.seals.openRestsOn(one.message),
    }));
    const anchors = opened.flatMap(({ message, content, restsOn }) =>
      content.disclosure === null ? [] : anchorsOf(message, restsOn),
    );
    if (anchors.length > 0) await tx.lockShared(anchors);
    const judged: Judged[] = [];
    for (const { restsOn, ...one } of opened) {
      const again = restsOn && (await this.releases.again(tx, one.message, restsOn));
      judged.push({ ...one, again, stands: again?.stands ?? (await this.standsOtherwise(tx, one)) });
    }
    return judged;
  }

  /** Whether what was not released by a person may be shown; of what was, that it lacks what it rests on denies. */
  private async standsOtherwise(tx: Tx, { message, content }: UnseenMessage): Promise<boolean> {
    if (content.disclosure === null) return true;
    if (message.kind === 'released') return false;
    const { id: messageId, kind, sender, agency: recipient, team, purpose, exchangeId, disclosureId, madeAt } = message;
    await tx.narrow({ parties: [recipient, sender] });
    const { urgency } = content;
    const named = { messageId, kind, sender, recipient, team, purpose, urgency, exchangeId, disclosureId, madeAt };
    return (await this.others.stands(tx, named)) === 'stands';
  }

  private async record(tx: Tx, { message, content, again }: Judged): Promise<void> {
    const { agency, sender, disclosureId, hiddenFromSender } = message;
    // Whom the sender may not know of leaves nothing on its record.
    const agencies: Scope['parties'] = hiddenFromSender === true ? [agency] : [agency, sender];
    await tx.narrow({ parties: agencies });
    const entry = withheldEntryOf({
      message,
      content,
      again,
      disclosureId: this.ids.next() as DisclosureId,
      decidedAt: this.clock.now(),
      decisionSalt: toBase64url(this.randomness.bytes(32)),
      reasons: this.policy.law.reasons,
    });
    await this.log.append(tx, this.log.prepare(entry));
    await this.log.recordOutcome(tx, { disclosureId, agencies, outcome: 'not_sent', bytes: 0 });
  }

  private async end(tx: Tx, { message }: Judged): Promise<void> {
    await withholdMessage(tx, message.id, this.clock.now());
    await this.seals.shred(tx, message);
  }

  private async keep(tx: Tx, { message: { id }, again }: Judged): Promise<void> {
    if (again !== undefined) await noteConsents(tx, id, consentsBehind(again.facts, again.restsOn.released.leaves));
  }
}

function anchorsOf({ agency, sender }: KeptMessage, restsOn: RestsOn | undefined): readonly Anchor[] {
  return [
    { kind: 'policy', id: 'published' },
    { kind: 'agency', id: agency },
    { kind: 'agency', id: sender },
    ...(restsOn === undefined ? [] : [{ kind: 'subject', id: restsOn.person } as const]),
  ];
}
