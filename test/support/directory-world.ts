import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { AgencyDirectory } from '../../src/agencies/agency-directory.js';
import { AgencyRegister } from '../../src/agencies/agency-register.js';
import { DirectoryOfficerDuties } from '../../src/agencies/directory-officer-duties.js';
import { RequesterResolution } from '../../src/agencies/requester-resolution.js';
import type { Catalogue, RoleEntry } from '../../src/core/law/catalogue.js';
import type { AuthenticatedCall } from '../../src/core/vocabulary/caller.js';
import type { AgencyKind, Duty, RoleCode, TeamKind } from '../../src/core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../src/core/vocabulary/ids.js';
import type { JsonObject } from '../../src/core/vocabulary/json.js';
import { instantOf, secondsAfter, type Instant } from '../../src/core/vocabulary/time.js';
import { Calls } from '../../src/platform/calls/calls.js';
import { TwoPeople } from '../../src/platform/calls/two-people.js';
import type { Database } from '../../src/platform/database/database.js';
import { Ids } from '../../src/platform/ids.js';
import { budgetsOf } from './budgets.js';

export const beginning = '2026-01-01T09:00:00.000Z' as Instant;
export const now = '2026-11-25T11:00:00.000Z' as Instant;

/** The council and the trust of every test; both invented. */
export const council = 'northmoor-council' as AgencyId;
export const trust = 'northmoor-nhs-trust' as AgencyId;

const roleDuties: Record<string, { duties: Duty[]; teamKinds: string[] }> = {
  'social-worker': { duties: ['ask', 'push', 'lead', 'read-directory'], teamKinds: ['la-csc'] },
  administrator: { duties: ['administer', 'read-directory'], teamKinds: ['la-csc', 'nhs-acute'] },
  'named-nurse': { duties: ['ask', 'push', 'release', 'read-directory'], teamKinds: ['nhs-acute'] },
};

/** As much of the catalogue as the directory reads. */
export const roles: Pick<Catalogue, 'roles'> = {
  roles: new Map(
    Object.entries(roleDuties).map(([code, { duties, teamKinds }]): [RoleCode, RoleEntry] => [
      code as RoleCode,
      { code: code as RoleCode, title: code, duties, teamKinds: teamKinds as TeamKind[] },
    ]),
  ),
};

export interface DirectoryWorld {
  readonly database: Database;
  readonly directory: AgencyDirectory;
  readonly register: AgencyRegister;
  readonly resolution: RequesterResolution;
  readonly calls: Calls;
  readonly twoPeople: TwoPeople;
  readonly ids: Ids;
}

/** Enrols the council (`nm-csc`) and the trust (`nnt-acute`), each with two administrators and one practitioner. */
export async function directoryWorld(database: Database): Promise<DirectoryWorld> {
  const directory = new AgencyDirectory(roles);
  const register = new AgencyRegister();
  const resolution = new RequesterResolution(directory);
  await enrol(database, register, { agency: council, kind: 'council', team: 'nm-csc', teamKind: 'la-csc' });
  await enrol(database, register, { agency: trust, kind: 'health', team: 'nnt-acute', teamKind: 'nhs-acute' });
  await seat(database, register, council, 'nm-csc', 'nm', 'social-worker');
  await seat(database, register, trust, 'nnt-acute', 'nnt', 'named-nurse');
  const ids = new RandomIds();
  return {
    database,
    directory,
    register,
    resolution,
    calls: new Calls(database, new DirectoryOfficerDuties(resolution), budgetsOf(database)),
    twoPeople: new TwoPeople(ids),
    ids,
  };
}

/** An authenticated call, fresh each time: own proof, signature and key. */
export function callBy(
  agency: AgencyId,
  officer: string,
  path: string,
  chosen: { duty?: Duty; method?: string; at?: Instant } = {},
): AuthenticatedCall {
  const { duty = 'administer', method = 'POST', at = now } = chosen;
  // Until when its use is remembered is judged by the database's clock, whatever the test's says.
  const until = secondsAfter(instantOf(Date.now()), 60);
  return {
    agency,
    officer: officer as OfficerId,
    clientId: `${agency}-system`,
    scopes: ['directory.read', 'directory.write'],
    requires: { scope: 'directory.write', duty },
    proof: { thumbprint: 'T'.repeat(43), jti: randomUUID(), until },
    signature: { jti: randomUUID(), until, digest: 'S'.repeat(43), kid: 'sig-1' },
    ...(method === 'POST' && { idempotencyKey: randomUUID() }),
    method,
    path,
    requestDigest: 'R'.repeat(43),
    correlationId: randomUUID(),
    receivedAt: at,
  } as unknown as AuthenticatedCall;
}

/** A new P-256 key pair as JWKs. */
export function keyPair(): { publicJwk: JsonObject; privateJwk: JsonObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicJwk: publicKey.export({ format: 'jwk' }) as unknown as JsonObject,
    privateJwk: privateKey.export({ format: 'jwk' }) as unknown as JsonObject,
  };
}

class RandomIds extends Ids {
  override next(): string {
    return randomUUID();
  }
}

function enrol(
  database: Database,
  register: AgencyRegister,
  { agency, kind, team, teamKind }: { agency: AgencyId; kind: AgencyKind; team: string; teamKind: string },
): Promise<void> {
  const dutyContact = { name: 'Duty desk', phone: '01632 960000', email: `duty@${agency}.example` };
  return database.within({ parties: [agency] }, (tx) =>
    register.enrol(tx, { id: agency, name: agency, kind, jurisdiction: 'england', dutyContact }, [
      { id: team as TeamId, kind: teamKind as TeamKind, name: team },
    ]),
  );
}

function seat(
  database: Database,
  register: AgencyRegister,
  agency: AgencyId,
  team: string,
  prefix: string,
  practitioner: string,
): Promise<void> {
  const people = [
    { officer: `${prefix}-admin-1`, role: 'administrator' },
    { officer: `${prefix}-admin-2`, role: 'administrator' },
    { officer: `${prefix}-1`, role: practitioner },
  ];
  return database.within({ parties: [agency] }, async (tx) => {
    for (const { officer, role } of people)
      await register.grantRole(tx, agency, {
        officer: officer as OfficerId,
        name: `Invented ${officer}`,
        team: team as TeamId,
        role: role as RoleCode,
        from: beginning,
        trainingUntil: '2027-11-25T00:00:00.000Z' as Instant,
      });
  });
}
