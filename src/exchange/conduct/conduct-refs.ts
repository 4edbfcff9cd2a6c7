import { Injectable } from '@nestjs/common';
import type { AgencyId } from '../../core/vocabulary/ids.js';
import { DisclosureLog } from '../../disclosure-log/disclosure-log.js';
import { GatewayKeys } from '../../platform/keys/gateway-keys.js';
import { budgetTextsOf, type NamedSubject } from '../named-subject.js';

/**
 * The keyed digests, 32 bytes each, under which is kept what officers did before.
 *
 * A subject counts as the requester names them, never as they were matched: somebody unknown counts as anybody else does,
 * and nothing here tells one from the other.
 */
@Injectable()
export class ConductRefs {
  constructor(
    private readonly keys: GatewayKeys,
    private readonly log: DisclosureLog,
  ) {}

  /** An officer, as the agency's own records name them too. */
  officer(agency: AgencyId, officer: string): Buffer {
    return this.log.officerRef(agency, officer);
  }

  /** The subject by each identifier that names them, the first one first. */
  subject(named: NamedSubject): readonly [Buffer, ...Buffer[]] {
    const [first, ...others] = budgetTextsOf(named);
    return [this.of('subject', first), ...others.map((text) => this.of('subject', text))];
  }

  caseReference(agency: AgencyId, reference: string): Buffer {
    return this.of('case', agency, reference);
  }

  /** Whatever else is told apart by its parts. */
  of(...parts: readonly [string, ...string[]]): Buffer {
    return this.keys.mac('blind-index', JSON.stringify(['conduct', ...parts]));
  }
}
