import type { FactsOfRelease } from '../../core/decision/decide-by-person.js';
import type { ReleaseTakenAgain } from '../../core/decision/release-stands.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { Category, LeafPath, ReasonCode } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, SubjectRef } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { SliceContent, SliceOutcome } from '../../disclosure-log/slice.js';
import { basisCodesOf, decisionJson, factsDigestOf } from '../entry-of.js';
import type { KeptMessage, MessageContent, RestsOn } from './inbox-message.js';

/** A release as it was taken again for a message that nobody was shown. */
export interface TakenAgain extends ReleaseTakenAgain {
  readonly restsOn: RestsOn;
  readonly facts: FactsOfRelease;
  readonly refs: ReadonlyMap<AgencyId, SubjectRef>;
}

/** What is put on record of a message that was ended before anybody was shown it. */
export interface WithheldMessage {
  readonly message: KeptMessage;
  readonly content: Pick<MessageContent, 'items' | 'urgency'>;
  /** Undefined where there was nothing to decide it again by. */
  readonly again: TakenAgain | undefined;
  readonly disclosureId: DisclosureId;
  readonly decidedAt: Instant;
  /** 32 bytes, base64url. */
  readonly decisionSalt: string;
  readonly reasons: Catalogue['reasons'];
}

/** One category of a released message, as far as it is told anew. */
interface DeliveredItem extends JsonObject {
  readonly category: Category;
  readonly status: string;
  readonly text?: string;
}

/**
 * The two records of a release that was stopped before it was seen: an entry of its own, about the release. The recipient's
 * says that it was, and nothing of why; the custodian's holds every finding.
 */
export function withheldEntryOf(withheld: WithheldMessage): DisclosureEntry {
  const { message, content, again, disclosureId, decidedAt, decisionSalt } = withheld;
  const { agency, sender, exchangeId } = message;
  const items = itemsWithout(withheld);
  const common = {
    kind: 'deny',
    purpose: message.purpose,
    outcome: 'withheld',
    categories: items.map(({ category }) => category),
    emergency: content.urgency === 'emergency',
    decidedAt,
    officer: null,
  } as const;
  const told = {
    withheldUnseen: { messageId: message.id, disclosureId: message.disclosureId },
    items,
    askOutcome: outcomeWithout(again),
    releasedLeaves: [],
    disclosureDigest: null,
  };
  const facts = again && Buffer.from(JSON.stringify(again.facts), 'utf8');
  const side = (own: AgencyId, counterpart: AgencyId): Omit<SliceContent, 'basis' | 'details'> => ({
    ...common,
    agency: own,
    counterpart,
    subject: again?.refs.get(own) ?? null,
  });
  return {
    disclosureId,
    exchangeId,
    about: message.disclosureId,
    requester: { ...side(agency, sender), basis: {}, details: told },
    custodian:
      message.hiddenFromSender === true
        ? undefined
        : {
            ...side(sender, agency),
            basis: again === undefined ? {} : basisCodesOf(again.decision),
            details: {
              ...told,
              ...(again === undefined || facts === undefined
                ? { because: 'nothing is left to decide it again by' }
                : {
                    because: plain(again.because),
                    lostLeaves: [...again.lost],
                    requesterOfficer: again.restsOn.asker.officer,
                    decision: decisionJson(again.decision),
                    decisionSalt,
                    factsDigest: factsDigestOf(facts, decisionSalt),
                  }),
            },
          },
    ...(facts !== undefined && { facts }),
  };
}

/** Each category asked as it stands without the release: what the answer itself gave stays given. */
function itemsWithout({ content, again, reasons }: WithheldMessage): readonly DeliveredItem[] {
  const leaves = again?.restsOn.released.leaves ?? [];
  const answered = again?.restsOn.byPerson.answered ?? [];
  const left = new Set(leaves.map((leaf: LeafPath) => leaf.split('.', 1)[0]));
  const items = content.items as unknown as readonly DeliveredItem[];
  return items.map((item) => {
    const isReleased = again === undefined ? isGiven(item) : left.has(item.category);
    if (!isReleased) return item;
    const { text, ...told } = item;
    const withoutText = { ...told, ...(text !== undefined && { text: 'withheld' }) };
    return answered.includes(item.category) ? withoutText : { ...withoutText, ...withheldFor(reasons) };
  });
}

const isGiven = ({ status, text }: DeliveredItem): boolean =>
  status === 'released' || status === 'minimised' || text === 'released';

function withheldFor(reasons: Catalogue['reasons']): JsonObject {
  const explanation = reasons.get('withheld' as ReasonCode)?.explanation;
  return { status: 'withheld', reason: 'withheld', ...(explanation !== undefined && { explanation }) };
}

/** How the ask stands without the release. */
function outcomeWithout(again: TakenAgain | undefined): SliceOutcome {
  const before = again?.restsOn.answeredOutcome;
  return before === 'released' || before === 'partly-released' ? 'partly-released' : 'withheld';
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
