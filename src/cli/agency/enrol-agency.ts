import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { AgencyRegister } from '../../agencies/agency-register.js';
import { isSuspended, type KeyUse } from '../../agencies/agency.js';
import { ApprovalKeysOfTheDirectory } from '../../bindings/approval-keys.binding.js';
import type { Catalogue } from '../../core/law/catalogue.js';
import { jwkThumbprint } from '../../core/signing/jwk.js';
import type { AgencyId, OfficerId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { administrativeEntry } from '../../disclosure-log/administrative-entry.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import type { Tx } from '../../platform/database/tx.js';
import { findApprovalFault, type ApprovalFault } from '../../policies/approved-by-two.js';
import { readApproval } from '../../policies/policy-approval.js';
import type { GatewayAtRest } from '../gateway-at-rest.js';
import { ADMINISTRATOR, type EnrolledKey, type Enrolment } from './enrolment-file.js';

/** An agency that cannot be enrolled, with what would satisfy; nothing was changed. */
export class CannotEnrol extends Error {
  override readonly name = 'CannotEnrol';
}

/** Who runs the gateway, and what its people said of the enrolment. */
export interface EnrolmentTerms {
  /** Enrolled first, alone and on nobody's approval but that of whoever runs the command: there is nobody yet to ask. */
  readonly operator: AgencyId;
  /** Compact JWS of two of the operator's administrators, for every other agency. */
  readonly approvals: readonly string[];
}

const WHAT_WOULD_SATISFY: Readonly<Record<ApprovalFault, string>> = {
  'too-few': 'two administrators of the operator’s agency must approve; give `--approval` twice',
  malformed: 'an approval is not one that `gateway agency approve` made',
  'other-files': 'an approval is of another enrolment; have it made again from this file',
  'not-yet-made': 'an approval is dated in the future; set the clock of the machine that made it',
  'key-not-good': 'the directory holds no such approval key of that person, or it is revoked or expired',
  signature: 'an approval is not signed with the key it names; have it made again',
  'same-person': 'both approvals are by one person; have another approve',
};

interface RegisteredKey {
  readonly use: KeyUse;
  readonly officer?: OfficerId;
  readonly key: EnrolledKey;
}

/**
 * Enrols an agency with its teams, client, keys and first two administrators, and puts that on the log, in one
 * transaction.
 *
 * @throws CannotEnrol when it is enrolled already or two of the operator's people did not approve; `conflict` when one
 * of its teams, clients or keys is another's
 */
export async function enrolAgency(
  gateway: GatewayAtRest,
  catalogue: Catalogue,
  enrolment: Enrolment,
  { operator, approvals }: EnrolmentTerms,
): Promise<void> {
  const { database, keys, sealer, randomness, ids, clock } = gateway;
  const directory = new AgencyDirectory(catalogue);
  const log = new DisclosureLog(database, keys, sealer, randomness, ids, clock);
  const at = clock.now();
  const { id } = enrolment.agency;
  const both = { parties: id === operator ? ([id] as const) : ([operator, id] as const) };
  await database.within(both, async (tx) => {
    // One enrolment at a time, and no approver's key or role ends meanwhile.
    await tx.change({ kind: 'agency', id: operator });
    if ((await directory.agency(tx, id)) !== undefined)
      throw new CannotEnrol(`the agency \`${id}\` is enrolled already; its own administrators change its entries`);
    await assertApproved(tx, directory, enrolment, { operator, approvals }, at);
    await tx.narrow({ parties: [id] });
    await register(tx, enrolment, at);
    await tx.narrow(both);
    const entry = administrativeEntry(ids, {
      by: operator,
      concerning: id === operator ? null : id,
      at,
      details: { enrolled: id, digest: enrolment.digest, keys: thumbprintsOf(enrolment), approvals: [...approvals] },
    });
    await log.append(tx, log.prepare(entry));
  });
}

async function assertApproved(
  tx: Tx,
  directory: AgencyDirectory,
  { agency, digest }: Enrolment,
  { operator, approvals }: EnrolmentTerms,
  at: Instant,
): Promise<void> {
  const enrolledOperator = await directory.agency(tx, operator);
  if (enrolledOperator === undefined) {
    if (agency.id !== operator)
      throw new CannotEnrol(`the agency \`${operator}\` that \`OPERATOR_AGENCY\` names must be enrolled first`);
    if ((await directory.agencies(tx)).length > 0)
      throw new CannotEnrol(
        'others are enrolled, so `OPERATOR_AGENCY` must name the one of them that runs the gateway',
      );
    return;
  }
  const keys = new ApprovalKeysOfTheDirectory(directory);
  const fault = await findApprovalFault(tx, keys, approvals, { digest, at, matter: 'enrolment' });
  if (fault !== undefined) throw new CannotEnrol(WHAT_WOULD_SATISFY[fault]);
  for (const compact of approvals) {
    const approver = readApproval(compact, 'enrolment');
    const role =
      approver?.agency === operator && !isSuspended(enrolledOperator, at)
        ? await directory.officerAt(tx, operator, approver.officer, at)
        : undefined;
    if (approver !== undefined && (await keys.isOver(tx, approver, approver.kid)))
      throw new CannotEnrol(WHAT_WOULD_SATISFY['key-not-good']);
    if (role === undefined || !directory.dutiesOf(role.role).includes('administer'))
      throw new CannotEnrol('an approver is not now an administrator of the operator’s agency; have another approve');
  }
}

async function register(tx: Tx, enrolment: Enrolment, from: Instant): Promise<void> {
  const { agency, teams, client, administrators } = enrolment;
  const entries = new AgencyRegister();
  await entries.enrol(tx, agency, teams);
  const { key: _key, ...registered } = client;
  await entries.addClient(tx, agency.id, registered);
  for (const { id, ...person } of administrators) {
    const { approvalKey: _approvalKey, ...grant } = person;
    await entries.grantRole(tx, agency.id, { ...grant, officer: id, role: ADMINISTRATOR, from });
  }
  for (const { key, ...use } of keysOf(enrolment))
    await entries.addKey(tx, agency.id, { ...key, ...use, notBefore: from });
}

function keysOf({ client, signingKey, administrators }: Enrolment): readonly RegisteredKey[] {
  return [
    { use: 'client', key: client.key },
    { use: 'signing', key: signingKey },
    ...administrators.flatMap(({ id, approvalKey }) =>
      approvalKey === undefined ? [] : [{ use: 'approval', officer: id, key: approvalKey } as const],
    ),
  ];
}

function thumbprintsOf(enrolment: Enrolment): string[] {
  return keysOf(enrolment).map(({ key }) => jwkThumbprint(key.public) ?? '');
}
