import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { AGENCY_KINDS } from '../core/vocabulary/codes.js';
import type { CaseOfficer } from './involvement.js';

const kebab = z.string().regex(/^[a-z0-9-]{2,64}$/);
const agencyKind = z.enum(AGENCY_KINDS);

const processesFile = z.strictObject({
  processes: z
    .array(
      z.strictObject({
        code: kebab,
        title: z.string().min(1),
        citation: z.string().min(1),
        ledBy: z.array(z.strictObject({ agency: agencyKind, teams: z.array(kebab).min(1) })).min(1),
      }),
    )
    .min(1),
});

type Process = z.infer<typeof processesFile>['processes'][number];

/** Which kinds of case there are, and who leads each: `config/catalogue/processes.yaml`. */
export class ProcessCatalogue {
  private readonly processes: ReadonlyMap<string, Process>;

  constructor(processes: readonly Process[]) {
    this.processes = new Map(processes.map((process) => [process.code, process]));
    if (this.processes.size !== processes.length) throw new Error('a process is listed twice');
  }

  /** Reads the file whole; throws on anything it does not understand, so that start-up stops. */
  static read(file: string): ProcessCatalogue {
    return new ProcessCatalogue(processesFile.parse(parse(readFileSync(file, 'utf8'))).processes);
  }

  has(code: string): boolean {
    return this.processes.has(code);
  }

  /** Whether such an officer leads such cases. False for a process that is not listed. */
  isLedBy(code: string, { agencyKind: agency, teamKind, leadsCases }: CaseOfficer): boolean {
    const ledBy = this.processes.get(code)?.ledBy ?? [];
    return leadsCases && ledBy.some((lead) => lead.agency === agency && lead.teams.includes(teamKind));
  }
}
