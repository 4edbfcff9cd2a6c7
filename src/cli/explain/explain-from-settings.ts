import type { RowPlace } from '../../core/law/row-place.js';
import type { Purpose } from '../../core/vocabulary/codes.js';
import type { AgencyId, DisclosureId, ExchangeId } from '../../core/vocabulary/ids.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import { OwnRecords } from '../../disclosure-log/own-records.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../platform/catalogue/load-policies.js';
import type { Tx } from '../../platform/database/tx.js';
import type { GatewayAtRest } from '../gateway-at-rest.js';
import { withGatewayOf } from '../gateway-of-settings.js';
import { explanationLines, type PolicyAtHand } from './explanation-lines.js';

const PURPOSES = ['lawfulness', 'self-monitoring', 'integrity-security', 'criminal-proceedings'];

/** Whose record of which disclosure is explained, and why it is read. */
export interface ExplainWanted {
  readonly disclosure: string;
  readonly agency: string;
  /** One of the four of DPA 2018 s.62(4). */
  readonly purpose: string;
  /** The folder of the files now published. */
  readonly configuration: string;
}

/** The digest under which each version was published. */
async function publishedDigest(tx: Tx, version: number): Promise<string | undefined> {
  const [row] = await tx.sql<{ digest: string }>('SELECT digest FROM gateway.policy_version WHERE version = $1', [
    version,
  ]);
  return row?.digest;
}

/** The files at hand: whether a row may be looked up in them depends on the version that a decision names. */
function policyAtHand(directory: string): PolicyAtHand & { readonly digest: string } {
  const law = loadCatalogue(directory);
  const { places, digest } = loadPolicies(directory, law);
  return { law, places, digest };
}

function recordReading(
  tx: Tx,
  { database, keys, sealer, randomness, ids, clock }: GatewayAtRest,
  agency: AgencyId,
  about: DisclosureId,
  purpose: Purpose,
): Promise<unknown> {
  const log = new DisclosureLog(database, keys, sealer, randomness, ids, clock);
  const prepared = log.prepare({
    disclosureId: ids.next() as DisclosureId,
    exchangeId: ids.next() as ExchangeId,
    about,
    requester: {
      agency,
      counterpart: null,
      kind: 'consult',
      purpose,
      outcome: 'recorded',
      categories: [],
      basis: {},
      emergency: false,
      decidedAt: clock.now(),
      subject: null,
      officer: null,
      details: { looked: 'one', by: 'gateway explain' },
    },
    custodian: undefined,
  });
  return log.append(tx, prepared);
}

/**
 * Prints an agency's own record of a disclosure as an explanation: as custodian every finding, as requester what it was told.
 *
 * Reads in that agency's scope alone, and records the reading in the same transaction, as every look at the log is.
 *
 * @returns whether the agency has such a record
 * @throws Error for a purpose that is none of the four, or an id that is none
 */
export async function explainRecord(
  gateway: GatewayAtRest,
  { disclosure, agency, purpose, configuration }: ExplainWanted,
  say: (line: string) => void,
): Promise<boolean> {
  if (!PURPOSES.includes(purpose))
    throw new Error(`\`--purpose\` must be one of ${PURPOSES.map((each) => `\`${each}\``).join(', ')}`);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(disclosure))
    throw new Error('a disclosure is named by its id');
  const { digest, ...files } = policyAtHand(configuration);
  const id = disclosure.toLowerCase() as DisclosureId;
  return gateway.database.within({ parties: [agency as AgencyId] }, async (tx) => {
    const records = await new OwnRecords(gateway.sealer).of(tx, agency as AgencyId, id);
    if (records.length === 0) {
      say(`\`${agency}\` has no record of that disclosure`);
      return false;
    }
    await recordReading(tx, gateway, agency as AgencyId, id, purpose as Purpose);
    for (const record of records) {
      const version = record.policyVersion;
      const isAtHand = version !== undefined && (await publishedDigest(tx, version)) === digest;
      const at = isAtHand ? files : { ...files, places: new Map<string, RowPlace>() };
      for (const line of explanationLines(record, at)) say(line);
    }
    return true;
  });
}

/** The same over the database the settings name, or a demonstration's. */
export function explainFromSettings(
  env: NodeJS.ProcessEnv,
  { data, ...wanted }: ExplainWanted & { readonly data?: string | undefined },
  say: (line: string) => void,
): Promise<boolean> {
  return withGatewayOf(env, data, (gateway) => explainRecord(gateway, wanted, say));
}
