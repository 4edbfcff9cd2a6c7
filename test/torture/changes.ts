import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { APPROVERS } from '../../src/cli/demo/credentials.js';
import { loadPolicyFiles } from '../../src/cli/serve/start-gateway.js';
import type { AgencyId, OfficerId } from '../../src/core/vocabulary/ids.js';
import { instantOf } from '../../src/core/vocabulary/time.js';
import { approvePolicy } from '../../src/policies/policy-approval.js';
import { newKeyPair, type Reply } from '../support/agency-client.js';
import type { AskAnswer } from '../support/asks.js';
import type { TortureWorld } from './torture-world.js';

/** Something a release rests on, that can be taken away and given back. */
export interface Change {
  /** Takes it away. */
  take(): Promise<void>;
  /** Gives it back. */
  give(): Promise<void>;
  /** Takes away for good what was made for it, where that would stand in the way of the next. */
  readonly end?: () => Promise<void>;
  /** The key that asks are signed with now; undefined for the agency's usual one. */
  readonly signingKey?: JWK | undefined;
}

/** A kind of change. */
export interface KindOfChange {
  readonly name: string;
  /** The anchor it bumps. The superuser finds by it when the last one was committed. */
  readonly anchor: { readonly kind: string; readonly id?: string };
  /** Whether an answer releases what must not be released while it is away. */
  releases(reply: Reply): boolean;
  /** Makes what is to be taken away, where the world has none. */
  begin(world: TortureWorld): Promise<Change>;
}

const AVA = { identifiers: [{ system: 'nhs-number', value: '9990000018' }] };
const configuration = join(import.meta.dirname, '..', '..', '..', 'config');

const releasesAnything = (reply: Reply): boolean => reply.status === 200;
const releases =
  (category: string) =>
  (reply: Reply): boolean =>
    reply.status === 200 && (reply.body as AskAnswer).record[category] !== undefined;

/** Calls as officers of agencies, each by one client that keeps its token. */
function callers(
  world: TortureWorld,
): (agency: string, officer: string, path: string, body: object, method?: 'POST' | 'PATCH') => Promise<string> {
  const clients = new Map<string, ReturnType<TortureWorld['client']>>();
  let turn = 0;
  return async (agency, officer, path, body, method = 'POST') => {
    const gateway = world.gateways[(turn += 1) % 2 === 0 ? 0 : 1];
    const name = `${agency}/${officer}/${gateway.address}`;
    const client = clients.get(name) ?? world.client(agency, officer, gateway);
    clients.set(name, client);
    const key = method === 'POST' ? {} : { idempotencyKey: randomUUID() };
    const reply = await client.call(method, path, body, key);
    if (reply.status >= 300) throw new Error(`${path}: ${String(reply.status)} ${reply.bytes.toString()}`);
    return String((reply.body as { id?: unknown }).id);
  };
}

/** A fact that is recorded anew each time and ended by its id. */
function recorded(
  agency: string,
  path: string,
  body: object,
  ending: { readonly name: string; readonly officer: string },
): (world: TortureWorld) => { readonly record: () => Promise<void>; readonly end: () => Promise<void> } {
  return (world) => {
    const call = callers(world);
    let id = '';
    return {
      record: async () => {
        id = await call(agency, (body as { officer: string }).officer, path, body);
      },
      end: async () => {
        await call(agency, ending.officer, `${path}/${id}/${ending.name}`, { officer: ending.officer, note: 'a race' });
      },
    };
  };
}

/** What bars a release while it stands. */
function barring(name: string, of: ReturnType<typeof recorded>): KindOfChange {
  return {
    name,
    anchor: { kind: 'subject' },
    releases: releasesAnything,
    begin: (world) => {
      const { record, end } = of(world);
      return Promise.resolve({ take: record, give: end });
    },
  };
}

const consentOf = (agency: string, officer: string, category: string): KindOfChange => ({
  name: `consent withdrawn, recorded by ${agency}`,
  anchor: { kind: 'subject' },
  releases: releases(category),
  begin: async (world) => {
    const body = {
      subject: AVA,
      scope: [category],
      recipients: ['northmoor-police'],
      purpose: 'child-s47-enquiry',
      obtained: { by: officer, on: new Date().toISOString().slice(0, 10), how: 'told in person' },
      officer,
    };
    const { record, end } = recorded(agency, '/v1/consents', body, { name: 'withdrawal', officer })(world);
    await record();
    return { take: end, give: record, end };
  },
});

const twoPeople = async (
  call: ReturnType<typeof callers>,
  path: string,
  body: object,
  method: 'POST' | 'PATCH' = 'POST',
): Promise<void> => {
  const change = await call('northmoor-police', 'np-adm-1', path, body, method);
  await call('northmoor-police', 'np-adm-2', `${path}/${change}/approval`, { officer: 'np-adm-2' });
};

const POLICE = '/v1/agencies/northmoor-police';

const roleEnded: KindOfChange = {
  name: 'the officer’s role ended',
  anchor: { kind: 'agency', id: 'northmoor-police' },
  releases: releasesAnything,
  begin: (world) => {
    const call = callers(world);
    const officer = { id: 'np-4471', name: 'Huw Fallowfield', team: 'np-ppu', role: 'police-ppu-officer' };
    return Promise.resolve({
      take: () => twoPeople(call, `${POLICE}/officers/np-4471`, { to: new Date().toISOString() }, 'PATCH'),
      give: () =>
        twoPeople(call, `${POLICE}/officers`, {
          ...officer,
          trainingUntil: new Date(Date.now() + 86_400_000).toISOString(),
        }),
    });
  },
};

const keyRevoked: KindOfChange = {
  name: 'the key the ask was signed with revoked',
  anchor: { kind: 'agency', id: 'northmoor-police' },
  releases: releasesAnything,
  begin: async (world) => {
    const call = callers(world);
    let held: JWK | undefined;
    const give = async (): Promise<void> => {
      const { privateJwk, publicJwk } = await newKeyPair();
      const { kid = '', kty, crv, x, y } = publicJwk;
      await twoPeople(call, `${POLICE}/keys`, { kid, use: 'signing', public: { kty, crv, x, y } });
      held = privateJwk;
    };
    await give();
    return {
      take: async () => {
        const revoked = { effectiveFrom: new Date().toISOString(), reason: 'lost' };
        await twoPeople(call, `${POLICE}/keys/${held?.kid ?? ''}/revocation`, revoked);
      },
      give,
      get signingKey() {
        return held;
      },
    };
  },
};

const involvementEnded: KindOfChange = {
  name: 'the involvement ended by the agency that leads',
  anchor: { kind: 'subject' },
  releases: releasesAnything,
  begin: async (world) => {
    const call = callers(world);
    const [found] = await world.look<{ id: string }>(
      `SELECT id FROM gateway.involvement i WHERE agency = 'northmoor-police' AND case_reference = 'nm-2026-0417'
         AND NOT EXISTS (SELECT FROM gateway.involvement_end e WHERE e.involvement = i.id)`,
    );
    let id = found?.id ?? '';
    return {
      take: async () => {
        const end = { officer: 'nmc-lead-1', reason: 'a race' };
        await call('northmoor-council', 'nmc-lead-1', `/v1/involvements/${id}/end`, end);
      },
      give: async () => {
        id = await call('northmoor-council', 'nmc-lead-1', '/v1/involvements', {
          subject: AVA,
          caseReference: 'nm-2026-0417',
          process: 'child-s47-enquiry',
          agency: 'northmoor-police',
          team: 'np-ppu',
          role: 'investigating-officer',
          officers: ['np-4471'],
          from: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
        });
      },
    };
  },
};

const policyReplaced: KindOfChange = {
  name: 'another policy published',
  anchor: { kind: 'policy', id: 'published' },
  releases: releasesAnything,
  begin: (world) => {
    const served = loadPolicyFiles(configuration).digest;
    const other = Buffer.alloc(32, 7).toString('base64url');
    const publish = async (digest: string): Promise<void> => {
      const approvals = APPROVERS.map(({ agency, officer }) => {
        const { kid = '', ...key } = world.keys.approvals[officer] ?? {};
        const approver = { agency: agency as AgencyId, officer: officer as OfficerId, kid, privateJwk: key as never };
        return approvePolicy(digest, approver, instantOf(Date.now()));
      });
      await world.gateways[1].tell({ tell: 'publish', digest, approvals }, 'done');
    };
    return Promise.resolve({ take: () => publish(other), give: () => publish(served) });
  },
};

/** Every kind of change that can take away what a release rests on. */
export const CHANGES: readonly KindOfChange[] = [
  consentOf('northmoor-nhs-trust', 'nnt-mgr-1', 'present-concern'),
  consentOf('northmoor-council', 'nmc-mgr-1', 'injury-findings'),
  barring(
    'an objection recorded by another agency',
    recorded(
      'northmoor-council',
      '/v1/objections',
      { subject: AVA, ground: 'objects', officer: 'nmc-mgr-1' },
      { name: 'withdrawal', officer: 'nmc-mgr-1' },
    ),
  ),
  barring(
    'a hold',
    recorded(
      'northmoor-council',
      '/v1/holds',
      { subject: AVA, reason: 'a claim is expected', officer: 'nmc-mgr-1' },
      { name: 'release', officer: 'nmc-mgr-2' },
    ),
  ),
  barring(
    'a protection that raises a bar',
    recorded(
      'northmoor-council',
      '/v1/protections',
      { subject: AVA, kind: 'protected-person', evidence: 'arrangements made', officer: 'nmc-mgr-1' },
      { name: 'lift', officer: 'nmc-mgr-2' },
    ),
  ),
  involvementEnded,
  roleEnded,
  keyRevoked,
  policyReplaced,
];
