import { expect } from '@jest/globals';
import type { StandIn } from '../../src/cli/demo/start-stand-ins.js';
import type { Resource } from '../../src/cli/stand-ins/fhir-search.js';
import type { JsonServer } from '../../src/cli/stand-ins/json-server.js';
import type { DemoAgency, DemoWorld } from '../../src/cli/demo/world.js';
import type { JsonObject } from '../../src/core/vocabulary/json.js';
import type { AgencyClient, CallOptions, Reply } from './agency-client.js';
import { gatewayWorld, type GatewayWorld, type WorldChoices } from './gateway-world.js';

/** Someone who calls, `agency/officer`; or whose record it is, `agency/team`. */
export type Party = `${string}/${string}`;

/** What a scenario adds to the cast, its cases and its records. All of it is invented. */
export interface ScenarioFacts extends WorldChoices {
  readonly agencies?: readonly DemoAgency[];
  /** Teams more, by agency. */
  readonly teams?: Readonly<Record<string, DemoAgency['teams']>>;
  /** Officers more, by agency. */
  readonly officers?: Readonly<Record<string, readonly Omit<DemoAgency['officers'][number], 'story'>[]>>;
  readonly people?: readonly Omit<DemoWorld['people'][number], 'story'>[];
  readonly cases?: readonly Omit<DemoWorld['cases'][number], 'story'>[];
  readonly deposits?: DemoWorld['deposits'];
  /** What an agency's own system holds instead of the demonstration's. */
  readonly records?: Readonly<Record<string, readonly JsonObject[]>>;
}

/** An ask as a scenario tells it; what it leaves out is filled in lawfully. */
export interface ScenarioAsk {
  readonly by: Party;
  readonly of: Party;
  /** A person of the world, by their id in it, or an NHS number of nobody's. */
  readonly about: string;
  readonly as: string;
  readonly purpose: string;
  readonly caseReference: string;
  readonly categories: readonly string[];
  /** The requester's own. */
  readonly power: string;
  /** Any member of the ask more, or instead. */
  readonly with?: Readonly<Record<string, unknown>>;
}

/** What the custodian's own record of an ask holds. */
export interface CustodianSlice {
  readonly kind: string;
  readonly outcome: string;
  readonly policyRow: string | undefined;
  /** As the decision found it. */
  readonly basis: Readonly<Record<string, unknown>> | undefined;
  /** Every finding that did not open, as `check: reason` or `check: reason (categories)`. */
  readonly findings: readonly string[];
  /** Why not more of a category, by category. */
  readonly codes: Readonly<Record<string, string>>;
  readonly obligations: readonly string[];
  /** Names of the leaves that left. */
  readonly releasedLeaves: readonly string[];
  readonly requesterOfficer: string;
  readonly ask: Readonly<Record<string, unknown>>;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What the requester's record holds. */
export interface RequesterSlice {
  readonly kind: string;
  readonly outcome: string;
  /** Why it was refused, where that may be said; undefined where nothing is. */
  readonly refusal: string | undefined;
  readonly policyRow: string | undefined;
  readonly releasedLeaves: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** What came of an ask: the answer, and what each side has on record. */
export interface Told {
  readonly status: number;
  readonly outcome: string | undefined;
  /** Of a refusal. */
  readonly reason: string | undefined;
  readonly remedy: string | undefined;
  /** `status` or `status: reason` of each category asked, `+ text` where its free text waits for a person. */
  readonly items: Readonly<Record<string, string>>;
  readonly record: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly obligations: readonly string[];
  readonly custodian: CustodianSlice;
  readonly requester: RequesterSlice;
  readonly id: string;
  readonly disclosureId: string;
  readonly reply: Reply;
}

/** What a scenario expects of it: every part that is named must be exactly so. */
export type Expected = {
  readonly [Part in Exclude<keyof Told, 'custodian' | 'requester' | 'reply'>]?: Told[Part];
} & {
  readonly custodian: Partial<CustodianSlice>;
  readonly requester: Partial<RequesterSlice>;
};

const partOf = (whole: object, named: object): object =>
  Object.fromEntries(
    Object.keys(named).map((name): [string, unknown] => [name, (whole as Readonly<Record<string, unknown>>)[name]]),
  );

/** Expects each part that is named to be exactly so, in the answer and in both records. */
export function expectTold(told: Told, { custodian, requester, ...answer }: Expected): void {
  expect({
    ...partOf(told, answer),
    custodian: partOf(told.custodian, custodian),
    requester: partOf(told.requester, requester),
  }).toEqual({ ...answer, custodian, requester });
}

/** An agency that enrols beside the cast, with the people that every agency has. */
export function anAgency(
  { id, kind, ...given }: Pick<DemoAgency, 'id' | 'kind' | 'teams'> & Partial<DemoAgency>,
  officers: readonly Omit<DemoAgency['officers'][number], 'story'>[] = [],
): DemoAgency {
  const [team] = given.teams;
  if (team === undefined) throw new Error(`\`${id}\` has no team`);
  const everyAgencys = [
    ['ig-1', 'ig-officer'],
    ['ig-2', 'ig-officer'],
    ['mgr-1', 'manager'],
    ['mgr-2', 'manager'],
    ['rel-1', 'releasing-officer'],
    ['lead-1', 'case-lead'],
  ] as const;
  return {
    id,
    kind,
    name: id,
    jurisdiction: 'england',
    dutyContact: { name: `Duty desk, ${id}`, phone: '01632 960990', email: `duty@${id}.example` },
    policyDocument: `${id}-apd-2026`,
    sources: [],
    ...given,
    officers: [
      ...officers.map((officer) => ({ ...officer, story: false })),
      ...everyAgencys.map(([end, role]) => ({
        id: `${id}-${end}`,
        name: `Invented ${id} ${end}`,
        role,
        team: team.id,
        story: false,
      })),
    ],
  };
}

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A day before today. */
export const daysAgo = (days: number): string => day(-days);

interface ShownRecord {
  readonly side: 'requester' | 'custodian';
  readonly kind: string;
  readonly outcome: string;
  readonly details: Readonly<Record<string, unknown>>;
}

interface ShownDecision {
  readonly policyRow?: string;
  readonly basis?: Readonly<Record<string, unknown>>;
  readonly obligations: readonly string[];
  readonly items: readonly { readonly category: string; readonly reason?: string }[];
  readonly findings: readonly {
    readonly check: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly categories?: readonly string[];
  }[];
}

/** A scenario's world: a gateway, the cast's agencies with their systems, and what the scenario adds to them. */
export class ScenarioWorld {
  private constructor(readonly gateway: GatewayWorld) {}

  static async open({
    agencies = [],
    teams = {},
    officers = {},
    people = [],
    ...facts
  }: ScenarioFacts = {}): Promise<ScenarioWorld> {
    const { cases = [], deposits = [], records = {}, ...choices } = facts;
    const withStory = <Given extends object>(given: readonly Given[]) => given.map((one) => ({ ...one, story: false }));
    const gateway = await gatewayWorld(
      (demo) => ({
        ...demo,
        agencies: [
          ...demo.agencies.map((agency) => ({
            ...agency,
            teams: [...agency.teams, ...(teams[agency.id] ?? [])],
            officers: [...agency.officers, ...withStory(officers[agency.id] ?? [])],
          })),
          ...agencies,
        ],
        people: [...demo.people, ...withStory(people)],
        cases: [...demo.cases, ...withStory(cases)],
        deposits: [...demo.deposits, ...deposits],
      }),
      choices,
    );
    const scenario = new ScenarioWorld(gateway);
    for (const [agency, held] of Object.entries(records)) scenario.hold(agency, held);
    return scenario;
  }

  close(): Promise<void> {
    return this.gateway.close();
  }

  /** Replaces what an agency's own system holds; the trust and the practice share one FHIR server here. */
  hold(agency: string, records: readonly JsonObject[]): void {
    if (agency === 'northmoor-nhs-trust' || agency === 'hill-gp') {
      this.gateway.trust.hold(records as unknown as readonly Resource[]);
      return;
    }
    const standIn = this.gateway.standIns.get(agency);
    if (standIn === undefined) throw new Error(`\`${agency}\` has no system`);
    (standIn as StandIn & Pick<JsonServer, 'hold'>).hold(records);
  }

  client(by: Party): AgencyClient {
    const [agency, officer] = halves(by);
    return this.gateway.client(agency, officer);
  }

  /** How a call names a person of the world, or one who is nobody's. */
  identifiersOf(person: string): readonly { readonly system: string; readonly value: string }[] {
    return (
      this.gateway.world.people.find(({ id }) => id === person)?.identifiers ?? [
        { system: 'nhs-number', value: person },
      ]
    );
  }

  /** Records something about a person, as `POST path` with the caller's officer; gives the answer. */
  post(by: Party, path: string, about: string, body: Readonly<Record<string, unknown>>): Promise<Reply> {
    const [, officer] = halves(by);
    return this.client(by).post(path, { subject: { identifiers: this.identifiersOf(about) }, officer, ...body });
  }

  /** The body of an ask. */
  bodyOf({ by, of, about, as, power, with: changes, ...asked }: ScenarioAsk): Record<string, unknown> {
    const [agency, officer] = halves(by);
    const [custodian, custodianTeam] = halves(of);
    const enrolled = this.agency(agency);
    const role = enrolled.officers.find(({ id }) => id === officer)?.role;
    if (role === undefined) throw new Error(`\`${agency}\` has no officer \`${officer}\``);
    const nhsNumber = this.identifiersOf(about).find(({ system }) => system === 'nhs-number')?.value;
    return {
      kind: enrolled.kind === 'police' ? 'police-safeguarding' : 'safeguarding',
      custodian,
      custodianTeam,
      subject: { role: as, ...(nhsNumber !== undefined && { nhsNumber }) },
      ...asked,
      officer: { id: officer, role },
      period: { from: day(-365), to: day(0) },
      necessity: 'What is asked bears on safety now; no less would show whether someone is at risk.',
      function: { power, text: 'the task that the case is about' },
      notice: { given: false, waivedReason: 'increased-risk-to-child', reviewOn: day(14) },
      urgency: 'urgent',
      ...changes,
    };
  }

  /** Asks over HTTP, reads both sides' records of it, and holds them to what every exchange must keep. */
  async ask(asked: ScenarioAsk, options: CallOptions = {}): Promise<Told> {
    const reply = await this.client(asked.by).post('/v1/exchanges/requests', this.bodyOf(asked), options);
    return this.toldBy(reply, halves(asked.by)[0], halves(asked.of)[0]);
  }

  /** The same of an answer that was got another way. */
  async toldBy(reply: Reply, requester: string, custodian: string): Promise<Told> {
    const body = reply.body as Partial<Omit<Told, 'items'>> & { items?: readonly ShownItem[] };
    if (body.disclosureId === undefined || body.id === undefined)
      throw new Error(`the ask was answered ${String(reply.status)}: ${reply.bytes.toString()}`);
    const record = body.record ?? {};
    const theirs = await this.sliceOf(custodian, body.disclosureId, 'custodian');
    const own = await this.sliceOf(requester, body.disclosureId, 'requester');
    const left = Object.entries(record).flatMap(([category, leaves]) =>
      Object.keys(leaves).map((leaf) => `${category}.${leaf}`),
    );
    for (const { details } of [theirs, own])
      expect([...((details['releasedLeaves'] ?? []) as readonly string[])].sort()).toEqual([...left].sort());
    expect(Object.keys(own.details)).not.toEqual(expect.arrayContaining(['decision']));
    return {
      status: reply.status,
      outcome: body.outcome,
      reason: body.reason,
      remedy: body.remedy,
      items: Object.fromEntries((body.items ?? []).map((item) => [item.category, saidOf(item)])),
      record,
      obligations: body.obligations ?? [],
      custodian: custodianSlice(theirs),
      requester: requesterSlice(own),
      id: body.id,
      disclosureId: body.disclosureId,
      reply,
    };
  }

  /** What an agency's information governance reads of its own record of a disclosure. */
  async sliceOf(agency: string, disclosureId: string, side: ShownRecord['side']): Promise<ShownRecord> {
    const governing = this.agency(agency).officers.find(({ role }) => role === 'ig-officer');
    if (governing === undefined) throw new Error(`nobody governs \`${agency}\``);
    const { status, body } = await this.gateway
      .client(agency, governing.id)
      .get(`/v1/disclosures/${disclosureId}`, { headers: { 'x-log-purpose': 'lawfulness' } });
    const shown = (body as { records?: readonly ShownRecord[] }).records?.find((one) => one.side === side);
    if (shown === undefined) throw new Error(`\`${agency}\` has no record of it as ${side}: ${String(status)}`);
    return shown;
  }

  private agency(id: string): DemoAgency {
    const found = this.gateway.world.agencies.find((agency) => agency.id === id);
    if (found === undefined) throw new Error(`there is no agency \`${id}\``);
    return found;
  }
}

interface ShownItem {
  readonly category: string;
  readonly status: string;
  readonly reason?: string;
  readonly text?: string;
}

/** A reason that says no more than the status is left out. */
function saidOf({ status, reason, text }: ShownItem): string {
  const plain = reason === undefined || reason === status || reason === PLAIN[status];
  return `${status}${plain ? '' : `: ${reason}`}${text === undefined ? '' : ' + text'}`;
}

const PLAIN: Readonly<Record<string, string>> = {
  minimised: 'minimised-for-purpose',
  'in-review': 'person-decides',
  unavailable: 'source-unavailable',
};

function custodianSlice({ kind, outcome, details }: ShownRecord): CustodianSlice {
  const decision = details['decision'] as ShownDecision;
  return {
    kind,
    outcome,
    policyRow: decision.policyRow,
    basis: decision.basis,
    findings: decision.findings
      .filter((finding) => finding.outcome !== 'open')
      .map(({ check, reason, categories }) => {
        const of = categories === undefined ? '' : ` (${categories.join(' ')})`;
        return `${check}: ${reason ?? ''}${of}`;
      }),
    codes: Object.fromEntries(
      decision.items.flatMap(({ category, reason }) => (reason === undefined ? [] : [[category, reason] as const])),
    ),
    obligations: decision.obligations,
    releasedLeaves: details['releasedLeaves'] as readonly string[],
    requesterOfficer: details['requesterOfficer'] as string,
    ask: details['ask'] as Readonly<Record<string, unknown>>,
    details,
  };
}

function requesterSlice({ kind, outcome, details }: ShownRecord): RequesterSlice {
  const refusal = details['refusal'] as { readonly reason?: string } | undefined;
  return {
    kind,
    outcome,
    refusal: refusal?.reason,
    policyRow: (details['policyRow'] ?? undefined) as string | undefined,
    releasedLeaves: details['releasedLeaves'] as readonly string[],
    details,
  };
}

function halves(party: Party): readonly [string, string] {
  const [agency = '', of = ''] = party.split('/');
  return [agency, of];
}
