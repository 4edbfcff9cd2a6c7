import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Clock } from '../clock.js';
import type { Tx } from '../database/tx.js';
import type { Ids } from '../ids.js';
import { openUnder, sealUnder, type MasterKey } from '../keys/master-key.js';
import type { Randomness } from '../randomness.js';

const ID_BYTES = 16;

/** One table of sealing keys: whom each is for, besides the agency. */
export type SealingKeyTable = {
  /** Whether a key is mostly there already when something is sealed: which statement is tried first. */
  readonly usually: 'present' | 'absent';
} & ({ readonly name: 'data_key'; readonly of: 'person' } | { readonly name: 'entry_key'; readonly of: 'entry' });

/** The statements over one table, made once: their texts must not change. */
interface Statements {
  /** (agency, of) gives id, wrapped. */
  readonly find: string;
  /** (agency, of, id, wrapped, made_at) gives id when it was added. */
  readonly add: string;
  /** (agencies, ofs, ids, wrapped, made_at); refuses one that has a key. */
  readonly addAll: string;
  /** (agency, of) gives the id removed. */
  readonly remove: string;
}

function statementsOver({ name, of }: SealingKeyTable): Statements {
  return {
    find: `SELECT id, wrapped FROM gateway.${name} WHERE agency = $1 AND ${of} = $2`,
    add: `INSERT INTO gateway.${name} (agency, ${of}, id, wrapped, made_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (agency, ${of}) DO NOTHING RETURNING id`,
    addAll: `INSERT INTO gateway.${name} (agency, ${of}, id, wrapped, made_at)
             SELECT *, $5::timestamptz FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bytea[])`,
    remove: `DELETE FROM gateway.${name} WHERE agency = $1 AND ${of} = $2 RETURNING id`,
  };
}

/** What a key table needs besides the database. */
export interface SealingParts {
  readonly master: MasterKey;
  readonly randomness: Randomness;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Something to be sealed, and the one place it opens in. */
export interface Plain {
  readonly agency: AgencyId;
  /** Whom or what the key is for, a uuid. */
  readonly of: string;
  readonly aad: string;
  readonly bytes: Uint8Array;
}

interface SealingKey {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * Seals bytes under a key of their own in one table: removing the row makes them unreadable everywhere at once.
 *
 * Keys are never cached, so a shredded one is gone in every gateway with the commit that removed it.
 */
export class SealingKeys {
  private readonly statements: Statements;

  constructor(
    private readonly table: SealingKeyTable,
    private readonly parts: SealingParts,
  ) {
    this.statements = statementsOver(table);
  }

  /** Sealed bytes: the key's id (16 bytes), then {@link sealUnder}'s. */
  async seal(tx: Tx, agency: AgencyId, of: string, aad: string, plaintext: Uint8Array): Promise<Buffer> {
    const { id, key } = await this.keyFor(tx, agency, of);
    try {
      return Buffer.concat([bytesOf(id), sealUnder(key, this.context(agency, of, aad), plaintext)]);
    } finally {
      key.fill(0);
    }
  }

  /** Seals each under a key of its own, made for it now; with `refused` the transaction fails if one has a key already. */
  sealNew(tx: Tx, plain: readonly Plain[], refused: (cause: unknown) => unknown): readonly Buffer[] {
    const made = plain.map((one) => ({ ...one, ...this.make(one.agency, one.of) }));
    const columns = [
      made.map(({ agency }) => agency),
      made.map(({ of }) => of),
      made.map(({ id }) => id),
      made.map(({ wrapped }) => wrapped),
      this.parts.clock.now(),
    ];
    tx.send(this.statements.addAll, columns, refused);
    return made.map(({ agency, of, aad, bytes, id, key }) => {
      const sealed = Buffer.concat([bytesOf(id), sealUnder(key, this.context(agency, of, aad), bytes)]);
      key.fill(0);
      return sealed;
    });
  }

  async open(tx: Tx, agency: AgencyId, of: string, aad: string, sealed: Uint8Array): Promise<Buffer | undefined> {
    const found = await this.find(tx, agency, of);
    if (found === undefined) return undefined;
    try {
      if (!bytesOf(found.id).equals(sealed.subarray(0, ID_BYTES))) return undefined;
      return openUnder(found.key, this.context(agency, of, aad), sealed.subarray(ID_BYTES));
    } finally {
      found.key.fill(0);
    }
  }

  async shred(tx: Tx, agency: AgencyId, of: string): Promise<string | undefined> {
    const [removed] = await tx.sql<{ id: string }>(this.statements.remove, [agency, of]);
    return removed?.id;
  }

  private async keyFor(tx: Tx, agency: AgencyId, of: string): Promise<SealingKey> {
    const present = this.table.usually === 'present' ? await this.find(tx, agency, of) : undefined;
    return present ?? (await this.add(tx, agency, of));
  }

  private async find(tx: Tx, agency: AgencyId, of: string): Promise<SealingKey | undefined> {
    const [row] = await tx.sql<{ id: string; wrapped: Buffer }>(this.statements.find, [agency, of]);
    if (row === undefined) return undefined;
    return { id: row.id, key: this.parts.master.unwrap(this.place(agency, of, row.id), row.wrapped) };
  }

  private async add(tx: Tx, agency: AgencyId, of: string): Promise<SealingKey> {
    const { id, key, wrapped } = this.make(agency, of);
    const [added] = await tx.sql(this.statements.add, [agency, of, id, wrapped, this.parts.clock.now()]);
    if (added !== undefined) return { id, key };
    // It was there, or another transaction added it while this one waited.
    key.fill(0);
    const found = await this.find(tx, agency, of);
    if (found === undefined) throw new Error(`a \`${this.table.name}\` was shredded while it was being made`);
    return found;
  }

  private make(agency: AgencyId, of: string): SealingKey & { readonly wrapped: Buffer } {
    const { ids, randomness, master } = this.parts;
    const id = ids.next();
    const key = randomness.bytes(32);
    return { id, key, wrapped: master.wrap(this.place(agency, of, id), key) };
  }

  private place(agency: AgencyId, of: string, id: string): string {
    return `${this.table.name}|${agency}|${of}|${id}`;
  }

  private context(agency: AgencyId, of: string, aad: string): string {
    return `${this.table.name}|${agency}|${of}|${aad}`;
  }
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
