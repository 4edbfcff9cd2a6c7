import type { Catalogue, ReasonEntry } from '../law/catalogue.js';
import type { RowPlace } from '../law/row-place.js';
import type { Category, Obligation } from '../vocabulary/codes.js';
import type { CivilDate } from '../vocabulary/time.js';
import type { Decision, Finding, FoundBasis, ItemDecision, Lock } from './decision.js';
import { whatWouldAlter } from './what-would-alter.js';

/** One check as it is told: what it found, what it rests on, and what would alter it. */
export interface ToldFinding {
  readonly check: string;
  readonly lock: Lock;
  readonly outcome: Finding['outcome'];
  readonly reason?: string;
  readonly citation: string;
  readonly detail: string;
  /** Absent: the whole request. */
  readonly categories?: readonly Category[];
  /** The smallest change that would alter it. */
  readonly remedy?: string;
}

/** What would become of one category asked, before anything is fetched. */
export interface ToldItem {
  readonly category: Category;
  readonly would: 'release' | 'minimise' | 'wait-for-a-person' | 'withhold';
  readonly text?: 'wait-for-a-person';
  readonly reason?: string;
  readonly explanation?: string;
}

/** A decision told with its reasons, as far as the reader may know them. */
export interface Explanation {
  readonly outcome: 'would-be-answered' | 'would-wait-for-a-person' | 'would-be-refused';
  readonly items: readonly ToldItem[];
  readonly findings: readonly ToldFinding[];
  readonly policy: { readonly version: number; readonly row?: string } & Partial<RowPlace>;
  /** The day whose law was applied. */
  readonly lawOf: CivilDate;
  readonly basis?: FoundBasis;
  readonly obligations: readonly Obligation[];
  /** The one change that would alter the outcome most cheaply, where the reader may know of one. */
  readonly smallestChange?: string;
}

/** Who reads: the requester sees nothing that rests on the subject, the custodian sees everything. */
export type Reader = 'requester' | 'custodian';

/** For whom a decision is told, and by what it is read. */
export interface Telling {
  readonly reader: Reader;
  readonly law: Catalogue;
  /** Where the rows of the policy that ruled are written; of a row that is not among them no file is told. */
  readonly places: ReadonlyMap<string, RowPlace>;
}

/** Whether a requester learns from the explanation nothing but the one refusal. */
export function isSilent(decision: Decision): boolean {
  return decision.effect === 'refuse' && decision.ground.kind === 'silent';
}

/**
 * Tells why a decision came out as it did.
 *
 * Toward the requester only what is the same whoever the subject is: findings that rest on the subject are left out, open
 * ones too, and a silent refusal must be answered with the one text instead ({@link isSilent}).
 *
 * @throws Error on a silent refusal read by the requester: there is nothing to tell that would not tell of the subject
 */
export function explain(decision: Decision, telling: Telling): Explanation {
  const { reader, law } = telling;
  if (reader === 'requester' && isSilent(decision)) throw new Error('a silent refusal has no explanation to give');
  const findings = decision.findings
    .filter((finding) => reader === 'custodian' || isForTheRequester(finding, decision))
    .map((finding) => toldFinding(finding, law));
  const items = decision.items.map((item) => toldItem(item, telling));
  const change = smallestChange(findings, items, law);
  const { policyRow, policyVersion, lawOf, basis, obligations } = decision;
  const place = policyRow === undefined ? undefined : telling.places.get(policyRow);
  return {
    outcome: outcomeOf(decision),
    items,
    findings,
    policy: { version: policyVersion, ...(policyRow !== undefined && { row: policyRow }), ...place },
    lawOf,
    ...(basis !== undefined && { basis }),
    obligations,
    ...(change !== undefined && { smallestChange: change }),
  };
}

/**
 * Whether a requester may hear a finding.
 *
 * How the need to know was met is left out even where the finding alone would not tell: beside an emergency or a refusal,
 * its being there or not would say whether somebody vouched for them about this very person.
 */
function isForTheRequester({ check, outcome, restsOnSubject }: Finding, { effect }: Decision): boolean {
  if (restsOnSubject) return false;
  return check !== 'need-to-know' || (outcome !== 'open' && effect !== 'refuse');
}

function outcomeOf({ effect }: Decision): Explanation['outcome'] {
  switch (effect) {
    case 'permit':
      return 'would-be-answered';
    case 'review':
      return 'would-wait-for-a-person';
    case 'refuse':
      return 'would-be-refused';
  }
}

function toldFinding(finding: Finding, law: Catalogue): ToldFinding {
  const { check, lock, outcome, reason, citation, detail, categories } = finding;
  const ofReason = reason === undefined ? undefined : law.reasons.get(reason)?.remedy;
  const remedy = finding.remedy ?? whatWouldAlter(finding, law) ?? ofReason;
  return {
    check,
    lock,
    outcome,
    ...(reason !== undefined && { reason }),
    citation,
    detail,
    ...(categories !== undefined && { categories }),
    ...(outcome !== 'open' && remedy !== undefined && { remedy }),
  };
}

function toldItem(item: ItemDecision, { law, reader }: Telling): ToldItem {
  const own = item.reason === undefined ? undefined : law.reasons.get(item.reason);
  const entry = reader === 'custodian' || own === undefined || isTellable(own) ? own : standIn(item, law);
  return {
    category: item.category,
    would: wouldOf(item),
    ...(item.text !== undefined && { text: 'wait-for-a-person' }),
    ...(entry !== undefined && { reason: entry.code, explanation: entry.explanation }),
  };
}

/** The reasons an answer to an ask shows; each of the others is told by the one that stands for all of its kind. */
function isTellable({ shown, restsOnSubject }: ReasonEntry): boolean {
  return !restsOnSubject && (shown === 'shown' || shown === 'in-review');
}

function standIn({ effect }: ItemDecision, law: Catalogue): ReasonEntry | undefined {
  return law.reasons.get((effect === 'review' ? 'person-decides' : 'withheld') as ReasonEntry['code']);
}

function wouldOf({ effect }: ItemDecision): ToldItem['would'] {
  switch (effect) {
    case 'release':
    case 'minimise':
    case 'withhold':
      return effect;
    case 'review':
      return 'wait-for-a-person';
  }
}

/**
 * What ends the whole ask is put right first; then what leaves all of it to a person; then what shuts or delays some of
 * it; then the first category that is not given whole. From what the reader was told, and from nothing else.
 */
function smallestChange(
  findings: readonly ToldFinding[],
  items: readonly ToldItem[],
  law: Catalogue,
): string | undefined {
  const first = (outcome: Finding['outcome'], whole: boolean): string | undefined =>
    findings.find((finding) => finding.outcome === outcome && (finding.categories === undefined) === whole)?.remedy;
  const ofAnItem = items
    .filter(({ would }) => would !== 'release')
    .map(({ reason }) => law.reasons.get((reason ?? '') as ReasonEntry['code']))
    .find((entry) => entry !== undefined && isTellable(entry))?.remedy;
  return first('shut', true) ?? first('person', true) ?? first('shut', false) ?? first('person', false) ?? ofAnItem;
}
