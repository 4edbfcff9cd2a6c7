import type { SourceAnswer } from '../core/redaction/source-record.js';
import type { Category } from '../core/vocabulary/codes.js';
import { dateOf } from '../core/vocabulary/time.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import type { Sealer } from '../platform/sealing/sealer.js';
import type { DepositSubjects } from './deposit-subjects.js';
import { answerOf, sealedDeposit, type SealedDeposit } from './deposited-content.js';
import { contentPlace, type DepositLaw } from './deposits.js';
import { currentDeposit } from './persistence/deposit-rows.js';
import { SourceAdapter, type RecordAsk } from './source-adapter.js';

/** What deposited records are served with. */
export interface DepositedParts {
  readonly database: Database;
  readonly subjects: DepositSubjects;
  readonly sealer: Sealer;
  readonly law: DepositLaw;
  readonly clock: Clock;
}

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
    const { database, subjects, sealer, clock } = this.parts;
    return database.within({ parties: [agency] }, async (tx) => {
      const person = await subjects.named(tx, identifiers);
      if (person === undefined) return undefined;
      const found = await currentDeposit(tx, { agency, team, person }, dateOf(clock.now()));
      if (found === undefined) return undefined;
      const opened = await sealer.open(tx, { agency, person }, contentPlace(found.id), found.sealed);
      if (opened === undefined) return undefined;
      try {
        return sealedDeposit(opened.toString('utf8'));
      } finally {
        opened.fill(0);
      }
    });
  }
}
