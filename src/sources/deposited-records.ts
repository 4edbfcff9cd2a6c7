import type { SourceAnswer } from '../core/redaction/source-record.js';
import type { Category } from '../core/vocabulary/codes.js';
import type { AgencyId, PersonId } from '../core/vocabulary/ids.js';
import { dateOf } from '../core/vocabulary/time.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import type { Sealer } from '../platform/sealing/sealer.js';
import type { DepositSubjects } from './deposit-subjects.js';
import { answerOf, sealedDeposit, type SealedDeposit } from './deposited-content.js';
import { contentPlace, type DepositLaw } from './deposits.js';
import { placedByDeposit, SAYS_WHO_LIVES_WHERE } from './deposits-at-address.js';
import { currentDeposit, currentDepositsOf } from './persistence/deposit-rows.js';
import { placedPeopleOf, type PlacedRecord } from './placed-people.js';
import { SourceAdapter, type PlaceSearch, type RecordAsk } from './source-adapter.js';
import type { PlacedPeople } from './source-systems.js';

/** What deposited records are served with. */
export interface DepositedParts {
  readonly database: Database;
  readonly subjects: DepositSubjects;
  readonly sealer: Sealer;
  readonly law: DepositLaw;
  readonly clock: Clock;
}

/** So many deposits of one team are opened to find who lives at an address. */
const MOST_OPENED = 200;

/** Serves what a team without a system has deposited: read in a transaction of that agency alone. */
export class DepositedRecords extends SourceAdapter {
  override readonly kind = 'deposited';

  constructor(private readonly parts: DepositedParts) {
    super();
  }

  override async fetch(ask: RecordAsk): Promise<ReadonlyMap<Category, SourceAnswer>> {
    const deposit = await this.depositFor(ask);
    // Without a deposit nobody has said anything, which is not that there is nothing.
    if (deposit === undefined) {
      ask.onFault('nothing-deposited');
      return new Map(ask.categories.map((category) => [category, { status: 'unavailable' }]));
    }
    const { catalogue, rules } = this.parts.law;
    const known = { leaves: catalogue.leaves, dated: rules.dated };
    return new Map(
      ask.categories.map((category) => [category, answerOf(deposit, category, ask.leaves, ask.period, known)]),
    );
  }

  private depositFor({ custodian: agency, team, identifiers }: RecordAsk): Promise<SealedDeposit | undefined> {
    const { database, subjects, clock } = this.parts;
    return database.within({ parties: [agency] }, async (tx) => {
      const person = await subjects.named(tx, identifiers);
      if (person === undefined) return undefined;
      const found = await currentDeposit(tx, { agency, team, person }, dateOf(clock.now()));
      if (found === undefined) return undefined;
      return this.opened(tx, agency, { ...found, person });
    });
  }

  /**
   * Opens every deposit of the team that could say who lives where, whatever the address: there is no other way to know, and
   * none that tells of the address by the time it takes. A team that has deposited more than that cannot be asked so.
   */
  override async placedAt({ custodian: agency, team, uprn, on, onFault }: PlaceSearch): Promise<PlacedPeople> {
    const records = await this.parts.database.within({ parties: [agency] }, async (tx) => {
      const rows = await currentDepositsOf(tx, { agency, team, categories: SAYS_WHO_LIVES_WHERE }, on, MOST_OPENED + 1);
      if (rows.length > MOST_OPENED) return undefined;
      const placed: PlacedRecord[] = [];
      for (const row of rows) {
        const deposit = await this.opened(tx, agency, row);
        const record = deposit && placedByDeposit(deposit.content, uprn);
        if (record !== undefined) placed.push(record);
      }
      return placed;
    });
    if (records !== undefined) return placedPeopleOf(records, on);
    onFault('too-many-deposits');
    return { is: 'unavailable' };
  }

  private async opened(
    tx: Tx,
    agency: AgencyId,
    { id, person, sealed }: { readonly id: string; readonly person: PersonId; readonly sealed: Buffer },
  ): Promise<SealedDeposit | undefined> {
    const opened = await this.parts.sealer.open(tx, { agency, person }, contentPlace(id), sealed);
    if (opened === undefined) return undefined;
    try {
      return sealedDeposit(opened.toString('utf8'));
    } finally {
      opened.fill(0);
    }
  }
}
