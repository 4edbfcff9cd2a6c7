import type { Catalogue } from '../core/law/catalogue.js';
import type { Purpose } from '../core/vocabulary/codes.js';
import type { CaseOfficer } from './involvement.js';

/** Which kinds of case there are, and who leads each. */
export class ProcessCatalogue {
  constructor(private readonly law: Pick<Catalogue, 'processes'>) {}

  has(code: string): boolean {
    return this.law.processes.has(code as Purpose);
  }

  /** Whether such an officer leads such cases. False for a process that is not listed. */
  isLedBy(code: string, { agencyKind: agency, teamKind, leadsCases }: CaseOfficer): boolean {
    const ledBy = this.law.processes.get(code as Purpose)?.ledBy ?? [];
    return leadsCases && ledBy.some((lead) => lead.agency === agency && lead.teams.includes(teamKind));
  }
}
