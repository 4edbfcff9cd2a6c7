import { Injectable } from '@nestjs/common';
import type { Ask } from '../../core/decision/ask.js';
import type { ConductFacts } from '../../core/decision/facts.js';
import type { CallFacts } from '../../core/vocabulary/caller.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import type { NamedSubject } from '../fact-gatherer.js';
import { ConductRefs } from './conduct-refs.js';
import { unreviewedOverrides } from './persistence/override-rows.js';

/** Reads what an officer and their agency did before, in the exchange's own transaction: every gateway sees the same. */
@Injectable()
export class PastConduct {
  constructor(private readonly refs: ConductRefs) {}

  /** The facts of conduct that bear on an ask. Overrides bear on an emergency alone, so only that asks after them. */
  async of(
    tx: Tx,
    { agency, officer }: Pick<CallFacts, 'agency' | 'officer'>,
    ask: Ask,
    named: NamedSubject,
    at: Instant,
  ): Promise<ConductFacts> {
    if (ask.emergency === undefined) return { unreviewedOverrides: 0 };
    const found = await unreviewedOverrides(tx, {
      agency,
      officer: this.refs.officer(agency, officer),
      subject: this.refs.subject(named),
      caseReference: this.refs.caseReference(agency, ask.caseReference),
    });
    const open = found.find(({ isThisCase, expiresAt }) => isThisCase && at < expiresAt);
    const others = new Set(found.map(({ begunBy }) => begunBy).filter((begunBy) => begunBy !== open?.begunBy));
    return {
      unreviewedOverrides: others.size,
      ...(open !== undefined && { openOverride: { expiresAt: open.expiresAt, categories: open.categories } }),
    };
  }
}
