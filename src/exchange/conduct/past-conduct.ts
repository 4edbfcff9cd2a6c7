import { Injectable } from '@nestjs/common';
import type { Ask } from '../../core/decision/ask.js';
import type { AskedBefore, ConductFacts } from '../../core/decision/facts.js';
import type { CallFacts } from '../../core/vocabulary/caller.js';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import type { Instant } from '../../core/vocabulary/time.js';
import type { Tx } from '../../platform/database/tx.js';
import { ConductLimits } from '../conduct-limits.js';
import { ConductRefs } from './conduct-refs.js';
import { countAsked, insertAsked } from './persistence/asked-rows.js';
import { unreviewedOverrides } from './persistence/override-rows.js';
import type { NamedSubject } from '../named-subject.js';

type Asker = Pick<CallFacts, 'agency' | 'officer'>;

/** Reads what an officer and their agency did before, in the exchange's own transaction: every gateway sees the same. */
@Injectable()
export class PastConduct {
  constructor(
    private readonly refs: ConductRefs,
    private readonly limits: ConductLimits,
  ) {}

  /**
   * Remembers an ask, whatever becomes of it, before its facts are gathered: it counts itself then, and when it is decided
   * again it counts those that came between. Not waited for.
   */
  note(tx: Tx, { agency, officer }: Asker, ask: Ask, named: NamedSubject, at: Instant): void {
    const { purpose, categories, questions, period } = ask;
    const asked = questions.map(({ category, code }) => `${category} ${code}`).sort();
    const way = this.refs.of('way', period.from, period.to, ...asked);
    insertAsked(tx, {
      agency,
      officer: this.refs.officer(agency, officer),
      subject: this.refs.subject(named),
      purpose,
      categories,
      way,
      shape: this.refs.of('shape', purpose, way.toString('base64url'), ...[...categories].sort()),
      at,
    });
  }

  /**
   * Remembers what an agency was told outside the gateway, as of when it was told: its officers have that of the person too.
   *
   * @param told `officer` absent: nobody of its directory was named, and it counts toward the agency alone
   */
  noteTold(
    tx: Tx,
    { agency, officer }: { readonly agency: AgencyId; readonly officer: string | undefined },
    { purpose, categories }: Pick<Ask, 'purpose' | 'categories'>,
    named: NamedSubject,
    at: Instant,
  ): void {
    const way = this.refs.of('way', 'outside');
    insertAsked(tx, {
      agency,
      officer: this.refs.officer(agency, officer ?? ''),
      subject: this.refs.subject(named),
      purpose,
      categories,
      way,
      shape: this.refs.of('shape', purpose, way.toString('base64url'), ...[...categories].sort()),
      at,
    });
  }

  /** The facts of conduct that bear on an ask. Overrides bear on an emergency alone, so only that asks after them. */
  async of(tx: Tx, asker: Asker, ask: Ask, named: NamedSubject, at: Instant): Promise<ConductFacts> {
    const [overrides, asked] = await Promise.all([
      ask.emergency === undefined ? { unreviewedOverrides: 0 } : this.overrides(tx, asker, ask, named, at),
      this.asked(tx, asker, ask, named, at),
    ]);
    return { ...overrides, asked };
  }

  private async overrides(
    tx: Tx,
    { agency, officer }: Asker,
    ask: Ask,
    named: NamedSubject,
    at: Instant,
  ): Promise<Omit<ConductFacts, 'asked'>> {
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

  private async asked(
    tx: Tx,
    { agency, officer }: Asker,
    { purpose, categories }: Ask,
    named: NamedSubject,
    at: Instant,
  ): Promise<AskedBefore> {
    const { limits } = this.limits;
    const asking = {
      agency,
      officer: this.refs.officer(agency, officer),
      subject: this.refs.subject(named),
      ...{ purpose, categories, at },
    };
    const { people, ways, byOfficer, byAgency } = await countAsked(tx, asking, limits);
    const { beyondOnePurpose } = limits;
    return {
      people: { counted: Math.min(people, limits.people.most + 1), most: limits.people.most },
      ways: { counted: ways, most: limits.ways.most },
      byOfficer: { categories: byOfficer, most: beyondOnePurpose.officer.most },
      byAgency: { categories: byAgency, most: beyondOnePurpose.agency.most },
    };
  }
}
