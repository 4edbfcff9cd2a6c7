import { Injectable } from '@nestjs/common';
import type { Finding } from '../../core/decision/decision.js';
import { permitConsultation, type ConsultationPermit } from '../../core/decision/permit-consultation.js';
import type { Review } from '../../core/decision/review.js';
import { show, type ShownCategory } from '../../core/redaction/show.js';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Category, LeafPath } from '../../core/vocabulary/codes.js';
import type { DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import type { Json, JsonObject } from '../../core/vocabulary/json.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { DisclosureEntry } from '../../disclosure-log/logged-disclosure.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Calls } from '../../platform/calls/calls.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Ids } from '../../platform/ids.js';
import { SourceSystems } from '../../sources/source-systems.js';
import { ServingPolicy } from '../serving-policy.js';
import { caseJson, decidedCaseJson } from './case-json.js';
import { committed } from './committed.js';
import { noteFetch, noteSeen } from './persistence/release-rows.js';
import { reviewDigest } from './review-digest.js';
import { CaseReview, type ReviewedCase } from './reviewed-case.js';

/** A look that was begun: nothing fetched yet. */
interface Looking extends ReviewedCase {
  readonly disclosureId: DisclosureId;
  readonly permit: ConsultationPermit;
}

/**
 * Shows a case to an officer who may decide it: the ask, and the custodian's own record as it is now, as far as a person may
 * decide on it. The consultation is on the custodian's record before it is answered.
 */
@Injectable()
export class Consultations {
  constructor(
    private readonly database: Database,
    private readonly calls: Calls,
    private readonly reviews: CaseReview,
    private readonly sources: SourceSystems,
    private readonly policy: ServingPolicy,
    private readonly log: DisclosureLog,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * @throws `not-found` for another agency's or team's, `officer-not-permitted` for an officer who may not decide it,
   *   `log-unavailable` when the look cannot be put on record: then nothing is shown
   */
  async of(call: AuthenticatedCall, id: string): Promise<Answer> {
    const begun = await this.calls.begin(call, 'reads', async (tx): Promise<Looking | Answer> => {
      const held = await this.reviews.held(tx, call, id, this.clock.now());
      if (held.decided !== undefined) return { status: 200, body: decidedCaseJson(held, held.decided) };
      const reviewed = await this.reviews.reviewed(tx, call, held);
      const disclosureId = this.ids.next() as DisclosureId;
      const at = this.clock.now();
      await noteFetch(tx, { id, at, by: call.officer, disclosureId });
      const { ask } = reviewed.waiting;
      const permit = permitConsultation(reviewed.review, {
        exchangeId: held.exchangeId,
        disclosureId,
        custodian: held.custodian,
        custodianTeam: held.custodianTeam,
        period: ask.period,
        issuedAt: at,
      });
      return { ...reviewed, disclosureId, permit };
    });
    if (begun.is === 'answered') return begun.answer;
    return 'status' in begun.begun ? begun.begun : this.shown(call, begun.begun);
  }

  private async shown(call: AuthenticatedCall, looking: Looking): Promise<Answer> {
    const { held, waiting, officer, permit, review } = looking;
    const { ask, subject } = waiting;
    const record =
      permit.leaves.size === 0
        ? undefined
        : await this.sources.fetch({
            permit,
            identifiers: subject.identifiers,
            originator: {
              agency: held.custodian,
              team: officer.team,
              officer: officer.officer,
              role: officer.role,
              purpose: ask.purpose,
              caseReference: ask.caseReference,
            },
          });
    const categories =
      record === undefined ? new Map<Category, ShownCategory>() : show(record, permit, this.policy.law.leaves);
    const prepared = this.log.prepare(this.entryOf(call, looking));
    await committed(
      this.database.within({ parties: [held.custodian] }, async (tx) => {
        await this.log.append(tx, prepared);
        await noteSeen(tx, held.id, reviewDigest(review));
      }),
    );
    return {
      status: 200,
      body: {
        ...caseJson(held, this.clock.now()),
        ask: plain({ ...ask, requester: waiting.asker.agency, askedAt: waiting.asker.signedAt, subject }),
        answered: plain(waiting.items),
        proposed: review.items.map((item) => proposedJson(item, categories.get(item.category))),
        stops: review.stops.map(findingJson),
        weighs: review.findings.filter(({ outcome }) => outcome === 'person').map(findingJson),
        texts: [...categories.values()].flatMap(({ texts }) => texts.map((text) => ({ ...text }))),
      },
    };
  }

  /** The custodian's record of its own officer's look. An exchange of its own: the requester's is not told of it. */
  private entryOf(call: AuthenticatedCall, { held, waiting, permit, refs, disclosureId }: Looking): DisclosureEntry {
    const { ask } = waiting;
    return {
      disclosureId,
      exchangeId: this.ids.next() as ExchangeId,
      about: held.disclosureId,
      requester: {
        agency: held.custodian,
        counterpart: null,
        kind: 'consult',
        purpose: ask.purpose,
        outcome: 'recorded',
        categories: [...new Set([...permit.leaves].map((leaf) => leaf.split('.')[0] as Category))],
        basis: {},
        emergency: ask.urgency === 'emergency',
        decidedAt: this.clock.now(),
        subject: refs.custodian,
        officer: call.officer,
        details: { looked: 'release', release: held.id, leaves: [...permit.leaves].sort() },
      },
      custodian: undefined,
    };
  }
}

function findingJson({ check, reason, citation, detail, categories }: Finding): JsonObject {
  return {
    check,
    ...(reason !== undefined && { reason }),
    citation,
    detail,
    ...(categories !== undefined && { categories: [...categories] }),
  };
}

function proposedJson(item: Review['items'][number], shown: ShownCategory | undefined): JsonObject {
  const { category, found, full, minimised, texts, needsSecond } = item;
  return {
    category,
    found,
    may: [
      ...(full.length + texts.length > 0 ? ['release'] : []),
      ...(minimised.length > 0 ? ['minimise'] : []),
      'withhold',
    ],
    needsSecond,
    source: shown?.status ?? 'unavailable',
    ...(full.length > 0 && { release: valuesOf(full, shown) }),
    ...(minimised.length > 0 && { minimise: valuesOf(minimised, shown) }),
    texts: [...texts],
    ...(shown !== undefined && shown.conditions.length > 0 && { conditions: [...new Set(shown.conditions)].sort() }),
  };
}

/** What is held of some leaves, by their own names. */
function valuesOf(leaves: readonly LeafPath[], shown: ShownCategory | undefined): JsonObject {
  return Object.fromEntries(
    leaves.flatMap((path) => {
      const value = shown?.coded.get(path);
      return value === undefined ? [] : [[path.slice(path.indexOf('.') + 1), value] as const];
    }),
  );
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
