import { loadPolicyFiles } from '../../src/cli/serve/start-gateway.js';
import { publishPolicy } from '../../src/cli/demo/seed-directory.js';
import { sha256Base64url } from '../../src/core/signing/digest.js';
import type { AgencyClient, Reply } from './agency-client.js';
import { CONFIGURATION } from './gateway-world.js';
import { OPERATOR, type RaceWorld, type Trial } from './race-world.js';

/** What an ask that was permitted gets instead, once authority has changed under it. */
export type Obeyed =
  /** 403; `request-refused` where it rests on the subject and is not said. */
  | { readonly refused: string }
  /** 202: nothing leaves until a person has decided. */
  | { readonly leftToPerson: 'everything' }
  /** 200 without these categories. */
  | { readonly without: readonly string[]; readonly which: 'in-review' | 'withheld' }
  /** A problem, and no decision at all. */
  | { readonly problem: string; readonly status: number };

/** One kind of change of what a release rests on. */
export interface ChangeOfAuthority {
  readonly name: string;
  /** The table whose row is the change. */
  readonly table: string;
  /** Makes it ready; what comes back makes it so, and resolves once it is committed. */
  readonly prepare: (race: RaceWorld, trial: Trial) => Promise<() => Promise<void>>;
  /** What becomes of an ask that was permitted before it. */
  readonly obeyed: Obeyed;
  /** The check that shows it in the custodian's record, where a decision does. */
  readonly finding?: string;
  /** What the same force's next ask gets, where that is another thing: it may no longer even call. */
  readonly next?: Obeyed;
  /** Puts back what other races rest on. */
  readonly undo?: (race: RaceWorld) => Promise<void>;
}

const TRUST = 'northmoor-nhs-trust';
const COUNCIL = 'northmoor-council';

/** Every kind of change that a release must obey, one a row. */
export const changesOfAuthority: readonly ChangeOfAuthority[] = [
  {
    name: 'the custodian’s own consent is withdrawn',
    table: 'consent_withdrawal',
    prepare: (race, trial) => withdrawalOf(race, trial, TRUST, 'nnt-mgr-1'),
    obeyed: { without: ['injury-findings'], which: 'in-review' },
    finding: 'consent-standing',
  },
  {
    name: 'a consent that another agency obtained is withdrawn',
    table: 'consent_withdrawal',
    prepare: (race, trial) => withdrawalOf(race, trial, COUNCIL, 'nmc-mgr-1'),
    obeyed: { without: ['injury-findings'], which: 'in-review' },
    finding: 'consent-standing',
  },
  {
    name: 'another agency records that the person objects',
    table: 'objection',
    prepare: (race, { councilsRef }) =>
      call(race.client(COUNCIL, 'nmc-mgr-1'), '/v1/objections', {
        subject: councilsRef,
        ground: 'objects',
        officer: 'nmc-mgr-1',
      }),
    obeyed: { refused: 'request-refused' },
    finding: 'objection-respected',
  },
  {
    name: 'another agency records a statutory bar',
    table: 'protection',
    prepare: (race, { councilsRef }) => protectionOf(race, councilsRef, 'protected-person'),
    obeyed: { refused: 'request-refused' },
    finding: 'bars-absent',
  },
  {
    name: 'another agency records a protected address',
    table: 'protection',
    prepare: (race, { child }) => protectionOf(race, child, 'protected-address'),
    obeyed: { without: ['household', 'professionals-involved'], which: 'in-review' },
    finding: 'bars-absent',
  },
  {
    name: 'another agency places a hold',
    table: 'hold',
    prepare: (race, { councilsRef }) =>
      call(race.client(COUNCIL, 'nmc-mgr-1'), '/v1/holds', {
        subject: councilsRef,
        reason: 'the accuracy of the record is contested',
        officer: 'nmc-mgr-1',
      }),
    obeyed: { leftToPerson: 'everything' },
    finding: 'hold-respected',
  },
  {
    name: 'the agency that leads ends the involvement',
    table: 'involvement_end',
    prepare: (race, { involvement }) =>
      call(race.client(COUNCIL, 'nmc-lead-1'), `/v1/involvements/${involvement}/end`, {
        officer: 'nmc-lead-1',
        reason: 'the enquiry is closed',
      }),
    obeyed: { refused: 'request-refused' },
    finding: 'need-to-know',
  },
  {
    name: 'another agency puts in doubt who the person is',
    table: 'data_quality_task',
    prepare: (race, { child }) =>
      call(race.client('eastvale-council', 'evc-lead-1'), '/v1/subjects', {
        ...child,
        familyName: 'Otherwise-Test',
        givenName: 'Ava',
        birthDate: '2022-05-01',
      }),
    obeyed: { refused: 'request-refused' },
    finding: 'subject-identified',
  },
  {
    name: 'the officer’s role is ended',
    table: 'officer',
    prepare: endOfRole,
    obeyed: { refused: 'requester-role-invalid' },
    finding: 'officer-in-role',
  },
  {
    name: 'the key that signed the ask is revoked',
    table: 'agency_key',
    prepare: (_race, trial) => revocationOf(trial, trial.signingKid),
    obeyed: { refused: 'signature-invalid' },
    finding: 'keys-standing',
    next: { problem: 'signature-invalid', status: 401 },
  },
  {
    name: 'the key of the system that asks is revoked',
    table: 'agency_key',
    prepare: (_race, trial) => revocationOf(trial, trial.clientKid),
    obeyed: { refused: 'signature-invalid' },
    finding: 'keys-standing',
    next: { problem: 'caller-not-authenticated', status: 401 },
  },
  {
    name: 'the requester is suspended',
    table: 'agency',
    prepare: (race, { force }) => suspensionOf(race, force),
    obeyed: { refused: 'requester-role-invalid' },
    finding: 'parties-enrolled',
    next: { problem: 'caller-not-authenticated', status: 401 },
  },
  {
    name: 'the custodian is suspended',
    table: 'agency',
    prepare: (race) => suspensionOf(race, TRUST),
    obeyed: { refused: 'requester-role-invalid' },
    finding: 'parties-enrolled',
    undo: async (race) => (await suspensionOf(race, TRUST, 'reinstatement'))(),
  },
  {
    name: 'an agreement that names less is signed by its second party',
    table: 'agreement_signature',
    prepare: narrowingOf,
    obeyed: { without: ['injury-findings'], which: 'withheld' },
    finding: 'agreement-honoured',
  },
  {
    name: 'another policy is published',
    table: 'policy_version',
    prepare: (race) => Promise.resolve(() => publish(race, sha256Base64url(Buffer.from('other files')))),
    obeyed: { problem: 'policy-unavailable', status: 503 },
    undo: (race) => publish(race, loadPolicyFiles(CONFIGURATION).digest),
  },
];

async function withdrawalOf(
  race: RaceWorld,
  { child, force }: Trial,
  agency: string,
  officer: string,
): Promise<() => Promise<void>> {
  const client = race.client(agency, officer);
  const recorded = await client.post('/v1/consents', {
    subject: child,
    scope: ['injury-findings'],
    recipients: [force],
    purpose: 'child-s47-enquiry',
    obtained: { by: 'a practitioner', on: new Date().toISOString().slice(0, 10), how: 'agreed at the clinic' },
  });
  const { id } = expectDone(recorded) as { id: string };
  return call(client, `/v1/consents/${id}/withdrawal`, { officer, note: 'by telephone' });
}

function protectionOf(race: RaceWorld, subject: string | Trial['child'], kind: string): Promise<() => Promise<void>> {
  const evidence = { reference: 'held by the council' };
  return call(race.client(COUNCIL, 'nmc-mgr-1'), '/v1/protections', { subject, kind, evidence, officer: 'nmc-mgr-1' });
}

function suspensionOf(
  race: RaceWorld,
  agency: string,
  what: 'suspension' | 'reinstatement' = 'suspension',
): Promise<() => Promise<void>> {
  const people = {
    administrators: ['nmc-adm-1', 'nmc-adm-2'] as const,
    client: (officer: string) => race.client(OPERATOR, officer),
  };
  const path = `/v1/agencies/${agency}/${what}`;
  return byTwoOf(people, { method: 'POST', path, body: { reason: 'a breach is looked into' } });
}

function revocationOf(trial: Trial, kid: string): Promise<() => Promise<void>> {
  const path = `/v1/agencies/${trial.force}/keys/${kid}/revocation`;
  return byTwoOf(trial, { method: 'POST', path, body: { effectiveFrom: new Date().toISOString(), reason: 'lost' } });
}

/** Proposed by the first administrator now; made so by the second. */
async function byTwoOf(
  people: Pick<Trial, 'administrators' | 'client'>,
  { method, path, body }: { readonly method: 'POST' | 'PATCH'; readonly path: string; readonly body: object },
): Promise<() => Promise<void>> {
  const [first, second] = people.administrators;
  const { id } = expectDone(await people.client(first).call(method, path, body)) as { id: string };
  return call(people.client(second), `${path}/${id}/approval`, { officer: second });
}

function endOfRole(_race: RaceWorld, trial: Trial): Promise<() => Promise<void>> {
  const path = `/v1/agencies/${trial.force}/officers/${trial.officer}`;
  return byTwoOf(trial, { method: 'PATCH', path, body: { to: new Date().toISOString() } });
}

async function narrowingOf(race: RaceWorld, trial: Trial): Promise<() => Promise<void>> {
  const proposed = await trial.client(trial.administrators[0]).post('/v1/agreements', narrowAgreement(trial.force));
  const { id } = expectDone(proposed) as { id: string };
  return call(race.client(TRUST, 'nnt-adm-1'), `/v1/agreements/${id}/approval`, { officer: 'nnt-adm-1' });
}

async function call(client: AgencyClient, path: string, body: object): Promise<() => Promise<void>> {
  const prepared = await client.prepare('POST', path, body);
  return async () => {
    expectDone(await client.send(prepared));
  };
}

function narrowAgreement(force: string): object {
  return {
    parties: [force, TRUST],
    purposes: ['child-s47-enquiry'],
    dataItems: ['core-identity', 'present-concern', 'household', 'health-summary', 'professionals-involved'],
    bases: [{ power: 'ca04-s11', article6: '6-1-e' }],
    startOn: '2026-01-01',
    reviewBy: '2099-01-01',
  };
}

function publish(race: RaceWorld, digest: string): Promise<void> {
  return publishPolicy(race.changing.app, digest, race.world.keys);
}

function expectDone(reply: Reply): unknown {
  if (reply.status >= 300) throw new Error(`${String(reply.status)} ${reply.bytes.toString()}`);
  return reply.body;
}
