import { setTimeout as pause } from 'node:timers/promises';
import { loadSettings } from '../../config/settings.js';
import { withGatewayAtRest } from '../../src/cli/gateway-at-rest.js';
import { sha256Base64url } from '../../src/core/signing/digest.js';
import { fromBase64url } from '../../src/core/signing/base64url.js';
import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import { instantOf } from '../../src/core/vocabulary/time.js';
import { fsck, type Promised } from '../../src/disclosure-log/fsck.js';
import { CANARY } from './custodian.js';
import type { Departure } from './recorder.js';
import type { TortureWorld } from './torture-world.js';

/** What an agency was given, whole: a record of it must be there for ever after. */
interface Acknowledged {
  readonly disclosureId: string;
  readonly exchangeId: string;
  readonly status: number;
  readonly leaf: string;
  readonly mergeBy: number;
}

/** What one reconciliation looked at, and everything that should not be. */
export interface Reconciled {
  readonly departures: number;
  readonly released: number;
  readonly logSize: number;
  readonly faults: readonly string[];
}

const DISCLOSURE = /"disclosureId":"([0-9a-f-]{36})"/g;
/** Of those given to `log fsck`, which looks for each by itself; the others' leaves are looked for all at once. */
const NEWEST_RECEIPTS = 50;
const SEQUENCED_WITHIN_MILLISECONDS = 120_000;

/**
 * Holds what left the gateways against what was committed before it left, and against what is there now.
 *
 * - Every answer with data, a disclosure or a disclosure's id names a disclosure whose commit the database had confirmed
 *   before the answer's first byte; every mark of a custodian's data is in such an answer.
 * - Everything acknowledged has its parties' slices, once, and its leaf in the log, once.
 * - The disclosure handed out is the one the receipt, and so the leaf, commits to.
 * - `log fsck` finds nothing, with the newest receipts given; the leaves of all are there.
 */
export class Reconciliation {
  readonly acknowledged: Acknowledged[] = [];

  constructor(
    private readonly world: TortureWorld,
    /** Of each disclosure acknowledged: two parties', or one where nobody else is party to it. */
    private readonly slicesOfEach: 1 | 2 = 2,
  ) {}

  /** Also waits until the log has everything, which needs a gateway that runs. */
  async now(): Promise<Reconciled> {
    const departures = this.world.gateways.flatMap(({ recorder }) => recorder.taken());
    const before = this.acknowledged.length;
    const faults = departures.flatMap((departure) => this.#judged(departure));
    const released = this.acknowledged.slice(before).filter(({ status }) => status === 200).length;
    await this.#sequenced();
    faults.push(...(await this.#keptOnce()), ...(await this.#log()), ...this.#quietLines());
    const [state] = await this.world.look<{ size: string }>('SELECT size FROM gateway.log_state');
    return { departures: departures.length, released, logSize: Number(state?.size ?? 0), faults };
  }

  /** What is wrong with one answer; keeps it when it was given whole. */
  #judged({ first, bytes }: Departure): string[] {
    const text = bytes.toString('latin1');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
    const named = [...text.matchAll(DISCLOSURE)].map(([, id]) => id ?? '');
    const canaries = text.match(CANARY) ?? [];
    const faults = named.flatMap((id) => {
      const committed = this.world.committed.get(id);
      if (committed === undefined) return [`disclosure ${id} left the gateway and its commit was never confirmed`];
      return committed < first ? [] : [`disclosure ${id} left the gateway before its commit was confirmed`];
    });
    if (canaries.length > 0 && (named.length === 0 || status !== 200))
      faults.push(`data of a custodian left in an answer ${String(status)} without a disclosure`);
    const body = wholeBody(text);
    const { disclosureId, id, receipt, disclosure } = body ?? {};
    if (typeof receipt !== 'string' || typeof disclosureId !== 'string' || typeof id !== 'string') return faults;
    const claims = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString()) as Claims;
    if (typeof disclosure === 'string' && claims.disclosureDigest !== sha256Base64url(disclosure))
      faults.push(`disclosure ${disclosureId} is not what its receipt commits to`);
    if (claims.disclosureId !== disclosureId) faults.push(`the receipt of ${disclosureId} is another's`);
    this.acknowledged.push({ disclosureId, exchangeId: id, status, leaf: claims.leaf, mergeBy: claims.mergeBy });
    return faults;
  }

  async #sequenced(): Promise<void> {
    const until = Date.now() + SEQUENCED_WITHIN_MILLISECONDS;
    const [last] = await this.world.look<{ id: string | null }>('SELECT max(id) AS id FROM gateway.pending');
    if (last?.id == null) return;
    const waiting = 'SELECT FROM gateway.pending WHERE id <= $1 LIMIT 1';
    while ((await this.world.look(waiting, [last.id])).length > 0 && Date.now() < until) await pause(20);
  }

  async #keptOnce(): Promise<string[]> {
    const given = this.acknowledged.map(({ disclosureId }) => disclosureId);
    const lost = await this.world.look<{ id: string; n: string }>(
      `SELECT given::text AS id, count(s.id) AS n FROM unnest($1::uuid[]) AS given
       LEFT JOIN gateway.slice s ON s.disclosure_id = given GROUP BY given HAVING count(s.id) <> $2`,
      [given, this.slicesOfEach],
    );
    const gone = await this.world.look<{ leaf: string }>(
      `SELECT encode(leaf, 'base64') AS leaf FROM unnest($1::bytea[]) AS leaf
       WHERE NOT EXISTS (SELECT FROM gateway.log_entry e WHERE e.leaf_hash = leaf)
         AND NOT EXISTS (SELECT FROM gateway.pending p WHERE p.leaf_hash = leaf)`,
      [this.acknowledged.map(({ leaf }) => Buffer.from(leaf, 'base64url'))],
    );
    const twice = await this.world.look<{ what: string }>(
      `SELECT 'slices of ' || disclosure_id AS what FROM gateway.slice
         GROUP BY disclosure_id, agency HAVING count(*) > 1
       UNION ALL SELECT 'entries of leaf ' || encode(leaf_hash, 'hex') FROM gateway.log_entry
         GROUP BY leaf_hash HAVING count(*) > 1
       -- Of a message one for the inbox it is in, and one for each attempt to send it; that nobody knows is said once.
       UNION ALL SELECT 'outcomes ' || o.outcome || ' of ' || o.disclosure_id FROM gateway.outcome o
         LEFT JOIN gateway.delivery d ON d.disclosure_id = o.disclosure_id
         GROUP BY o.disclosure_id, o.agency, o.outcome
         HAVING count(*) > 1 + CASE o.outcome WHEN 'unknown' THEN 0 ELSE coalesce(max(d.attempts), 0) END`,
    );
    return [
      ...lost.map(
        ({ id, n }) => `disclosure ${id} was acknowledged and has ${n} of its ${String(this.slicesOfEach)} slices`,
      ),
      ...gone.map(({ leaf }) => `leaf ${leaf} was promised and is nowhere`),
      ...twice.map(({ what }) => `there are several ${what}`),
    ];
  }

  async #log(): Promise<string[]> {
    const { world } = this;
    const settings = loadSettings({ MASTER_KEY_FILE: world.masterKeyFile, PUBLIC_URL: world.publicUrl });
    const agencies = world.world.agencies.map(({ id }) => id as AgencyId);
    const receipts: Promised[] = this.acknowledged.slice(-NEWEST_RECEIPTS).map(({ leaf, mergeBy }) => ({
      leaf: fromBase64url(leaf) ?? Buffer.alloc(0),
      mergeBy: instantOf(mergeBy * 1000),
    }));
    const found = await withGatewayAtRest(world.database.urls.gateway, settings, ({ database, keys, sealer, clock }) =>
      fsck({ database, sealer, keys }, { agencies, receipts, now: clock.now() }),
    );
    return found.map(({ kind, at }) => `log fsck: ${kind} at ${at}`);
  }

  /** I22: nothing of a custodian's data in what the gateways write for their operators. */
  #quietLines(): string[] {
    const told = this.world.gateways.flatMap(({ lines }) => lines.filter((line) => line.match(CANARY) !== null));
    return told.map(() => 'data of a custodian is in an operational log');
  }
}

interface Claims {
  readonly disclosureId: string;
  readonly disclosureDigest: string | null;
  readonly leaf: string;
  readonly mergeBy: number;
}

/** The JSON of an answer that arrived whole. */
function wholeBody(text: string): Record<string, unknown> | undefined {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2))?.[1] ?? -1);
  const body = text.slice(end + 4);
  if (end < 0 || body.length !== length) return undefined;
  try {
    return JSON.parse(Buffer.from(body, 'latin1').toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
