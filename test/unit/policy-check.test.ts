import { checkFiles } from '../../src/cli/policy/check-files.js';
import type { ConfigurationFault } from '../../src/platform/catalogue/configuration-faults.js';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { checkPolicies, type PolicyCheckReport } from '../../src/platform/catalogue/policy-check.js';
import { CONFIGURATION, lineOf, withEdits, type Edit } from '../support/edited-configuration.js';

const check = (directory: string): PolicyCheckReport => checkPolicies(directory, loadCatalogue(directory));

/** One edit that breaks the shipped files, and what the check must say of it, where. */
interface Broken {
  readonly what: string;
  readonly edits: readonly Edit[];
  readonly file: string;
  readonly says: RegExp;
}

const CSA = 'policies/csa-duty-to-report.yaml';

// Each in a place of its own, so that all can be made at once and each must still be told apart.
const BROKEN: readonly Broken[] = [
  {
    what: 'a row whose purpose rests on law that has not commenced, and does not say so',
    edits: [{ file: CSA, find: 'awaits: cpa26-csa\n', put: '' }],
    file: CSA,
    says: /`POL-041` can never apply: .*`cpa26-csa`, which has not commenced; say so with `awaits: cpa26-csa`/,
  },
  {
    what: 'a standing duty of whom no row of policy tells anything',
    edits: [
      {
        file: 'catalogue/standing-duties.yaml',
        find: '    teamKind: la-asc\n',
        put: '    teamKind: la-housing\n',
      },
    ],
    file: 'catalogue/standing-duties.yaml',
    says: /no row of policy tells a `la-housing` anything for `adult-s42-concern` in `england`; write one, or take the duty out/,
  },
  {
    what: 'a row that says it awaits what has commenced',
    edits: [
      {
        file: 'policies/op-encompass.yaml',
        find: 'purpose: op-encompass\n',
        put: 'purpose: op-encompass\nawaits: daa-s49a\n',
      },
    ],
    file: 'policies/op-encompass.yaml',
    says: /awaits no commencement of `daa-s49a` any more; take `awaits` out/,
  },
  {
    what: 'a nation in which the purpose is none',
    edits: [
      {
        file: 'policies/cspr.yaml',
        find: '    row: 46\n',
        put: '    row: 46\n    nations: [england, wales]\n',
      },
      {
        file: 'catalogue/powers.yaml',
        find: '    purposes: [cspr]\n    inForceFrom: 2018-06-29\n    nations: [england]',
        put: '    purposes: [cspr]\n    inForceFrom: 2018-06-29\n    nations: [england, wales]',
      },
    ],
    file: 'policies/cspr.yaml',
    says: /`cspr` is no purpose of the law of `wales`; take the nation out of the row/,
  },
  {
    what: 'a kind of request that no agency of the recipients may make',
    edits: [
      {
        file: 'catalogue/purposes.yaml',
        find: '  - code: prevent-channel\n    title: Prevent and the Channel panel\n',
        put: '  - code: prevent-channel\n    title: Prevent and the Channel panel\n    requestKinds: [safeguarding]\n',
      },
    ],
    file: 'policies/prevent-channel.yaml',
    says: /`police-pp` can have no part in `POL-044`: .*not made by an agency of kind `police`/,
  },
  {
    what: 'a category that a bar shuts toward everyone the row names',
    edits: [{ file: 'policies/op-encompass.yaml', find: '    review:\n', put: '    review:\n      - family-court\n' }],
    file: 'policies/op-encompass.yaml',
    says: /`family-court` never passes by `POL-039`: bar `A4`; take it out/,
  },
  {
    what: 'a leaf listed where its whole category already is, as strictly',
    edits: [
      {
        file: 'policies/cpis-alert.yaml',
        find: '    permit:\n',
        put: '    permit:\n      - protection-status.status\n',
      },
    ],
    file: 'policies/cpis-alert.yaml',
    says: /`protection-status\.status` says nothing: its category is in `permit`/,
  },
  {
    what: 'a row that gives nothing',
    edits: [
      {
        file: 'policies/serious-violence-duty.yaml',
        find: '    review:\n      - police-incidents\n',
        put: '',
      },
    ],
    file: 'policies/serious-violence-duty.yaml',
    says: /`POL-042` gives nothing; list what passes, or take the row out/,
  },
  {
    what: 'an exception that no protection can carry',
    edits: [
      {
        file: 'catalogue/bars.yaml',
        find: 'title: waiver by the owner of the privilege, outside: true',
        put: 'title: waiver by the owner of the privilege',
      },
    ],
    file: 'catalogue/bars.yaml',
    says: /nothing here can open bar `A6` by `waiver-by-owner`; let a protection raise the bar/,
  },
  {
    what: 'an exception said to be acted on elsewhere that opens a bar here',
    edits: [
      {
        file: 'catalogue/bars.yaml',
        find: 'title: within the terms of the order }',
        put: 'title: within the terms of the order, outside: true }',
      },
    ],
    file: 'catalogue/bars.yaml',
    says: /`within-the-terms` opens bar `A5` here, by evidence with a protection; take `outside` out/,
  },
  {
    what: 'a category that no row gives to anyone',
    edits: [{ file: 'policies/subject-access.yaml', find: '      - hiv-sti\n', put: '' }],
    file: 'catalogue/categories.yaml',
    says: /nobody can receive `hiv-sti` for any purpose; list it in a row, or place it behind a bar/,
  },
  {
    what: 'a purpose that has no row',
    edits: [
      {
        file: 'catalogue/purposes.yaml',
        find: '\n# Applied to every purpose',
        put: '\n  - code: child-employment\n    title: Licensing of child employment\n    group: child\n    law: Children and Young Persons Act 1933 s.18\n    requesterDuty: none\n\n# Applied to every purpose',
      },
    ],
    file: 'catalogue/purposes.yaml',
    says: /`child-employment` has no row, so nothing is ever given for it; write `policies\/child-employment\.yaml`/,
  },
];

describe('the policies that ship', () => {
  const shipped = check(CONFIGURATION);

  it('have nothing to put right', () => {
    expect(shipped.faults).toEqual([]);
    expect(shipped.rows).toBeGreaterThan(56);
  });

  it('say of a row that awaits the commencement of its law from when on it applies', () => {
    expect(shipped.notes).toContainEqual({
      file: CSA,
      line: lineOf(CSA, 'POL-041'),
      message: expect.stringContaining('applies from the day `cpa26-csa` commences') as string,
    });
  });

  it('say what is told to a person by hand, and what lies behind a bar for everyone', () => {
    const told = shipped.notes.map(({ message }) => message).join('\n');
    expect(told).toContain('`subject` is told by hand');
    expect(told).toContain('`legally-privileged` is received by nobody, for it is behind bar `A6`');
  });
});

describe('policies that can have no effect', () => {
  const found: readonly ConfigurationFault[] = withEdits(
    BROKEN.flatMap(({ edits }) => edits),
    (directory) => check(directory).faults,
  );
  const of = ({ file, says }: Broken): readonly ConfigurationFault[] =>
    found.filter((fault) => fault.file === file && says.test(fault.message));

  it.each(BROKEN)('are found: $what', (broken) => {
    expect(of(broken)).toHaveLength(1);
    expect(of(broken)[0]?.line).toBeGreaterThan(1);
  });

  it('are found where they were written and nowhere else', () => {
    const expected = new Set(BROKEN.flatMap(of));
    expect(found.filter((fault) => !expected.has(fault))).toEqual([]);
  });

  it('end `gateway policy check` otherwise than well, each on a line of its own with its file and line', () => {
    const said: string[] = [];
    const [first] = BROKEN;
    const isWell = withEdits(first?.edits ?? [], (directory) => checkFiles(directory, (line) => said.push(line)));
    expect(isWell).toBe(false);
    expect(said).toContainEqual(
      expect.stringMatching(/^policies\/csa-duty-to-report\.yaml:\d+ `POL-041` can never apply/),
    );
    expect(said.at(-1)).toMatch(/^\d+ rows, 1 to put right, \d+ to know of$/);
  });
});
