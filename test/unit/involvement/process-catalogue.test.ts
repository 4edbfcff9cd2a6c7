import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import type { AgencyKind, Purpose, TeamKind } from '../../../src/core/vocabulary/codes.js';
import { ProcessCatalogue } from '../../../src/involvement/process-catalogue.js';
import { loadCatalogue } from '../../../src/platform/catalogue/load-catalogue.js';

const configuration = join(import.meta.dirname, '../../../config');
const file = join(configuration, 'catalogue/processes.yaml');
const processes = ProcessCatalogue.read(file);

interface Listed {
  readonly code: string;
  readonly ledBy: readonly { readonly agency: AgencyKind; readonly teams: readonly string[] }[];
}
const listed = (parse(readFileSync(file, 'utf8')) as { processes: readonly Listed[] }).processes;

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

describe('the file agrees with the catalogue', () => {
  const { purposes, teamKinds } = loadCatalogue(configuration);

  it.each(listed)('$code bears the code of a purpose', ({ code }) => {
    expect(purposes.has(code as Purpose)).toBe(true);
  });

  it.each(listed)('$code is led by teams that such agencies have', ({ ledBy }) => {
    for (const { agency, teams } of ledBy)
      for (const team of teams) expect(teamKinds.get(team as TeamKind)?.agencyKinds).toContain(agency);
  });
});

describe('a faulty file stops start-up', () => {
  const entry = '- { code: a-process, title: A, citation: B, ledBy: [{ agency: council, teams: [la-csc] }] }';
  it.each([
    { fault: 'no process', text: 'processes: []' },
    { fault: 'an unknown property', text: `processes:\n  - ${entry.slice(2, -2)}, led: true }` },
    { fault: 'an unknown sector', text: `processes:\n  ${entry.replace('council', 'army')}` },
    { fault: 'a process listed twice', text: `processes:\n  ${entry}\n  ${entry}` },
  ])('$fault', ({ text }) => {
    const directory = mkdtempSync(join(tmpdir(), 'processes-'));
    try {
      writeFileSync(join(directory, 'processes.yaml'), text);
      expect(() => ProcessCatalogue.read(join(directory, 'processes.yaml'))).toThrow();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
