import type { DemoKeys } from './credentials.js';
import type { DemoWorld } from './world.js';

/** What `world.json` is made from. */
export interface WorldParts {
  readonly world: DemoWorld;
  readonly keys: DemoKeys;
  readonly publicUrl: string;
  readonly consoleUrl: string;
  readonly logKey: string;
  readonly urls: ReadonlyMap<string, string>;
  readonly consents: ReadonlyMap<string, string>;
}

const DAY_MILLISECONDS = 86_400_000;

function daysFromToday(days: number): string {
  return new Date(Date.now() + days * DAY_MILLISECONDS).toISOString().slice(0, 10);
}

/** The joint section 47 enquiry's ask, as the police system of the demonstration makes it. */
export function exampleAsk(subject: object, caseReference: string, officer: object): object {
  return {
    kind: 'police-safeguarding',
    custodian: 'northmoor-nhs-trust',
    custodianTeam: 'nnt-acute',
    subject: { role: 'child', ...subject },
    purpose: 'child-s47-enquiry',
    caseReference,
    officer,
    categories: [
      'core-identity',
      'present-concern',
      'injury-findings',
      'household',
      'health-summary',
      'professionals-involved',
      'full-medical-record',
      'hiv-sti',
    ],
    questions: [
      { category: 'health-summary', code: 'missed-appointments' },
      { category: 'health-summary', code: 'ed-attendances' },
      { category: 'health-summary', code: 'bleeding-disorder' },
    ],
    textFor: [],
    period: { from: daysFromToday(-365), to: daysFromToday(0) },
    necessity:
      'Bruised ear in a child not yet five, account does not fit; joint enquiry began today; only what shows injury and pattern is asked.',
    function: { power: 'ca04-s11', text: 'joint s.47 enquiry led by Northmoor Council; police strand' },
    notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: daysFromToday(14) },
    urgency: 'urgent',
  };
}

/** Two children unseen behind a locked door, at 03:00. It is an override: somebody has to review it before the next. */
function emergencyByAddress(): object {
  const categories = ['protection-status', 'household', 'parental-responsibility', 'health-summary'];
  return {
    ...exampleAsk({}, 'np-2026-0300', { id: 'np-5200', role: 'police-inspector' }),
    custodian: 'northmoor-council',
    custodianTeam: 'nmc-csc',
    subject: { role: 'child', uprn: '100000000017' },
    purpose: 'child-emergency-protection',
    categories,
    questions: [],
    necessity:
      'Two children unseen behind a locked door, shouting inside; the duty desk has not answered for ten minutes.',
    function: { power: 'ca04-s11', text: 'attendance at the address; powers of entry are the force’s own' },
    urgency: 'emergency',
    emergency: {
      reason: 'immediate-risk-to-life',
      text: 'two children unseen behind a locked door, shouting inside',
      categories,
    },
  };
}

/** What the council that leads the enquiry asks of those who know the family, each kept in a system of another kind. */
const COUNCIL_ASKS = [
  {
    name: 'the council asks the police, whose record system speaks JSON',
    custodian: 'northmoor-police',
    custodianTeam: 'np-ppu',
    subject: { role: 'child', nhsNumber: '9990000018' },
    caseReference: 'nm-2026-0417',
    categories: ['core-identity', 'address', 'police-incidents', 'staff-safety', 'domestic-abuse'],
  },
  {
    name: 'the council asks the school, which knows its pupils by UPN',
    custodian: 'oak-academy',
    custodianTeam: 'oak-school',
    subject: { role: 'child', nhsNumber: '9990000018', upn: 'A801200022101' },
    caseReference: 'nm-2026-0417',
    categories: ['core-identity', 'education-attendance', 'education-behaviour', 'present-concern'],
  },
  {
    name: 'the council asks the refuge about the mother, which has no system and deposited what it knows',
    custodian: 'fern-refuge',
    custodianTeam: 'fern-idva',
    subject: { role: 'parent-carer', nhsNumber: '9990000220' },
    caseReference: 'nm-2026-0419',
    categories: ['core-identity', 'household', 'present-concern', 'staff-safety', 'domestic-abuse'],
  },
] as const;

function councilExample({ name, ...asked }: (typeof COUNCIL_ASKS)[number]): object {
  const ask = {
    kind: 'safeguarding',
    ...asked,
    purpose: 'child-s47-enquiry',
    officer: { id: 'nmc-sw-1', role: 'social-worker' },
    period: { from: daysFromToday(-365), to: daysFromToday(0) },
    necessity:
      'Enquiry opened after an unexplained bruise; what each agency sees of the child and home bears on safety now.',
    function: { power: 'ca89-s47-enquiry', text: 's.47 enquiry led by Northmoor Council' },
    notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: daysFromToday(14) },
    urgency: 'urgent',
  };
  return {
    name,
    agency: 'northmoor-council',
    officer: 'nmc-sw-1',
    ask,
    expect: { status: 200, outcome: 'partly-released' },
  };
}

/** `world.json`: everything an integrator needs to script against the demonstration, private keys included. */
export function worldJson({ world, keys, publicUrl, consoleUrl, logKey, urls, consents }: WorldParts): object {
  return {
    publicUrl,
    consoleUrl,
    logKey,
    agencies: world.agencies.map((agency) => ({
      id: agency.id,
      name: agency.name,
      kind: agency.kind,
      clientId: `${agency.id}-system`,
      clientKey: keys.agencies[agency.id]?.clientKey,
      signingKey: keys.agencies[agency.id]?.signingKey,
      teams: agency.teams.map(({ id, kind }) => ({ id, kind })),
      officers: agency.officers.map((officer) => ({ ...officer, approvalKey: keys.approvals[officer.id] })),
      systemUrl: urls.get(agency.id) ?? null,
    })),
    people: world.people.map(({ id, name, identifiers, story, familyName, givenName, birthDate }) => ({
      id,
      name,
      identifiers,
      story,
      familyName,
      givenName,
      birthDate,
    })),
    cases: world.cases.map(({ reference, process, subject, lead, involvements }) => ({
      reference,
      process,
      subject,
      lead: lead.agency,
      involvements: involvements.map(({ from, ...involvement }) => ({
        ...involvement,
        from: daysFromToday(-from),
        to: null,
      })),
    })),
    consents: world.consents.map(({ obtained, id, ...consent }) => ({
      ...consent,
      id: consents.get(id) ?? id,
      obtained: { by: obtained.by, on: daysFromToday(-obtained.days), how: obtained.how },
    })),
    consoleUsers: world.agencies.flatMap((agency) =>
      agency.officers
        .filter(({ role }) => ['ig-officer', 'data-protection-officer', 'manager', 'releasing-officer'].includes(role))
        .map(({ id, name, role }) => ({ id, name, agency: agency.id, roles: [role] })),
    ),
    examples: [
      {
        name: 'joint section 47 enquiry: the police strand asks the trust',
        agency: 'northmoor-police',
        officer: 'np-4471',
        ask: exampleAsk({ nhsNumber: '9990000018' }, 'nm-2026-0417', { id: 'np-4471', role: 'police-ppu-officer' }),
        expect: { status: 200, outcome: 'partly-released' },
      },
      {
        name: 'the same by an officer with no confirmed involvement',
        agency: 'northmoor-police',
        officer: 'np-5200',
        ask: exampleAsk({ nhsNumber: '9990000018' }, 'nm-2026-0417', { id: 'np-5200', role: 'police-inspector' }),
        expect: { status: 403, reason: 'request-refused' },
      },
      ...COUNCIL_ASKS.map(councilExample),
      {
        name: 'an inspector at a door knows the address alone: the council says which children live there',
        agency: 'northmoor-police',
        officer: 'np-5200',
        ask: emergencyByAddress(),
        expect: { status: 200, outcome: 'partly-released' },
      },
    ],
  };
}
