import { readFileSync } from 'node:fs';
import { readJws } from '../../core/signing/jws.js';
import { fromBase64url } from '../../core/signing/base64url.js';
import { parseStrictObject } from '../../core/signing/strict-json.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { instantOf } from '../../core/vocabulary/time.js';
import type { Discrepancy } from '../../disclosure-log/discrepancy.js';
import { fsck, type Promised } from '../../disclosure-log/fsck.js';
import type { GatewayAtRest } from '../gateway-at-rest.js';
import { withGatewayOf } from '../gateway-of-settings.js';

/** What a receipt promises. Its signature is not verified: a forged one promises in nobody's name and shows as broken. */
function promisedIn(file: string): Promised {
  const compact = readFileSync(file, 'utf8').trim();
  const read = readJws(compact);
  const payload = read === undefined ? undefined : fromBase64url(read.encodedPayload);
  const claims = payload === undefined ? undefined : parseStrictObject(payload);
  const named = claims?.['leaf'];
  const leaf = typeof named === 'string' ? fromBase64url(named) : undefined;
  const mergeBy = claims?.['mergeBy'];
  if (leaf?.length !== 32 || typeof mergeBy !== 'number') throw new Error(`\`${file}\` is not a receipt`);
  return { leaf, mergeBy: instantOf(mergeBy * 1000) };
}

/** Checks the log of the database the settings name, or of the demonstration under a data directory. */
export async function checkLog(
  env: NodeJS.ProcessEnv,
  receipts: readonly string[],
  dataDirectory?: string,
): Promise<readonly Discrepancy[]> {
  const promised = receipts.map(promisedIn);
  return withGatewayOf(env, dataDirectory, (gateway) => check(gateway, promised));
}

async function check(
  { database, keys, sealer, clock }: GatewayAtRest,
  receipts: readonly Promised[],
): Promise<readonly Discrepancy[]> {
  const agencies = await database.outside((tx) =>
    tx.sql<{ readonly id: AgencyId }>('SELECT id FROM gateway.agency ORDER BY id'),
  );
  const scope = { agencies: agencies.map(({ id }) => id), receipts, now: clock.now() };
  return fsck({ database, sealer, keys }, scope);
}
