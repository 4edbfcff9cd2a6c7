import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { AgencyKind, TeamKind } from '../../../src/core/vocabulary/codes.js';
import { ProcessCatalogue } from '../../../src/involvement/process-catalogue.js';
import { loadCatalogue } from '../../../src/platform/catalogue/load-catalogue.js';

const processes = new ProcessCatalogue(loadCatalogue(join(import.meta.dirname, '../../../config')));

describe('who leads which case', () => {
  it.each([
    {
      who: 'children’s social care',
      leads: ['child-s17-assessment', 'child-s47-enquiry'],
      officer: ['council', 'la-csc'],
    },
    { who: 'adults’ social care', leads: ['adult-s42-concern', 'adult-s42-enquiry'], officer: ['council', 'la-asc'] },
    { who: 'the LADO', leads: ['lado-allegation'], officer: ['council', 'lado'] },
    { who: 'the investigating force', leads: ['criminal-investigation'], officer: ['police', 'police-ci'] },
  ])('$who leads $leads', ({ leads, officer: [agencyKind, teamKind] }) => {
    const officer = { agencyKind: agencyKind as AgencyKind, teamKind: teamKind as TeamKind, leadsCases: true };
    const core = [
      'child-s17-assessment',
      'child-s47-enquiry',
      'adult-s42-concern',
      'adult-s42-enquiry',
      'lado-allegation',
      'criminal-investigation',
    ];
    expect(core.filter((process) => processes.isLedBy(process, officer))).toEqual(leads);
    expect(core.some((process) => processes.isLedBy(process, { ...officer, leadsCases: false }))).toBe(false);
  });

  it('nobody leads what is not listed', () => {
    const officer = { agencyKind: 'council', teamKind: 'la-csc' as TeamKind, leadsCases: true } as const;
    expect(processes.has('audit')).toBe(false);
    expect(processes.isLedBy('audit', officer)).toBe(false);
  });
});
