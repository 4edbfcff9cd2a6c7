import { setTimeout as pause } from 'node:timers/promises';
import type { DemoAgency, DemoPerson, DemoWorld } from '../../src/cli/demo/world.js';
import type { Resource } from '../../src/cli/stand-ins/fhir-search.js';
import { readJwks, readProof } from '../../src/cli/verify/evidence.js';
import { verifyEvidence, type Verdict } from '../../src/cli/verify/verify-evidence.js';
import type { AgencyClient, Reply } from '../support/agency-client.js';
import { anAsk, blanked, type AskAnswer } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

const SEED = Number(process.env['GENERATED_WORLD_SEED'] ?? Date.now() % 1_000_000_000);
const PEOPLE = 200;
const SAMPLE = 48;
const PROVED = 12;

/** Mulberry32: the same world again from the same seed. */
class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  of<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to draw from');
    return item;
  }

  /** Some of the items, each as likely as not, in their order. */
  some<T>(items: readonly T[]): T[] {
    return items.filter(() => this.below(2) === 0);
  }
}

/** What row 13 of the section 47 policy makes of a category that health is asked by police, and what the stand-in needs to hold for it. */
const CATEGORIES = {
  'core-identity': { held: 'released', resource: 'Patient', leaves: undefined },
  'present-concern': { held: 'released', resource: 'Flag', leaves: undefined },
  'injury-findings': { held: 'released', resource: 'Observation', leaves: undefined },
  'professionals-involved': { held: 'released', resource: 'CareTeam', leaves: undefined },
  household: { held: 'minimised', resource: 'RelatedPerson', leaves: ['peopleWithSubject'] },
  'health-summary': { held: 'minimised', resource: 'Encounter', leaves: ['edAttendances'] },
} as const;
type Permitted = keyof typeof CATEGORIES;
const PERMITTED = Object.keys(CATEGORIES) as Permitted[];
const SAYS_WHERE: readonly string[] = ['household', 'professionals-involved'];
const IN_REVIEW = ['full-medical-record', 'sexual-health', 'domestic-abuse'] as const;
const WITHHELD = ['hiv-sti', 'convictions', 'address', 'counselling-notes'] as const;

const HEALTH_TEAMS = ['nhs-acute', 'nhs-gp', 'nhs-comm', 'nhs-mh'] as const;

/** The generated part of the world, and what the stand-in holds of whom. */
interface Generated {
  readonly agencies: readonly DemoAgency[];
  readonly people: readonly DemoPerson[];
  readonly cases: readonly DemoWorld['cases'][number][];
  readonly held: ReadonlyMap<string, ReadonlySet<string>>;
  readonly records: readonly Resource[];
}

/** NHS numbers of the 999 range, from 999 1 on: the demonstration's are 999 0. Modulus 11, as the NHS Data Dictionary has it. */
function nhsNumbers(count: number): string[] {
  const numbers: string[] = [];
  for (let body = 999_100_000; numbers.length < count; body += 7) {
    const digits = String(body);
    const sum = Array.from(digits).reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) numbers.push(`${digits}${String(check)}`);
  }
  return numbers;
}

function agencyOf(id: string, kind: 'police' | 'council' | 'health', draw: Draw): DemoAgency {
  const health = draw.of(HEALTH_TEAMS);
  const teamKind = { police: 'police-pp', council: 'la-csc', health }[kind];
  const team = `${id}-team`;
  const own = { police: 'police-ppu-officer', council: 'social-worker', health: 'named-nurse' }[kind];
  const staff: readonly (readonly [string, string])[] = [
    ['one', kind === 'health' && health === 'nhs-gp' ? 'named-gp' : own],
    ...(kind === 'police' ? ([['two', own]] as const) : []),
    ['lead-1', 'case-lead'],
    ['mgr-1', 'manager'],
    ['mgr-2', 'manager'],
    ['rel-1', 'releasing-officer'],
    ['adm-1', 'administrator'],
    ['adm-2', 'administrator'],
    ['ig-1', 'ig-officer'],
    ['ig-2', 'ig-officer'],
  ];
  return {
    id,
    name: `Generated ${id} (test)`,
    kind,
    jurisdiction: 'england',
    dutyContact: { name: `Duty desk ${id}`, phone: '01632 960999', email: `duty@${id}.example` },
    policyDocument: `${id}-apd-2026`,
    teams: [{ id: team, kind: teamKind, name: `Team of ${id}` }],
    officers: staff.map(([name, role]) => ({
      id: `${id}-${name}`,
      name: `Invented ${name} of ${id}`,
      role,
      team,
      story: false,
    })),
    sources: kind === 'health' ? [{ team, adapter: 'fhir-r4' }] : [],
  };
}

function recordsOf({ id, familyName, givenName, birthDate, identifiers }: DemoPerson, held: ReadonlySet<string>) {
  const subject = { reference: `Patient/${id}` };
  const recently = new Date(Date.now() - 5 * 86_400_000).toISOString();
  const coded = (code: string, display?: string) => ({
    coding: [{ system: 'http://snomed.info/sct', code, ...(display !== undefined && { display }) }],
  });
  const all: readonly Resource[] = [
    {
      resourceType: 'Patient',
      id,
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: identifiers[0]?.value ?? '' }],
      name: [{ use: 'official', family: familyName, given: [givenName] }],
      birthDate,
      address: [{ use: 'home', line: ['1 Unasked Row'], city: 'Nowhere' }],
    },
    {
      resourceType: 'Flag',
      id: `${id}-flag`,
      status: 'active',
      category: [{ coding: [{ code: 'safeguarding-concern' }] }],
      code: { coding: [{ system: 'https://gateway.example/CodeSystem/nature-of-concern', code: 'physical' }] },
      subject,
      period: { start: recently.slice(0, 10) },
    },
    {
      resourceType: 'Observation',
      id: `${id}-exam`,
      status: 'final',
      category: [{ coding: [{ code: 'exam' }] }],
      code: coded('125667009', 'Contusion'),
      subject,
      effectiveDateTime: recently,
    },
    {
      resourceType: 'CareTeam',
      id: `${id}-care`,
      status: 'active',
      subject,
      participant: [{ role: [coded('768832004', 'Named nurse')], member: { display: 'A team' } }],
    },
    {
      resourceType: 'RelatedPerson',
      id: `${id}-mother`,
      active: true,
      patient: subject,
      name: [{ family: familyName, given: ['Mo'], text: `Mo ${familyName}` }],
      relationship: [{ coding: [{ code: 'MTH', display: 'mother' }] }],
    },
    {
      resourceType: 'Encounter',
      id: `${id}-ed`,
      status: 'finished',
      class: { code: 'EMER' },
      subject,
      period: { start: recently },
      reasonCode: [coded('417746004', 'Traumatic injury')],
    },
  ];
  return all.filter(({ resourceType }) => held.has(resourceType));
}

function generate(draw: Draw): Generated {
  const kinds = ['council', 'police', 'health'] as const;
  // 20 in all, never fewer than four of a kind: a case needs a council, a force and a custodian.
  const agencies = Array.from({ length: 20 }, (_, at) => {
    const kind = kinds[at < 12 ? at % 3 : draw.below(3)] ?? 'police';
    return agencyOf(`gen-${kind}-${String(at)}`, kind, draw);
  });
  const of = (kind: string) => agencies.filter((agency) => agency.kind === kind);
  const numbers = nhsNumbers(PEOPLE + 1);
  const people = Array.from({ length: PEOPLE }, (_, at): DemoPerson => {
    const familyName = `Generated-Test${String(at)}`;
    const born = `${String(2010 + draw.below(14))}-0${String(1 + draw.below(9))}-1${String(draw.below(9))}`;
    return {
      id: `gen-${String(at)}`,
      name: `Child ${familyName}`,
      familyName,
      givenName: 'Child',
      birthDate: born,
      identifiers: [{ system: 'nhs-number', value: numbers[at] ?? '' }],
      story: false,
    };
  });
  const cases = people.map(({ id }, at): DemoWorld['cases'][number] => {
    const council = draw.of(of('council')).id;
    const police = draw.of(of('police')).id;
    const named = draw.below(2) === 0 ? { officers: [`${police}-one`] } : {};
    return {
      reference: `gen-case-${String(at)}`,
      process: 'child-s47-enquiry',
      subject: id,
      story: false,
      lead: { agency: council, officer: `${council}-lead-1`, second: `${council}-mgr-1` },
      involvements: [
        {
          agency: police,
          team: `${police}-team`,
          ...named,
          role: 'investigating-officer',
          from: 1 + draw.below(20),
        },
      ],
    };
  });
  const held = new Map(
    people.map(({ id }, at) => {
      const types = PERMITTED.map((category) => CATEGORIES[category].resource).filter((type) => type !== 'Patient');
      return [id, new Set<string>(at % 2 === 0 ? ['Patient', ...draw.some(types)] : [])] as const;
    }),
  );
  const records = people.flatMap((person) => recordsOf(person, held.get(person.id) ?? new Set()));
  return { agencies, people, cases, held, records };
}

const draw = new Draw(SEED);
const generated = generate(draw);
const nobody = nhsNumbers(PEOPLE + 1)[PEOPLE] ?? '';
const clients = new Map<string, AgencyClient>();
let world: GatewayWorld;
let trusted: { readonly jwks: NonNullable<ReturnType<typeof readJwks>>; readonly logKey: string };

beforeAll(async () => {
  process.stdout.write(`generated world of seed ${String(SEED)} (GENERATED_WORLD_SEED=${String(SEED)} for the same)\n`);
  world = await gatewayWorld((seed) => ({
    ...seed,
    agencies: [...seed.agencies, ...generated.agencies],
    people: [...seed.people, ...generated.people],
    cases: [...seed.cases, ...generated.cases],
  }));
  world.trust.hold(generated.records);
  const text = async (path: string) => (await fetch(`${world.publicUrl}${path}`)).text();
  trusted = {
    jwks: readJwks(Buffer.from(await text('/.well-known/jwks.json'))) ?? [],
    logKey: (await text('/log/key')).trim(),
  };
});
afterAll(() => world.close());

/** One token for each agency, not for each ask. */
function clientOf(agency: string): AgencyClient {
  const client = clients.get(agency) ?? world.client(agency, `${agency}-one`);
  clients.set(agency, client);
  return client;
}

/** One ask of the sample, drawn whole before any is sent. */
interface Sampled {
  readonly at: number;
  readonly person: DemoPerson;
  readonly police: string;
  readonly involved: string;
  /** An officer of some force whom no involvement reaches. */
  readonly stranger: { readonly agency: string; readonly officer: string };
  readonly body: Record<string, unknown>;
  readonly asked: readonly string[];
}

function sampled(at: number): Sampled {
  const one = generated.cases[(at * 4 + draw.below(4)) % generated.cases.length];
  const person = generated.people.find(({ id }) => id === one?.subject);
  const [involvement] = one?.involvements ?? [];
  if (one === undefined || person === undefined || involvement === undefined)
    throw new Error('a case without a person');
  const police = involvement.agency;
  const custodian = draw.of(generated.agencies.filter(({ kind }) => kind === 'health')).id;
  const asked = [
    ...new Set([draw.of(PERMITTED), ...draw.some(PERMITTED), ...draw.some(IN_REVIEW), ...draw.some(WITHHELD)]),
  ];
  const others = generated.agencies.filter(({ kind, id }) => kind === 'police' && id !== police);
  const elsewhere = draw.of(others).id;
  const stranger =
    involvement.officers !== undefined && draw.below(2) === 0
      ? { agency: police, officer: `${police}-two` }
      : { agency: elsewhere, officer: `${elsewhere}-one` };
  return {
    at,
    person,
    police,
    involved: involvement.officers?.[0] ?? draw.of([`${police}-one`, `${police}-two`]),
    stranger,
    asked,
    body: {
      custodian,
      custodianTeam: `${custodian}-team`,
      subject: { role: 'child', nhsNumber: person.identifiers[0]?.value },
      caseReference: one.reference,
      categories: asked,
      questions: asked.includes('health-summary') ? [{ category: 'health-summary', code: 'ed-attendances' }] : [],
    },
  };
}

function ask(agency: string, officer: string, body: Record<string, unknown>): Promise<Reply> {
  return clientOf(agency).post(
    '/v1/exchanges/requests',
    anAsk({ ...body, officer: { id: officer, role: 'police-ppu-officer' } }),
    { officer },
  );
}

function expectedStatus(category: string, held: ReadonlySet<string>): string {
  if (Object.hasOwn(CATEGORIES, category)) {
    const { held: whenHeld, resource } = CATEGORIES[category as Permitted];
    if (held.has(resource)) return whenHeld;
    // Of whom they live with and who looks after them nobody is told that there is nothing; of a stranger, that they are one.
    return held.has('Patient') && SAYS_WHERE.includes(category) ? 'unavailable' : 'not-held';
  }
  return (IN_REVIEW as readonly string[]).includes(category) ? 'in-review' : 'withheld';
}

/** Every category and leaf that the signed disclosure opens, by name; RFC 9901 §4.2: `[salt, name, value]`. */
function openedNames(disclosure: string): string[] {
  return disclosure
    .split('~')
    .slice(1, -1)
    .map((part) => (JSON.parse(Buffer.from(part, 'base64url').toString()) as readonly [string, string])[1]);
}

async function verdictOf(police: string, answer: AskAnswer): Promise<Verdict> {
  const path = `/v1/disclosures/${answer.disclosureId}/proof`;
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const reply = await clientOf(police).get(path, { officer: `${police}-ig-1` });
    const proof = reply.status === 200 ? readProof(reply.bytes) : undefined;
    if (proof !== undefined) {
      const { receipt, disclosure } = answer;
      return verifyEvidence(
        { receipt, disclosure, proof },
        { ...trusted, witnesses: [], issuer: world.publicUrl, audience: police },
      );
    }
    await pause(100);
  }
  throw new Error('the entry was not in the log within forty seconds');
}

const SAMPLES = Array.from({ length: SAMPLE }, (_, at) => sampled(at));

describe('a world of twenty more agencies and two hundred more people', () => {
  it('has NHS numbers of its own, each of the test range', () => {
    const numbers = generated.people.map(({ identifiers }) => identifiers[0]?.value ?? '');

    expect(new Set(numbers).size).toBe(PEOPLE);
    for (const number of numbers) expect(number).toMatch(/^9991\d{6}$/);
  });

  it.each(SAMPLES)(
    'ask $at: the involved officer gets what policy permits and the custodian holds, and nothing else',
    async ({ person, police, involved, body, asked }) => {
      const held = generated.held.get(person.id) ?? new Set<string>();
      const reply = await ask(police, involved, body);
      const answer = reply.body as AskAnswer;

      const expected = Object.fromEntries(asked.map((category) => [category, expectedStatus(category, held)]));
      // Where all that is permitted is unavailable, nothing is said now, and what waits for a person is all there is.
      const isSaid = Object.values(expected).some((status) => ['released', 'minimised', 'not-held'].includes(status));
      expect({ status: reply.status, reason: answer.reason }).toEqual({
        status: isSaid ? 200 : 202,
        reason: undefined,
      });
      const statuses = Object.fromEntries(answer.items.map(({ category, status }) => [category, status]));
      expect(statuses).toEqual(expected);
      if (!isSaid) return;
      const released = asked.filter((category) => ['released', 'minimised'].includes(statuses[category] ?? ''));
      expect(Object.keys(answer.record).sort()).toEqual([...released].sort());
      for (const category of released) {
        const given = Object.keys(answer.record[category] ?? {});
        expect(given).toEqual(CATEGORIES[category as Permitted].leaves ?? given);
      }
      const leaves = released.flatMap((category) => Object.keys(answer.record[category] ?? {}));
      expect(openedNames(answer.disclosure).sort()).toEqual([...released, ...leaves].sort());
      expect(reply.bytes.toString()).not.toContain('Unasked Row');
    },
  );

  it.each(SAMPLES)(
    'ask $at: an officer whom no involvement reaches is answered as if the child were unknown',
    async ({ stranger: { agency, officer }, body }) => {
      const known = await ask(agency, officer, body);
      const unknown = await ask(agency, officer, { ...body, subject: { role: 'child', nhsNumber: nobody } });

      expect({ status: known.status, reason: (known.body as AskAnswer).reason }).toEqual({
        status: 403,
        reason: 'request-refused',
      });
      expect(unknown.status).toBe(403);
      expect(blanked(unknown.bytes.toString())).toBe(blanked(known.bytes.toString()));
      expect(unknown.bytes.length).toBe(known.bytes.length);
    },
  );

  it('each answer proves itself with public keys and the public log alone', async () => {
    for (const { police, involved, body } of SAMPLES.slice(0, PROVED)) {
      const answer = (await ask(police, involved, body)).body as AskAnswer;
      const verdict = await verdictOf(police, answer);

      expect(verdict.steps.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      expect(verdict.verdict).toBe('verified');
    }
  });
});
