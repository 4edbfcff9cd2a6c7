import { join } from 'node:path';
import type { Ask } from '../../src/core/decision/ask.js';
import type { ConsentFacts, Facts, InvolvementFacts } from '../../src/core/decision/facts.js';
import { compilePolicy } from '../../src/core/decision/policy-ability.js';
import type { Instant } from '../../src/core/vocabulary/time.js';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../src/platform/catalogue/load-policies.js';

const configuration = join(import.meta.dirname, '..', '..', '..', 'config');

/** The catalogue and every policy that the gateway ships with. */
export const law = loadCatalogue(configuration);
export const policy = compilePolicy(loadPolicies(configuration, law), law);
export const now = '2026-12-07T09:30:00.000Z' as Instant;

const categories = [...law.categories.values()];
const codes = categories.map(({ code }) => code);

/** Plain text where the vocabulary has brands: these facts are written here and read nowhere else. */
type Plain<T> = T extends string
  ? string
  : T extends number | boolean | undefined
    ? T
    : { readonly [Key in keyof T]: Plain<T[Key]> };

const ask: Plain<Ask> = {
  kind: 'police-safeguarding',
  custodian: 'northmoor-nhs-trust',
  custodianTeam: 'nnt-acute',
  subjectRole: 'child',
  purpose: 'child-s47-enquiry',
  caseReference: 'nm-2026-0417',
  officer: { id: 'np-4471', role: 'police-ppu-officer' },
  categories: codes,
  questions: categories.flatMap(({ code, questions }) => questions.map((one) => ({ category: code, code: one.code }))),
  textFor: codes,
  period: { from: '2025-12-07', to: '2026-12-07' },
  necessity: 'bruising to an ear; the enquiry must know what the trust saw, today',
  function: { power: 'ca04-s11', text: 'joint section 47 enquiry led by the council; police strand' },
  notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: '2026-12-21' },
  urgency: 'routine',
};

const involvement: Plain<InvolvementFacts> = {
  id: 'involvement-1',
  caseReference: 'nm-2026-0417',
  process: 's47-enquiry',
  agency: 'northmoor-police',
  team: 'np-ppu',
  from: '2026-12-01T00:00:00.000Z',
  openedBy: { agency: 'northmoor-council', officer: 'nmc-mgr-1' },
  standing: 'open',
  confirmedFor: [],
  ledByOwnForce: false,
};

const consent: Plain<ConsentFacts> = {
  id: 'consent-1',
  scope: codes,
  recipients: ['northmoor-police'],
  purpose: 'child-s47-enquiry',
  obtainedOn: '2026-09-01',
};

const facts: Plain<Facts> = {
  decidedAt: now,
  ask,
  requester: {
    agency: 'northmoor-police',
    agencyKind: 'police',
    jurisdiction: 'england',
    suspended: false,
    team: 'np-ppu',
    teamKind: 'police-pp',
    keysStand: true,
  },
  officer: {
    id: 'np-4471',
    team: 'np-ppu',
    role: 'police-ppu-officer',
    duties: ['ask', 'push'],
    roleFrom: '2024-01-01T00:00:00.000Z',
    trainingUntil: '2027-06-30T00:00:00.000Z',
  },
  custodian: {
    agency: 'northmoor-nhs-trust',
    agencyKind: 'health',
    jurisdiction: 'england',
    suspended: false,
    team: 'nnt-acute',
    teamKind: 'nhs-acute',
    hasPolicyDocument: true,
  },
  subject: 'matched',
  involvements: [
    involvement,
    { ...involvement, id: 'involvement-2', caseReference: 'nm-2026-0418', to: '2026-12-05T00:00:00.000Z' },
    { ...involvement, id: 'involvement-3', caseReference: 'nm-2025-0031', from: '2025-02-01T00:00:00.000Z' },
  ],
  consents: [consent, { ...consent, id: 'consent-2', obtainedOn: '2026-11-01' }],
  objections: [],
  // Each with the evidence of an exception on file: judged, and opened.
  protections: [...law.bars.values()].flatMap(({ id, protectionKinds, exceptions }) =>
    exceptions.length === 0
      ? []
      : protectionKinds.map((kind) => ({
          id: `protection-${id}-${kind}`,
          kind,
          recordedBy: 'northmoor-council',
          exceptions: exceptions.map(({ token }) => token),
        })),
  ),
  holds: [],
  agreements: [{ id: 'agreement-1', purposes: ['child-s47-enquiry'], dataItems: codes, from: '2026-01-01' }],
  conduct: { unreviewedOverrides: 0 },
};

/**
 * An ask of every category and question, with several of whatever can be on record of it and does not refuse it: a refusal
 * would be the shorter work.
 */
export const widestFacts = facts as unknown as Facts;
