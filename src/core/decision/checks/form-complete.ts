import type { RequestField, RequestKindEntry } from '../../law/catalogue.js';
import type { Requirement } from '../../law/policy-row.js';
import type { Ask } from '../ask.js';
import type { Check, DecisionContext } from '../context.js';
import type { Finding } from '../decision.js';
import type { ReasonCode } from '../../vocabulary/codes.js';

const said = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';

/** Whether an ask carries a field that its kind makes mandatory. */
function carries(ask: Ask, field: RequestField, { law }: DecisionContext): boolean {
  switch (field) {
    case 'case-reference':
      return said(ask.caseReference);
    case 'function':
      return said(ask.function.text);
    case 'necessity':
      return said(ask.necessity);
    case 'notice':
      return noticeAnswered(ask, law.noticeWaivers);
    case 'urgency':
    case 'period':
      return true; // The schema makes them: without one the ask is malformed, not unlawful.
    case 'offence':
      return said(ask.police?.offence);
    case 'crime-reference':
      return said(ask.police?.crimeReference);
    case 'supervisor':
      return ask.police?.supervisor !== undefined && ask.police.supervisor.id !== ask.officer.id;
    case 'strict-necessity':
      return said(ask.police?.strictNecessity);
    case 'onward-use':
      return said(ask.police?.onwardUse);
    case 'reason-to-believe-held':
      return said(ask.victim?.reasonToBelieveHeld);
    case 'line-of-enquiry':
      return said(ask.victim?.lineOfEnquiry);
    case 'victim-notice':
      return ask.victim?.notice?.given === true || said(ask.victim?.notice?.exception);
    case 'counselling-rebuttal':
      return said(ask.victim?.counselling?.probativeValue) && said(ask.victim?.counselling?.rebuttal);
    case 'court-document':
      return ask.court !== undefined;
  }
}

/** Told, or not told for a reason of the list and with a day on which to look at that again. */
function noticeAnswered({ notice }: Ask, waivers: ReadonlyMap<ReasonCode, unknown>): boolean {
  if (notice === undefined) return false;
  if (notice.given) return true;
  return notice.waivedReason !== undefined && waivers.has(notice.waivedReason) && notice.reviewOn !== undefined;
}

/** What a policy row asks of the form, where the kind of request does not ask for it already. */
const ASKED_BY_POLICY: readonly {
  readonly requirement: Requirement;
  readonly field: RequestField;
  readonly reason: string;
}[] = [
  { requirement: 'case-reference', field: 'case-reference', reason: 'case-reference-missing' },
  { requirement: 'necessity', field: 'necessity', reason: 'necessity-missing' },
  { requirement: 'notice-record', field: 'notice', reason: 'notice-missing' },
];

/** The fields an ask must carry: those of its kind, of its categories, and of the policy that would answer it. */
function mandatory(kind: RequestKindEntry, { facts: { ask }, rows }: DecisionContext): RequestKindEntry['mandatory'] {
  const ofKind = kind.mandatory.filter(
    ({ categories }) => categories === undefined || categories.some((category) => ask.categories.includes(category)),
  );
  const ofPolicy = ASKED_BY_POLICY.filter(
    ({ requirement, field }) =>
      rows.some(({ requires }) => requires.includes(requirement)) && !ofKind.some((known) => known.field === field),
  );
  return [...ofKind, ...ofPolicy.map(({ field, reason }) => ({ field, reason: reason as ReasonCode }))];
}

/** The ask is of a kind its agency may make and its purpose comes in, and carries every field it must carry. */
export const formComplete: Check = (context) => {
  const { ask, requester } = context.facts;
  const kind = context.law.requestKinds.get(ask.kind);
  const shut = (reason: ReasonCode, citation: string, detail: string, remedy: string): Finding => ({
    check: 'form-complete',
    lock: 'requester',
    outcome: 'shut',
    reason,
    citation,
    restsOnSubject: false,
    detail,
    remedy,
  });
  const notThisKind = (why: string): readonly Finding[] => [
    shut(
      'no-legal-power' as ReasonCode,
      kind?.citation ?? 'DPA 2018',
      why,
      'make the request in the kind that fits your agency and the subject',
    ),
  ];
  if (kind === undefined) return notThisKind(`there is no kind of request \`${ask.kind}\``);
  if (!kind.agencyKinds.includes(requester.agencyKind))
    return notThisKind(`\`${ask.kind}\` is not made by an agency of kind \`${requester.agencyKind}\``);
  if (kind.subjectRoles !== undefined && !kind.subjectRoles.includes(ask.subjectRole))
    return notThisKind(`\`${ask.kind}\` is not about a \`${ask.subjectRole}\``);
  const missing = mandatory(kind, context)
    .filter(({ field }) => !carries(ask, field, context))
    .map(({ field, reason }) =>
      shut(
        reason,
        kind.citation,
        `the ask carries no \`${field}\``,
        context.law.reasons.get(reason)?.remedy ?? `give \`${field}\``,
      ),
    );
  if (missing.length > 0 || context.law.purposes.get(ask.purpose)?.requestKinds.includes(ask.kind) === true)
    return missing;
  return notThisKind(`\`${ask.purpose}\` is not asked for by \`${ask.kind}\``);
};
