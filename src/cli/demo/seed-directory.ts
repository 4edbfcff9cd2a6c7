import type { INestApplicationContext } from '@nestjs/common';
import type { EndpointAdapter } from '../../agencies/agency.js';
import { AgencyRegister } from '../../agencies/agency-register.js';
import type { RoleCode, Scope, TeamKind } from '../../core/vocabulary/codes.js';
import type { AgencyId, OfficerId, TeamId } from '../../core/vocabulary/ids.js';
import { secondsAfter, type Instant } from '../../core/vocabulary/time.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { approvePolicy } from '../../policies/policy-approval.js';
import { PolicyPublication } from '../../policies/policy-publication.js';
import { PublishedPolicy } from '../../policies/published-policy.js';
import { APPROVERS, publicHalf, type DemoKeys } from './credentials.js';
import type { DemoAgency, DemoWorld } from './world.js';

const YEAR_SECONDS = 365 * 24 * 3600;

/** Each demonstration client may ask for all scopes. */
const SCOPES: readonly Scope[] = [
  'exchange.request',
  'exchange.push',
  'exchange.release',
  'exchange.inbox',
  'disclosures.read',
  'directory.read',
  'directory.write',
  'coordination',
];

/** Enrols every agency of the world with its teams, officers, client and keys, as an operator would. */
export async function seedDirectory(app: INestApplicationContext, world: DemoWorld, keys: DemoKeys): Promise<void> {
  const register = app.get(AgencyRegister);
  const since = secondsAfter(app.get(Clock).now(), -YEAR_SECONDS);
  for (const agency of world.agencies) {
    const id = agency.id as AgencyId;
    await app.get(Database).within({ parties: [id] }, (tx) => enrol(register, tx, agency, keys, since));
  }
}

async function enrol(
  register: AgencyRegister,
  tx: Tx,
  agency: DemoAgency,
  keys: DemoKeys,
  since: Instant,
): Promise<void> {
  const id = agency.id as AgencyId;
  const { name, kind, jurisdiction, dutyContact, policyDocument } = agency;
  await register.enrol(
    tx,
    { id, name, kind, jurisdiction, dutyContact, policyDocument },
    agency.teams.map((team) => ({ id: team.id as TeamId, kind: team.kind as TeamKind, name: team.name })),
  );
  await register.addClient(tx, id, { clientId: `${agency.id}-system`, scopes: SCOPES });
  const held = keys.agencies[agency.id];
  if (held === undefined) throw new Error(`there are no keys for \`${agency.id}\``);
  for (const [use, jwk] of [
    ['client', held.clientKey],
    ['signing', held.signingKey],
  ] as const)
    await register.addKey(tx, id, { kid: jwk.kid ?? '', use, public: publicHalf(jwk), notBefore: since });
  for (const officer of agency.officers) {
    await register.grantRole(tx, id, {
      officer: officer.id as OfficerId,
      name: officer.name,
      team: officer.team as TeamId,
      role: officer.role as RoleCode,
      from: since,
      trainingUntil: secondsAfter(since, 2 * YEAR_SECONDS),
    });
    const approval = keys.approvals[officer.id];
    if (approval !== undefined)
      await register.addKey(tx, id, {
        kid: approval.kid ?? '',
        use: 'approval',
        officer: officer.id as OfficerId,
        public: publicHalf(approval),
        notBefore: since,
      });
  }
}

/**
 * Registers where the stand-in systems listen this time.
 *
 * @param asksPerMinute how often each agrees to be asked; absent: what is usual
 */
export async function seedSources(
  app: INestApplicationContext,
  world: DemoWorld,
  urls: ReadonlyMap<string, string>,
  asksPerMinute?: number,
): Promise<void> {
  const register = app.get(AgencyRegister);
  const ids = app.get(Ids);
  const at = app.get(Clock).now();
  for (const agency of world.agencies) {
    const url = urls.get(agency.id);
    if (url === undefined) continue;
    const id = agency.id as AgencyId;
    await app.get(Database).within({ parties: [id] }, async (tx) => {
      for (const { team, adapter } of agency.sources) {
        const endpoint = ids.next();
        await register.approveEndpoint(tx, id, {
          id: endpoint,
          team: team as TeamId,
          kind: 'source',
          adapter: adapter as EndpointAdapter,
          url,
          asksPerMinute,
          approvedAt: at,
        });
        await register.activateEndpoint(tx, id, endpoint, at);
      }
    });
  }
}

/** Has two people of the world approve and publish the policy files at hand, unless they are published already. */
export async function publishPolicy(app: INestApplicationContext, digest: string, keys: DemoKeys): Promise<void> {
  const current = await app.get(Database).outside((tx) => app.get(PublishedPolicy).current(tx));
  if (current?.digest === digest) return;
  const at = app.get(Clock).now();
  const approvals = APPROVERS.map(({ agency, officer }) => {
    const key = keys.approvals[officer];
    if (key?.kid === undefined) throw new Error(`\`${officer}\` has no key to approve with`);
    return approvePolicy(
      digest,
      {
        agency: agency as AgencyId,
        officer: officer as OfficerId,
        kid: key.kid,
        privateJwk: key,
      },
      at,
    );
  });
  const publication = await app.get(PolicyPublication).publish(digest, approvals, at);
  if (!publication.ok) throw new Error(`the demonstration's policy was not published: ${publication.fault}`);
}
