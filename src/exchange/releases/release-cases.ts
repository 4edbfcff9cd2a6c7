import { Injectable } from '@nestjs/common';
import { review } from '../../core/decision/review.js';
import type { Facts } from '../../core/decision/facts.js';
import type { CompiledPolicy } from '../../core/decision/policy-ability.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import { ReleaseClock } from '../release-clock.js';
import { ServingPolicy } from '../serving-policy.js';
import { openCaseOf, putCase } from './persistence/release-rows.js';
import type { ReleaseCase, WaitingAsk } from './release-case.js';
import { reviewDigest } from './review-digest.js';
import { answeredIn, whatWaits } from './what-waits.js';

/** An ask that has been decided and leaves something to a person, or may. */
export interface AnsweredAsk extends WaitingAsk {
  readonly exchangeId: ExchangeId;
  readonly disclosureId: DisclosureId;
  /** Whether it was asked before under the same key, so that a case of it may be open. */
  readonly isRetry: boolean;
  readonly facts: Facts;
  /** By which it was decided. */
  readonly policy: CompiledPolicy;
  /** By when its requester was told; absent where nothing was told. */
  readonly dueAt?: Instant;
}

/** Whose case it is; what is sealed for it opens nowhere else. */
interface CasePlace {
  readonly id: string;
  readonly custodian: AgencyId;
}

type Part = 'ask' | 'proposal';

/** Opens the cases that wait for a person, and keeps what that person needs. */
@Injectable()
export class ReleaseCases {
  constructor(
    private readonly policy: ServingPolicy,
    private readonly clock: ReleaseClock,
    private readonly sealer: EntrySealer,
    private readonly ids: Ids,
  ) {}

  /**
   * Opens a case for an answered ask, in the transaction that logs the answer; for one that leaves nothing to a person it
   * does nothing. A retry takes the place of its earlier answer.
   *
   * Rests on the answer and the ask alone, so that from a claim a case is opened for a person nobody knows as for any other.
   */
  async open(tx: Tx, answered: AnsweredAsk): Promise<void> {
    const { exchangeId, disclosureId, isRetry, facts, policy, dueAt, ...waiting } = answered;
    const { law } = this.policy;
    const { ask } = waiting;
    const categories = whatWaits(waiting.items, law);
    if (categories.length === 0 || waiting.outcome === 'refused') return;
    const namedRole = law.teamKinds.get(facts.custodian.teamKind)?.namedRole;
    const shown = review(facts, law, policy, answeredIn(waiting.items));
    const held = isRetry ? await openCaseOf(tx, ask.custodian, exchangeId) : undefined;
    const id = held ?? this.ids.next();
    const place = { id, custodian: ask.custodian };
    const sealed =
      held === undefined ? this.sealNew(tx, place, 'ask', waiting) : await this.seal(tx, place, 'ask', waiting);
    putCase(tx, {
      id,
      exchangeId,
      disclosureId,
      requester: waiting.asker.agency,
      custodian: ask.custodian,
      custodianTeam: ask.custodianTeam,
      ...(namedRole !== undefined && { namedRole }),
      purpose: ask.purpose,
      categories,
      urgency: ask.urgency,
      openedAt: facts.decidedAt,
      dueAt: dueAt ?? this.clock.dueAt(ask.urgency, facts.decidedAt, facts.custodian.jurisdiction),
      seen: reviewDigest(shown),
      sealed,
    });
  }

  /** What a person needs to decide an open case; undefined once it is decided. */
  async waiting(tx: Tx, held: ReleaseCase): Promise<WaitingAsk | undefined> {
    return held.sealed && (await this.opened<WaitingAsk>(tx, held, 'ask', held.sealed));
  }

  /** Seals something of a case for its custodian, under the case's own key. */
  seal(tx: Tx, { id, custodian }: CasePlace, part: Part, content: object): Promise<Buffer> {
    return this.sealer.seal(tx, { agency: custodian, entry: id }, boundTo(part, id), bytesOf(content));
  }

  /** The same for a case that is new, under a key made for it. */
  private sealNew(tx: Tx, { id, custodian }: CasePlace, part: Part, content: object): Buffer {
    const plain = { agency: custodian, of: id, aad: boundTo(part, id), bytes: bytesOf(content) };
    const [sealed] = this.sealer.sealNew(tx, [plain], (failure) => failure);
    if (sealed === undefined) throw new Error('one thing was sealed and none given');
    return sealed;
  }

  /** What was sealed of a case; undefined once its key is gone. */
  async opened<T>(tx: Tx, { id, custodian }: CasePlace, part: Part, sealed: Buffer): Promise<T | undefined> {
    const bytes = await this.sealer.open(tx, { agency: custodian, entry: id }, boundTo(part, id), sealed);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(bytes.toString('utf8')) as Json as T;
    } finally {
      bytes.fill(0);
    }
  }
}

function boundTo(part: Part, id: string): string {
  return `release_case|${part}|${id}`;
}

function bytesOf(content: object): Buffer {
  return Buffer.from(JSON.stringify(content), 'utf8');
}
