import type { Ask } from '../../src/core/decision/ask.js';
import { decide } from '../../src/core/decision/decide.js';
import type { Decision, Finding } from '../../src/core/decision/decision.js';
import type {
  AgreementFacts,
  ConductFacts,
  ConsentFacts,
  Facts,
  HoldFacts,
  InvolvementFacts,
  ObjectionFacts,
  OfficerFacts,
  ProtectionFacts,
  ReceivedFacts,
} from '../../src/core/decision/facts.js';
import { compilePolicy } from '../../src/core/decision/policy-ability.js';
import type { LeafPath, Purpose } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, OfficerId } from '../../src/core/vocabulary/ids.js';
import type { CivilDate, Instant } from '../../src/core/vocabulary/time.js';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../src/platform/catalogue/load-policies.js';
import { CONFIGURATION } from './edited-configuration.js';

/** The catalogue and policies the gateway ships with. */
export const law = loadCatalogue(CONFIGURATION);
export const policySet = loadPolicies(CONFIGURATION, law);
export const policy = compilePolicy(policySet, law);

/** Monday 7 December 2026, the morning of the strategy discussion. */
export const now = '2026-12-07T09:30:00.000Z' as Instant;

export const police = 'northmoor-police' as AgencyId;
export const trust = 'northmoor-nhs-trust' as AgencyId;
export const council = 'northmoor-council' as AgencyId;

/** Leaf paths, as a permit names them. */
export const leaves = (...paths: string[]): readonly LeafPath[] => paths as LeafPath[];

/** A plain change to any part of the facts, codes written as they are read. */
type Loose<T> = T extends string | number | boolean | undefined
  ? T extends string
    ? string
    : T
  : T extends readonly (infer Item)[]
    ? readonly Loose<Item>[]
    : { readonly [Key in keyof T]?: Loose<T[Key]> | undefined };

/** What a test wants otherwise than the ordinary case. `undefined` takes a fact away. */
export interface FactsWanted {
  readonly decidedAt?: string;
  readonly ask?: Loose<Ask>;
  readonly requester?: Loose<Facts['requester']>;
  readonly custodian?: Loose<Facts['custodian']>;
  readonly officer?: Loose<OfficerFacts> | 'unknown';
  readonly subject?: Facts['subject'];
  /** Each is laid over the ordinary involvement. */
  readonly involvements?: readonly Loose<InvolvementFacts>[];
  readonly consents?: readonly Loose<ConsentFacts>[];
  readonly objections?: readonly Loose<ObjectionFacts>[];
  readonly protections?: readonly Loose<ProtectionFacts>[];
  readonly holds?: readonly Loose<HoldFacts>[];
  readonly received?: readonly Loose<ReceivedFacts>[];
  readonly agreements?: readonly Loose<AgreementFacts>[];
  readonly conduct?: Loose<ConductFacts>;
}

/** `over` laid on `whole`; what `over` sets to undefined is left out. */
function laid<T extends object>(whole: T, over: object = {}): T {
  return Object.fromEntries(Object.entries({ ...whole, ...over }).filter(([, value]) => value !== undefined)) as T;
}

const ordinaryAsk: Ask = laid<Loose<Ask>>({
  kind: 'police-safeguarding',
  custodian: trust,
  custodianTeam: 'nnt-acute',
  subjectRole: 'child',
  purpose: 'child-s47-enquiry',
  caseReference: 'nm-2026-0417',
  officer: { id: 'np-4471', role: 'police-ppu-officer' },
  categories: ['core-identity', 'present-concern', 'injury-findings'],
  questions: [],
  textFor: [],
  period: { from: '2025-12-07', to: '2026-12-07' },
  necessity: 'bruising to an ear; the enquiry must know what the trust saw, today',
  function: { power: 'ca04-s11', text: 'joint section 47 enquiry led by the council; police strand' },
  notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: '2026-12-21' },
  urgency: 'routine',
}) as Ask;

const ordinaryOfficer = {
  id: 'np-4471',
  team: 'np-ppu',
  role: 'police-ppu-officer',
  duties: ['ask', 'push'],
  roleFrom: '2024-01-01T00:00:00.000Z',
  trainingUntil: '2027-06-30T00:00:00.000Z',
} as unknown as OfficerFacts;

const ordinaryInvolvement = {
  id: 'inv-1',
  caseReference: 'nm-2026-0417',
  process: 's47-enquiry',
  agency: police,
  team: 'np-ppu',
  from: '2026-12-01T00:00:00.000Z',
  openedBy: { agency: council, officer: 'nmc-mgr-1' as OfficerId },
  standing: 'open',
  confirmedFor: [],
  ledByOwnForce: false,
} as unknown as InvolvementFacts;

/**
 * The ordinary case: the police strand of a joint section 47 enquiry asks the trust about a child it is involved with, the
 * council having opened that involvement. Everything supports it; a test names what matters.
 */
export function factsOf(wanted: FactsWanted = {}): Facts {
  return laid<Facts>({
    decidedAt: (wanted.decidedAt ?? now) as Instant,
    ask: laid(ordinaryAsk, wanted.ask),
    requester: laid(
      {
        agency: police,
        agencyKind: 'police',
        jurisdiction: 'england',
        suspended: false,
        team: 'np-ppu',
        teamKind: 'police-pp',
        keysStand: true,
      },
      wanted.requester,
    ) as Facts['requester'],
    ...(wanted.officer !== 'unknown' && { officer: laid(ordinaryOfficer, wanted.officer) }),
    custodian: laid(
      {
        agency: trust,
        agencyKind: 'health',
        jurisdiction: 'england',
        suspended: false,
        team: 'nnt-acute',
        teamKind: 'nhs-acute',
        hasPolicyDocument: true,
      },
      wanted.custodian,
    ) as Facts['custodian'],
    subject: wanted.subject ?? 'matched',
    involvements: (wanted.involvements ?? [{}]).map((involvement) => laid(ordinaryInvolvement, involvement)),
    consents: (wanted.consents ?? []).map((consent) => laid(consentOf(), consent)),
    objections: (wanted.objections ?? []) as readonly ObjectionFacts[],
    protections: (wanted.protections ?? []).map((protection, index) =>
      laid({ id: `protection-${String(index)}`, recordedBy: council, exceptions: [], kind: '' }, protection),
    ),
    holds: (wanted.holds ?? []) as readonly HoldFacts[],
    ...(wanted.received !== undefined && { received: wanted.received as readonly ReceivedFacts[] }),
    agreements: (wanted.agreements ?? []) as readonly AgreementFacts[],
    conduct: laid<ConductFacts>({ unreviewedOverrides: 0 }, wanted.conduct),
  });
}

function consentOf(): ConsentFacts {
  return {
    id: 'consent-1',
    scope: [],
    recipients: [police],
    purpose: 'child-s47-enquiry' as Purpose,
    obtainedOn: '2026-09-01' as CivilDate,
  };
}

/** What is decided of the ordinary case with the changes a test names, by the shipped law and policy. */
export function decided(wanted: FactsWanted = {}): Decision {
  return decide(factsOf(wanted), law, policy);
}

/** Each category asked with what became of it, as a plain record. */
export function effectsOf(decision: Decision): Readonly<Record<string, string>> {
  return Object.fromEntries(decision.items.map(({ category, effect }) => [category, effect]));
}

/** The findings of one check. */
export function foundBy(check: string, decision: Decision): readonly Finding[] {
  return decision.findings.filter((finding) => finding.check === check);
}

/** What a requester who is refused may see of a decision: everything else is the custodian's. */
export function shownOf(decision: Decision): unknown {
  return {
    effect: decision.effect,
    ground: decision.effect === 'refuse' ? decision.ground : undefined,
    items: decision.items,
  };
}
