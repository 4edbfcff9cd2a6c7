import { AgencyDirectory } from '../../agencies/agency-directory.js';
import { ApprovalKeysOfTheDirectory } from '../../bindings/approval-keys.binding.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import { countKeptFacts, decisionFacts } from '../../disclosure-log/decision-facts.js';
import { loadCatalogue } from '../../platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../platform/catalogue/load-policies.js';
import { PublishedPolicy } from '../../policies/published-policy.js';
import type { GatewayAtRest } from '../gateway-at-rest.js';
import { withGatewayOf } from '../gateway-of-settings.js';
import { FlipFile } from './flip-file.js';
import { FlipTable } from './flip-table.js';
import { Replay, wholePolicy, type WholePolicy } from './replay.js';

/** What is replayed against what. */
export interface ReplayOptions {
  /** The folder of the policy now published. */
  readonly served: string;
  /** The folder proposed. */
  readonly against: string;
  /** From this day on. */
  readonly since: Instant;
  /** Where every outcome that would flip is written. */
  readonly json?: string | undefined;
}

function policyIn(directory: string, version: number): WholePolicy {
  const law = loadCatalogue(directory);
  return wholePolicy(law, loadPolicies(directory, law, version));
}

/** The policy now published, from its files; refuses files that are another. */
async function servedPolicy({ database }: GatewayAtRest, directory: string): Promise<WholePolicy> {
  const law = loadCatalogue(directory);
  const loaded = loadPolicies(directory, law);
  const published = new PublishedPolicy(new ApprovalKeysOfTheDirectory(new AgencyDirectory(law)));
  const { version } = await database.outside((tx) => published.assertServing(tx, loaded.digest));
  return wholePolicy(law, { ...loaded, version });
}

function agenciesOf({ database }: GatewayAtRest): Promise<readonly AgencyId[]> {
  return database.outside(async (tx) => {
    const rows = await tx.sql<{ readonly id: AgencyId }>('SELECT id FROM gateway.agency ORDER BY id');
    return rows.map(({ id }) => id);
  });
}

/**
 * Takes the decisions of every custodian again, under the published policy and under the one proposed, and says which would
 * come out otherwise: a table by agencies and purpose, and a file of each, if wanted.
 *
 * Reads the sealed facts an agency at a time, in that agency's own scope, and prints nothing about a person.
 */
export async function replayDecisions(
  gateway: GatewayAtRest,
  { served, against, since, json }: ReplayOptions,
  say: (line: string) => void,
): Promise<void> {
  const proposal = policyIn(against, 0);
  const replay = new Replay(await servedPolicy(gateway, served), proposal);
  const table = new FlipTable();
  const file = json === undefined ? undefined : new FlipFile(json);
  let withoutFacts = 0;
  for (const agency of await agenciesOf(gateway)) {
    const { decided, kept } = await countKeptFacts(gateway.database, agency, since);
    withoutFacts += decided - kept;
    for await (const page of decisionFacts(gateway, agency, since)) {
      for (const past of page) {
        const flipped = replay.take(past);
        if (flipped === undefined) continue;
        table.add(flipped);
        file?.add(flipped);
      }
    }
  }
  const counts = { ...replay.counts, withoutFacts };
  file?.end(table.rows(), counts);
  for (const line of table.lines()) say(line);
  say(
    `${String(counts.decisions)} decisions taken again, ${String(counts.flipped)} come out otherwise; ` +
      `${String(withoutFacts)} have no facts any more, of ${String(counts.ofAnotherTime)} they are of another time`,
  );
}

/** The same over the database the settings name, or a demonstration's. */
export function replayFromSettings(
  env: NodeJS.ProcessEnv,
  { data, ...options }: ReplayOptions & { readonly data?: string | undefined },
  say: (line: string) => void,
): Promise<void> {
  return withGatewayOf(env, data, (gateway) => replayDecisions(gateway, options, say));
}
