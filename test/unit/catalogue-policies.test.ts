import { compilePolicy } from '../../src/core/decision/policy-ability.js';
import type { Catalogue } from '../../src/core/law/catalogue.js';
import type { Category, Purpose, TeamKind } from '../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../src/core/vocabulary/time.js';
import { ConfigurationFaults } from '../../src/platform/catalogue/configuration-faults.js';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { loadPolicies } from '../../src/platform/catalogue/load-policies.js';
import { policyOutcome } from '../../src/platform/catalogue/policy-outcome.js';
import { runPolicyTests } from '../../src/platform/catalogue/policy-tests.js';
import { CONFIGURATION, lineOf, withEdits, type Edit } from '../support/edited-configuration.js';

const catalogue = loadCatalogue(CONFIGURATION);
const policies = loadPolicies(CONFIGURATION, catalogue, 7);

const strategy = 'policies/child-strategy-discussion.yaml';
const enquiry = 'policies/child-s47-enquiry.yaml';
const emergency = 'policies/child-emergency-protection.yaml';

/** The shipped catalogue, read again only where an edit has changed it. */
function catalogueIn(directory: string, edits: readonly Edit[]): Catalogue {
  return edits.some(({ file }) => file.startsWith('catalogue/')) ? loadCatalogue(directory) : catalogue;
}

function faultsOf(...edits: readonly Edit[]): readonly string[] {
  try {
    withEdits(edits, (directory) => loadPolicies(directory, catalogueIn(directory, edits)));
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.message.split('\n');
    throw error;
  }
}

describe('the policies', () => {
  it('are all 56 rows of the matrix, under the version they are published as', () => {
    expect(new Set(policies.rows.map(({ row }) => row))).toEqual(
      new Set(Array.from({ length: 56 }, (_, at) => at + 1)),
    );
    expect(policies.version).toBe(7);
  });

  it('say what their test tables expect, in every category of every case', () => {
    const { cases, cells, failures } = runPolicyTests(CONFIGURATION, catalogue, policies);
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(90);
    expect(cells).toBe(cases * 45);
  });

  it('never rest a disclosure to the police on the duty to help the council', () => {
    const toPolice = policies.rows.filter(({ to }) => to.includes('police-pp' as TeamKind));
    expect(toPolice.flatMap(({ basis }) => basis.powers)).not.toContain('ca89-s47');
  });

  it('give no one a full medical record without a person', () => {
    const released = policies.rows.flatMap(({ permit, minimise }) => [...permit, ...minimise]);
    expect(released).not.toContain('full-medical-record');
  });

  it('put a category behind a bar before they say anything of it', () => {
    const question = {
      purpose: 'child-s47-enquiry' as Purpose,
      from: 'la-csc' as TeamKind,
      to: 'police-pp' as TeamKind,
      subjectRole: 'child' as const,
      on: '2026-12-07' as CivilDate,
      nation: 'england' as const,
    };
    const of = (category: string) =>
      policyOutcome(compilePolicy(policies, catalogue), catalogue, question, category as Category).outcome;
    expect([of('legally-privileged'), of('gender-recognition'), of('family-court'), of('convictions')]).toEqual([
      'X',
      'X',
      'R',
      'D',
    ]);
  });
});

describe('a policy with a fault stops start-up and says where and what would be right', () => {
  const permitEnquiry =
    '      - present-concern\n      - injury-findings\n      - professionals-involved\n    minimise:\n      - household';

  it.each<[string, Edit, string]>([
    [
      'an obligation that is in no list',
      { file: emergency, find: 'ack-required', put: 'acknowledge' },
      'unknown obligation `acknowledge`; use one of catalogue/obligations.yaml, such as `ack-required`',
    ],
    [
      'a wildcard kind',
      { file: strategy, find: 'from: [police-pp]', put: 'from: [any]' },
      'write out each kind of team; a policy has no wildcard',
    ],
    [
      'a wildcard kind of health',
      { file: strategy, find: 'from: [police-pp]', put: "from: ['nhs-*']" },
      'write out each kind of team; a policy has no wildcard',
    ],
    [
      'a power that is not commenced',
      { file: strategy, find: 'powers: [ca04-s11,', put: 'powers: [ca04-s16la,' },
      '`ca04-s16la` is enacted and not commenced; cite a power that is in force',
    ],
    [
      'a power that is law only later',
      { file: emergency, find: 'effectiveFrom: 2026-02-05', put: 'effectiveFrom: 1989-12-31' },
      '`common-law-public-interest` is law from 1990-01-01; the row begins on 1989-12-31, begin it then or later',
    ],
    [
      'a power of another nation',
      {
        file: strategy,
        find: 'powers: [common-law-policing, ca04-s11]',
        put: 'powers: [common-law-policing, cno95-art66]',
      },
      '`cno95-art66` is not law in `england` but in `northern-ireland`; cite one that is',
    ],
    [
      'a power that does not reach each nation of the row',
      { file: strategy, find: 'row: 9\n', put: 'row: 9\n    nations: [england, wales]\n' },
      '`ca04-s11` is not law in `wales` but in `england`; cite one that is',
    ],
    [
      'a permit of what is behind a bar',
      { file: emergency, find: '      - staff-safety\n', put: '      - staff-safety\n      - legally-privileged\n' },
      '`legally-privileged` is behind bar A6, which no policy opens; take it out of `permit`',
    ],
    [
      'a review of what cannot be asked for',
      { file: emergency, find: '      - intelligence\n', put: '      - intelligence\n      - adoption-link\n' },
      '`adoption-link` is behind bar A3, which no policy opens; take it out of `review`',
    ],
    [
      'a protected location released without two people',
      {
        file: emergency,
        find: '      - staff-safety\n',
        put: '      - staff-safety\n      - protected-location.kind\n',
      },
      '`protected-location` is released by two people only; put it in `review`',
    ],
    [
      'a minimised whole record',
      { file: emergency, find: '      - substance-use\n', put: '      - substance-use\n      - full-medical-record\n' },
      '`full-medical-record` is never minimised; list `injury-findings` and `health-summary` in its place',
    ],
    [
      'a category said two things of',
      { file: emergency, find: '      - substance-use\n', put: '      - substance-use\n      - aliases\n' },
      '`aliases` is already in `permit`; a row says one thing of it',
    ],
    [
      'a leaf without a category',
      { file: enquiry, find: permitEnquiry, put: permitEnquiry.replace('injury-findings', 'wounds.findings') },
      'no category `wounds`; use one of catalogue/categories.yaml',
    ],
    [
      'a leaf that is in no category',
      { file: enquiry, find: permitEnquiry, put: permitEnquiry.replace('injury-findings', 'injury-findings.scars') },
      'no leaf `injury-findings.scars`; use one of catalogue/categories.yaml',
    ],
    [
      'a full leaf that is minimised',
      { file: emergency, find: '      - substance-use\n', put: '      - substance-use.treatment\n' },
      '`substance-use.treatment` is not a minimised leaf; minimise gives derived leaves only',
    ],
    [
      'a minimised leaf that is permitted in full',
      { file: emergency, find: '      - staff-safety\n', put: '      - staff-safety.hazardTypes\n' },
      '`staff-safety.hazardTypes` is a minimised leaf; list it in `minimise`',
    ],
    [
      'a condition without its partner',
      { file: emergency, find: 'schedule1: [p18]', put: 'schedule1: [p2]' },
      '`9-2-g` stands with one of p6, p7, p10, p11, p18, p19; add it to `schedule1`',
    ],
    [
      'a basis of the other regime',
      { file: emergency, find: 'article6: [6-1-e, 6-1-ea, 6-1-d]', put: 'article6: [6-1-e, s35-2-b]' },
      '`s35-2-b` is no basis under `uk-gdpr`; cite one of that regime',
    ],
    [
      'a basis no valid pair allows',
      { file: emergency, find: 'article6: [6-1-e, 6-1-ea, 6-1-d]', put: 'article6: [6-1-e, 6-1-a]' },
      'no valid basis allows `6-1-a` between these parties for `child-emergency-protection`; see `validBases`',
    ],
    [
      'a sender whom no power lets tell',
      { file: enquiry, find: 'powers: [ca89-s47, ca04-s11, common-law-public-interest]', put: 'powers: [ca04-s10]' },
      'no power of the row lets `nhs-gp` tell `la-csc`; add one or take the kind out',
    ],
    [
      'a sender with no valid basis',
      {
        file: enquiry,
        find: 'from: [nhs-gp, nhs-acute, nhs-comm, nhs-mh]\n',
        put: 'from: [nhs-gp, nhs-acute, nhs-comm, regulator]\n',
      },
      'no valid basis lets `regulator` tell `la-csc` for `child-s47-enquiry`; see `validBases`',
    ],
    [
      'a named role the recipient does not have',
      { file: enquiry, find: 'namedRole: dsl', put: 'namedRole: named-gp' },
      '`named-gp` is no role of `school`; name one that each recipient has',
    ],
    [
      'two rows that speak on the same day',
      {
        file: enquiry,
        find: 'from: [school, early-years, probation',
        put: 'from: [nhs-gp, school, early-years, probation',
      },
      '`POL-055` and `POL-012` both speak from `nhs-gp` to `la-csc` on the same day; end one with `effectiveTo` or part their kinds',
    ],
    [
      'an identifier used twice',
      { file: enquiry, find: 'id: POL-056', put: 'id: POL-055' },
      '`POL-055` is used twice; give each row its own',
    ],
    [
      'a row in the file of another purpose',
      { file: emergency, find: 'purpose: child-emergency-protection', put: 'purpose: child-s17-assessment' },
      'the rows of `child-s17-assessment` belong in `policies/child-s17-assessment.yaml`',
    ],
    [
      'a row that ends before it begins',
      {
        file: emergency,
        find: 'effectiveFrom: 2026-02-05',
        put: 'effectiveFrom: 2026-02-05\n    effectiveTo: 2026-02-04',
      },
      'ends on 2026-02-04, before it begins on 2026-02-05; correct one of them',
    ],
  ])('%s', (_, edit, expected) => {
    const faults = faultsOf(edit);
    expect(faults.map((fault) => fault.replace(/^[^:]+:\d+: (?:`rows[^`]*`: )?/, ''))).toContain(expected);
    expect(faults.every((fault) => fault.startsWith(`${edit.file}:`))).toBe(true);
  });

  it('a row for England in the file of the other nations', () => {
    const file = 'policies/child-cp-conference.nations.yaml';
    const faults = faultsOf({
      file,
      find: 'POL-017-wales\n    row: 17\n    nations: [wales]',
      put: 'POL-017-wales\n    row: 17\n    nations: [england]',
    });
    expect(faults).toContain(`${file}:9: a row for \`england\` belongs in \`policies/child-cp-conference.yaml\``);
  });

  it('a category that a row minimises and that has no coded minimised leaf', () => {
    const faults = faultsOf({
      file: 'catalogue/categories.yaml',
      find: 'useAffectsCare: { code: [yes, no, not-known] }\n      treatmentService: { string: 200 }',
      put: 'useAffectsCare: text',
    });
    expect(faults).toContain(
      `${strategy}:${lineOf(strategy, '- substance-use').toString()}: \`substance-use\` has no coded minimised leaf; add one to catalogue/categories.yaml or put it in \`review\``,
    );
  });

  it('days on which neither a row nor its successor speaks', () => {
    const successor = (from: string): Edit => ({
      file: strategy,
      find: '  - id: POL-009\n    row: 9\n',
      put: `  - id: POL-009a\n    row: 9\n    from: [police-pp]\n    to: [la-csc]\n    regime: { custodian: uk-gdpr, requester: uk-gdpr }\n    basis: { powers: [ca04-s11], article6: [6-1-e], article9: [9-2-g], schedule1: [p18], article10: [p18], confidentiality: [lawful-authority] }\n    requires: []\n    permit: [core-identity]\n    obligations: []\n    effectiveFrom: 2026-01-01\n    effectiveTo: ${from}\n\n  - id: POL-009\n    row: 9\n`,
    });
    expect(faultsOf(successor('2026-02-04'))).toEqual([]);
    const [gap] = faultsOf(successor('2026-02-03'));
    expect(gap).toContain('`POL-009a` ends on 2026-02-03 and `POL-009` begins on 2026-02-05; begin it on 2026-02-04');
    const [overlap] = faultsOf(successor('2026-02-05'));
    expect(overlap).toContain('`POL-009` and `POL-009a` both speak from `police-pp` to `la-csc` on the same day');
  });
});

describe('a configuration folder that is not there', () => {
  it('is told by every file that is missing', () => {
    expect(() => loadCatalogue('/nowhere')).toThrow(
      'catalogue/powers.yaml:1: the file is missing; it must be there and readable',
    );
    expect(() => loadPolicies('/nowhere', catalogue)).toThrow(
      'no policy is there; put one file a purpose into `policies/`',
    );
  });
});

describe('a test table', () => {
  const table = 'policies/child-strategy-discussion.tests.yaml';

  it('that a policy no longer meets names the case, the category and both letters', () => {
    const edit = { file: strategy, find: '      - sexual-health\n', put: '' };
    const { failures } = withEdits([edit], (directory) =>
      runPolicyTests(directory, catalogue, loadPolicies(directory, catalogue)),
    );
    expect(failures).toHaveLength(10);
    expect(failures[0]).toMatchObject({
      file: table,
      message: 'nhs-acute tells la-csc about the child: `sexual-health` is D; the table expects R',
    });
  });

  it('sees a leaf that would newly be released', () => {
    const edit = {
      file: 'catalogue/categories.yaml',
      find: 'medicalOpinion: {',
      put: 'radiology: string\n      medicalOpinion: {',
    };
    const { failures } = withEdits([edit], (directory) => {
      const changed = loadCatalogue(directory);
      return runPolicyTests(directory, changed, loadPolicies(directory, changed));
    });
    expect(failures.map(({ message }) => message).join('\n')).toContain('`injury-findings` releases findings');
  });
});

describe('the digest of the policies', () => {
  const digestWith = (...edits: readonly Edit[]): string =>
    withEdits(edits, (directory) => loadPolicies(directory, catalogueIn(directory, edits)).digest);

  it('stays while the files stay', () => {
    expect(digestWith()).toBe(policies.digest);
  });

  it.each([
    ['the catalogue', 'catalogue/clocks.yaml', 'clocks:\n'],
    ['a policy', emergency, 'rows:\n'],
    ['a test table', 'policies/child-emergency-protection.tests.yaml', 'cases:\n'],
  ])('changes with one byte of a comment in %s', (_, file, find) => {
    expect(digestWith({ file, find, put: find.replace('\n', ' #\n') })).not.toBe(policies.digest);
  });
});
