import type { Ask } from '../../core/decision/ask.js';
import type { Facts } from '../../core/decision/facts.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import type { PolicyRow } from '../../core/law/policy-row.js';
import type {
  AgencyKind,
  Category,
  Jurisdiction,
  PowerCode,
  ReasonCode,
  RoleCode,
  TeamKind,
} from '../../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../core/vocabulary/ids.js';
import type { CivilDate, Instant } from '../../core/vocabulary/time.js';

/** One exchange that a row speaks to: whose teams, under which law, on which day. */
export interface ExchangeOfARow {
  readonly row: PolicyRow;
  readonly from: TeamKind;
  readonly to: TeamKind;
  readonly nation: Jurisdiction;
  readonly on: CivilDate;
  readonly custodianKind: AgencyKind;
  readonly requesterKind: AgencyKind;
  /** The kind of request it comes in. */
  readonly requestKind: string;
  /** The power the requester acts under. */
  readonly power: PowerCode;
}

/** The categories a row lists, whole or by a leaf. */
export function categoriesOf({ permit, minimise, review }: PolicyRow): readonly Category[] {
  return [...new Set([...permit, ...minimise, ...review].map((item) => item.split('.')[0] as Category))];
}

const SAID = 'said in full';
const requester = 'requester' as AgencyId;
const custodian = 'custodian' as AgencyId;
const officer = 'officer' as OfficerId;
const team = (name: string): TeamId => `team-of-${name}` as TeamId;

/** An ask for everything a row lists that leaves nothing out which its form could want. */
function fullAsk({ row, requestKind, power, on }: ExchangeOfARow, law: Catalogue, role: RoleCode): Ask {
  const categories = categoriesOf(row);
  const [waivedReason] = law.noticeWaivers.keys();
  const [courtRoute] = law.courtRoutes.keys();
  return {
    kind: requestKind as Ask['kind'],
    custodian,
    custodianTeam: team('custodian'),
    subjectRole: law.requestKinds.get(requestKind)?.subjectRoles?.[0] ?? 'child',
    purpose: row.purpose,
    caseReference: 'a-case',
    officer: { id: officer, role },
    categories,
    questions: categories.flatMap((category) =>
      (law.categories.get(category)?.questions ?? []).map(({ code }) => ({ category, code })),
    ),
    textFor: [],
    period: { from: on, to: on },
    necessity: SAID,
    function: { power, text: SAID },
    notice: { given: true, waivedReason: waivedReason ?? ('' as ReasonCode), reviewOn: on },
    urgency: 'emergency',
    police: {
      offence: SAID,
      crimeReference: SAID,
      supervisor: { id: 'supervisor' as OfficerId, rank: SAID },
      strictNecessity: SAID,
      onwardUse: SAID,
    },
    victim: {
      reasonToBelieveHeld: SAID,
      lineOfEnquiry: SAID,
      notice: { given: true, on },
      counselling: { probativeValue: SAID, rebuttal: SAID },
    },
    court: { court: SAID, judge: SAID, date: on, scope: categories, document: SAID },
    wishes: { agreed: true },
    ...(courtRoute !== undefined && { courtRoute }),
  };
}

/**
 * Facts under which nothing but law and policy could stand in the way of an exchange: everybody is enrolled, trained,
 * involved and agreed, everything is said, nothing is recorded against it.
 *
 * Where even these are refused, the row can never apply to these parties on that day.
 */
export function favourableFacts(exchange: ExchangeOfARow, law: Catalogue): Facts {
  const { row, from, to, nation, on, custodianKind, requesterKind } = exchange;
  const decidedAt = `${on}T12:00:00.000Z` as Instant;
  const role = row.namedRole ?? ('any-role' as RoleCode);
  const ask = fullAsk(exchange, law, role);
  const party = { jurisdiction: nation, suspended: false };
  return {
    decidedAt,
    ask,
    requester: {
      ...party,
      agency: requester,
      agencyKind: requesterKind,
      team: team('requester'),
      teamKind: to,
      keysStand: true,
    },
    officer: {
      id: officer,
      team: team('requester'),
      role,
      duties: ['ask', 'manage'],
      roleFrom: `${on}T00:00:00.000Z` as Instant,
      trainingUntil: '9999-12-31T00:00:00.000Z' as Instant,
    },
    custodian: {
      ...party,
      agency: custodian,
      agencyKind: custodianKind,
      team: team('custodian'),
      teamKind: from,
      hasPolicyDocument: true,
    },
    subject: 'matched',
    involvements: [
      {
        id: 'involvement',
        caseReference: 'a-case',
        process: 'process',
        agency: requester,
        team: team('requester'),
        from: `${on}T00:00:00.000Z` as Instant,
        openedBy: { agency: custodian, officer },
        standing: 'open',
        confirmedFor: [],
        ledByOwnForce: false,
      },
    ],
    consents: [
      {
        id: 'consent',
        scope: ask.categories,
        recipients: [requester],
        purpose: row.purpose,
        obtainedOn: on,
      },
    ],
    objections: [],
    protections: [],
    holds: [],
    agreements: [],
    conduct: { unreviewedOverrides: 0 },
  };
}
