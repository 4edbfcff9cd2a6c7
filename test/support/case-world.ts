import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { RegisteredCasePeople, RegisteredConsentingPeople } from '../../src/bindings/people-of-cases.binding.js';
import { RegisteredInvolvements } from '../../src/bindings/own-involvements.binding.js';
import { ConsentCodes } from '../../src/consent/consent-codes.js';
import { ConsentRegistry } from '../../src/consent/consent-registry.js';
import { ObjectionOverrides } from '../../src/consent/objection-overrides.js';
import { OverrideLog, type OnRecord } from '../../src/consent/override-log.js';
import type { OverriddenObjection } from '../../src/consent/wish.js';
import type { WithdrawalFollower } from '../../src/consent/withdrawal-follower.js';
import type { AuthenticatedCall } from '../../src/core/vocabulary/caller.js';
import type { AgencyKind, TeamKind } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, OfficerId, PersonId, TeamId } from '../../src/core/vocabulary/ids.js';
import { instantOf, secondsAfter, type Instant } from '../../src/core/vocabulary/time.js';
import { CaseTeams } from '../../src/involvement/case-teams.js';
import type { CaseOfficer } from '../../src/involvement/involvement.js';
import { InvolvementRegister } from '../../src/involvement/involvement-register.js';
import { ProcessCatalogue } from '../../src/involvement/process-catalogue.js';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { Calls } from '../../src/platform/calls/calls.js';
import { Clock } from '../../src/platform/clock.js';
import type { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { TimeOrderedIds } from '../../src/platform/ids.js';
import { Keyring } from '../../src/platform/keys/keyring.js';
import { MasterKey } from '../../src/platform/keys/master-key.js';
import { SystemRandomness } from '../../src/platform/randomness.js';
import { Sealer } from '../../src/platform/sealing/sealer.js';
import { SubjectRegistry } from '../../src/subjects/subject-registry.js';
import { budgetsOf } from './budgets.js';
import { freshDatabase, type TestDatabase } from './database.js';

const configuration = join(import.meta.dirname, '../../config');

/** The council that leads, the force and the trust that work with it. All invented. */
export const council = 'northmoor-council' as AgencyId;
export const force = 'northmoor-police' as AgencyId;
export const trust = 'northmoor-nhs-trust' as AgencyId;

/** A clock that stands still until a test moves it. */
export class StandingClock extends Clock {
  at: Instant = instantOf(Date.parse('2026-12-07T09:00:00Z'));

  override now(): Instant {
    return this.at;
  }

  pass(seconds: number): void {
    this.at = secondsAfter(this.at, seconds);
  }
}

/** A log of overrides that remembers what it was given. */
export class RememberedOverrides extends OverrideLog {
  readonly appended: OverriddenObjection[] = [];
  readonly heard: OverriddenObjection[] = [];

  override append(_tx: Tx, overridden: OverriddenObjection): Promise<OnRecord> {
    this.appended.push(overridden);
    return Promise.resolve({ disclosureId: randomUUID() as DisclosureId, reviewDueAt: overridden.at });
  }

  override told(overridden: OverriddenObjection): void {
    this.heard.push(overridden);
  }
}

/** A directory that a test writes by hand: officers by id, teams by agency. */
export class HandwrittenTeams extends CaseTeams {
  private readonly officers = new Map<string, CaseOfficer>();
  private readonly teams = new Map<string, AgencyId>();

  employ(
    agency: AgencyId,
    officer: string,
    { kind, team }: { kind: AgencyKind; team: string },
    leadsCases = true,
  ): void {
    this.officers.set(`${agency}/${officer}`, { agencyKind: kind, teamKind: team as TeamKind, leadsCases });
    this.teams.set(teamOf(agency, team), agency);
  }

  override belongs(_tx: Tx, team: TeamId, agency: AgencyId): Promise<boolean> {
    return Promise.resolve(this.teams.get(team) === agency);
  }

  override officerAt(_tx: Tx, agency: AgencyId, officer: OfficerId): Promise<CaseOfficer | undefined> {
    return Promise.resolve(this.officers.get(`${agency}/${officer}`));
  }
}

/** The id of an agency's team of one kind. */
export function teamOf(agency: AgencyId, kind: string): TeamId {
  return `${agency}-${kind}` as TeamId;
}

/** The rooms that know people, cases and wishes, over a database of their own. */
export interface CaseWorld {
  readonly server: TestDatabase;
  readonly database: PostgresDatabase;
  readonly clock: StandingClock;
  readonly calls: Calls;
  readonly subjects: SubjectRegistry;
  readonly involvements: InvolvementRegister;
  readonly casePeople: RegisteredCasePeople;
  readonly ownInvolvements: RegisteredInvolvements;
  readonly consents: ConsentRegistry;
  readonly overrides: ObjectionOverrides;
  /** What was put on record of overrides. */
  readonly overrideLog: RememberedOverrides;
  readonly sealer: Sealer;
  /** How often authority over a person has changed. */
  versionOf(person: PersonId): Promise<bigint>;
  close(): Promise<void>;
}

/** Opens it with the cast's officers employed; whoever opens it closes it. */
export async function openCaseWorld(follower?: WithdrawalFollower): Promise<CaseWorld> {
  const server = await freshDatabase();
  const database = await server.open('gateway');
  const clock = new StandingClock();
  const randomness = new SystemRandomness();
  const ids = new TimeOrderedIds(clock, randomness);
  const master = new MasterKey(randomBytes(32));
  const keys = await Keyring.open({ database, master, clock, randomness, logName: 'gateway.test/log' });
  const sealer = new Sealer({ master, randomness, ids, clock });
  const subjects = new SubjectRegistry(keys, sealer, ids, clock);
  const casePeople = new RegisteredCasePeople(subjects);
  const processes = new ProcessCatalogue(loadCatalogue(configuration));
  const involvements = new InvolvementRegister(casePeople, theCast(), processes, sealer, ids, clock);
  const codes = new ConsentCodes(loadCatalogue(configuration));
  const overrideLog = new RememberedOverrides();
  const consentingPeople = new RegisteredConsentingPeople(subjects);
  return {
    server,
    database,
    clock,
    calls: new Calls(database, { holds: () => Promise.resolve(true) }, budgetsOf(database)),
    subjects,
    involvements,
    casePeople,
    ownInvolvements: new RegisteredInvolvements(involvements),
    consents: new ConsentRegistry(consentingPeople, codes, sealer, ids, clock, follower),
    overrides: new ObjectionOverrides(codes, sealer, overrideLog, ids, clock),
    overrideLog,
    sealer,
    versionOf: async (person) => {
      const anchor = { kind: 'subject', id: person } as const;
      const versions = await database.outside((tx) => tx.versionsOf([anchor]));
      return versions.get(`subject:${person}`) ?? 0n;
    },
    close: () => server.close(),
  };
}

/** A call as identity would hand it on: fresh proof, fresh signature, fresh key, unless the test says otherwise. */
export function callOf(
  { clock }: Pick<CaseWorld, 'clock'>,
  agency: AgencyId,
  officer: string,
  method: 'GET' | 'POST' = 'POST',
): AuthenticatedCall {
  // Until when its use is remembered is judged by the database's clock, whatever the test's says.
  const until = secondsAfter(instantOf(Date.now()), 300);
  const once = randomUUID();
  const call = {
    agency,
    officer: officer as OfficerId,
    clientId: `${agency}-system`,
    scopes: ['coordination'],
    requires: { scope: 'coordination', duty: 'lead' },
    proof: { thumbprint: 'thumbprint', jti: `proof-${once}`, until },
    signature: { jti: `signature-${once}`, until, digest: digestOf(once), kid: 'kid' },
    ...(method === 'POST' && { idempotencyKey: once }),
    method,
    path: '/v1/tested',
    requestDigest: digestOf(`body ${once}`),
    correlationId: once,
    receivedAt: clock.now(),
  };
  return call as unknown as AuthenticatedCall;
}

/** The nth NHS number of the test range, its check digit right. */
export function testNhsNumber(n: number): string {
  for (let serial = n * 7; ; serial += 1) {
    const nine = `999${String(serial).padStart(6, '0')}`;
    const sum = Array.from(nine).reduce((total, digit, position) => total + Number(digit) * (10 - position), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${nine}${String(check)}`;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function theCast(): HandwrittenTeams {
  const teams = new HandwrittenTeams();
  teams.employ(council, 'nc-lead', { kind: 'council', team: 'la-csc' });
  teams.employ(council, 'nc-manager', { kind: 'council', team: 'la-csc' });
  teams.employ(council, 'nc-housing', { kind: 'council', team: 'la-housing' }, false);
  teams.employ(council, 'nc-lado', { kind: 'council', team: 'lado' });
  teams.employ(force, 'np-detective', { kind: 'police', team: 'police-ci' });
  teams.employ(force, 'np-inspector', { kind: 'police', team: 'police-ci' });
  teams.employ(force, 'np-ppu', { kind: 'police', team: 'police-pp' }, false);
  teams.employ(trust, 'nt-nurse', { kind: 'health', team: 'nhs-acute' }, false);
  teams.employ(trust, 'nt-named-doctor', { kind: 'health', team: 'nhs-acute' }, false);
  return teams;
}
