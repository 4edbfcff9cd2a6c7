import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { ConfigurationFaults } from '../../src/platform/catalogue/configuration-faults.js';
import { isInForceOn, isLaw } from '../../src/core/law/in-force.js';
import type { Bar } from '../../src/core/law/catalogue.js';
import type { Leaf } from '../../src/core/law/leaf.js';
import type {
  Category,
  LeafPath,
  PowerCode,
  Purpose,
  ReasonCode,
  SubjectRole,
} from '../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../src/core/vocabulary/time.js';
import { CONFIGURATION, withEdits, type Edit } from '../support/edited-configuration.js';

const catalogue = loadCatalogue(CONFIGURATION);
const leafOf = (path: string): Leaf | undefined => catalogue.leaves.get(path as LeafPath);
const category = (code: string) => catalogue.categories.get(code as Category);
const day = (text: string): CivilDate => text as CivilDate;

function faultsOf(edits: readonly Edit[]): readonly string[] {
  try {
    withEdits(edits, loadCatalogue);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.message.split('\n');
    throw error;
  }
}

describe('the categories', () => {
  it('are the 45 of the data dictionary, each reference once', () => {
    const references = [...catalogue.categories.values()].map(({ reference }) => reference);
    const dictionary = Array.from({ length: 45 }, (_, index) => `D${(index + 1).toString().padStart(2, '0')}`);
    expect(references.toSorted()).toEqual(dictionary);
  });

  it('know every leaf by its path, and every leaf its category', () => {
    const own = [...catalogue.categories.values()].flatMap(({ leaves }) => leaves);
    expect(catalogue.leaves.size).toBe(own.length);
    expect(own.every((leaf) => leaf.path === `${leaf.category}.${leaf.name}`)).toBe(true);
  });

  it('keep free text apart from what is coded, inside a list as well', () => {
    expect(leafOf('present-concern.account')?.kind).toBe('text');
    expect(leafOf('present-concern.natureOfConcern')?.kind).toBe('coded');
    expect(leafOf('injury-findings.findings')?.kind).toBe('coded');
  });

  it('answer about health only what was asked', () => {
    const health = category('health-summary');
    const minimised = health?.leaves.filter(({ form }) => form === 'minimised') ?? [];
    expect(minimised.map(({ question }) => question)).toEqual(health?.questions.map(({ code }) => code));
    expect(minimised).toHaveLength(13);
  });

  it('cannot all be asked for: three would tell by a gap alone', () => {
    const unaskable = [...catalogue.categories.values()].filter(({ cannotBeAsked }) => cannotBeAsked === true);
    expect(unaskable.map(({ code }) => code)).toEqual(['fertility-treatment', 'gender-recognition', 'adoption-link']);
  });

  it('never give a whole medical record in short, and say what to ask instead', () => {
    expect(category('full-medical-record')?.minimisedRemedy?.categories).toEqual(['injury-findings', 'health-summary']);
  });

  it('hold ordinary data where a leaf of a special category says so', () => {
    expect(leafOf('ethnicity-and-language.firstLanguage')?.dataClasses).toEqual(['O']);
    expect(leafOf('ethnicity-and-language.ethnicity')?.dataClasses).toEqual(['S']);
  });
});

describe('the law in force', () => {
  const power = (code: string) => catalogue.powers.get(code as PowerCode);

  it.each([
    ['ca04-s16la', '2026-12-07', false],
    ['ca04-s16la', '2099-01-01', false],
    ['cpa26-csa', '2026-12-07', false],
    ['pcsc-s44a', '2026-01-11', false],
    ['pcsc-s44a', '2026-01-12', true],
    ['ca89-s47', '2026-12-07', true],
  ])('has %s on %s: %s', (code, on, expected) => {
    const found = power(code);
    expect(found && isInForceOn(found, day(on))).toBe(expected);
  });

  it.each([
    ['ca04-s11', 'wales', false],
    ['ca89-s47', 'wales', true],
    ['ca89-s47', 'scotland', false],
    ['common-law-public-interest', 'scotland', true],
  ] as const)('reaches with %s into %s: %s', (code, nation, expected) => {
    const found = power(code);
    expect(found && isLaw(found, day('2026-12-07'), nation)).toBe(expected);
  });

  it('lets recognised legitimate interests be relied on from 5 February 2026, and never by a public authority', () => {
    const basis = catalogue.article6.get('6-1-ea');
    expect(basis && isInForceOn(basis, day('2026-02-04'))).toBe(false);
    expect(basis && isInForceOn(basis, day('2026-02-05'))).toBe(true);
    expect(basis?.notFor).not.toContain('charity');
    expect(basis?.notFor).toContain('health');
  });

  it('compels health to help the council in an enquiry and not the police', () => {
    expect(power('ca89-s47')?.from).toContain('nhs-gp');
    expect(power('ca89-s47')?.from).not.toContain('police-pp');
    expect(power('ca89-s47')?.from).not.toContain('school');
    expect(power('ca89-s47')?.to).not.toContain('police-pp');
  });
});

describe('the bars', () => {
  it('are the fifteen of class A', () => {
    expect([...catalogue.bars.keys()]).toEqual(Array.from({ length: 15 }, (_, index) => `A${(index + 1).toString()}`));
  });

  it('are raised by the protections that say so', () => {
    expect(catalogue.bars.get('A9')?.protectionKinds).toEqual(['protected-person']);
    expect(catalogue.bars.get('A4')?.protectionKinds).toEqual([]);
  });

  it('have no safeguarding exception for gender recognition', () => {
    const tokens = catalogue.bars.get('A1')?.exceptions.map(({ token }) => token);
    expect(tokens).toContain('preventing-or-investigating-crime');
    expect(tokens).not.toContain('safeguarding');
  });

  it('say nothing of themselves exactly where their reason is silent', () => {
    const shown = ({ reason }: Bar) => catalogue.reasons.get(reason)?.shown;
    const silent = [...catalogue.bars.values()].filter((bar) => bar.silent);
    expect(silent.map(shown)).toEqual(silent.map(() => 'silent'));
    expect([...catalogue.bars.values()].filter((bar) => !bar.silent).map(shown)).not.toContain('silent');
  });
});

describe('the heightened items of class B', () => {
  const kinds = [...catalogue.protectionKinds.values()];

  it.each([
    ['victim-at-risk-of-being-found', 'address'],
    ['spent-convictions', 'convictions'],
    ['untested-allegation', 'arrests-and-allegations'],
    ['public-protection-managed', 'intelligence'],
    ['deceased', 'health-summary'],
    ['admission-in-care-proceedings', 'family-court'],
    ['whistleblower', 'referrer-identity'],
    ['staff-personnel-record', 'allegation-about-professional'],
    ['trans-history', 'aliases'],
  ])('leave by a recorded `%s` such as `%s` to a person, and raise no bar', (code, heightened) => {
    const kind = kinds.find((each) => each.code === code);
    expect(kind?.heightens).toContain(heightened);
    expect(kind?.raises).toBeUndefined();
  });

  it('never heighten what nobody may ask for', () => {
    const unaskable = kinds.flatMap(({ heightens }) => heightens).filter((code) => category(code)?.cannotBeAsked);
    expect(unaskable).toEqual([]);
  });
});

describe('the codes of the law that decisions name', () => {
  it.each([
    ['article6', ['6-1-a', '6-1-b', '6-1-c', '6-1-d', '6-1-e', '6-1-ea', '6-1-f', 's35-2-a', 's35-2-b']],
    ['article9', ['9-2-a', '9-2-b', '9-2-c', '9-2-f', '9-2-g', '9-2-h', '9-2-i']],
    ['schedule1', ['p1', 'p2', 'p3', 'p6', 'p7', 'p10', 'p11', 'p18', 'p19', 'p29', 'p30', 'p32', 'p33', 'p34']],
    ['schedule8', ['s8-p1', 's8-p2', 's8-p3', 's8-p4', 's8-p5', 's8-p6', 's8-p7', 's8-p8', 's8-p9']],
    ['p18Reasons', ['consent-cannot-be-given', 'cannot-reasonably-obtain', 'would-prejudice-protection']],
  ] as const)('are in `%s` those of the domain', (list, codes) => {
    expect([...catalogue[list].keys()]).toEqual(codes);
  });

  it('are in `powers` each of the gateways and duties of the domain', () => {
    const named = `ca89-s17 ca89-s27 ca89-s47 ca04-s10 ca04-s11 ca04-s16h ca04-s16la ca04-s16lc care-s42 care-s6-7 care-s45
      cda-s115 cda-s17a cja03-s325 cja03-s327a marac dvds csods daa-s49a pcsc-s16 pcsc-s44a fgm-s5b cpa26-csa msa-s52
      ctsa-s36 hsca-251b svga-s35 svga-s39 edu02-s175-157 common-law-public-interest common-law-policing court`;
    const missing = named.split(/\s+/).filter((code) => !catalogue.powers.has(code as PowerCode));
    expect(missing).toEqual([]);
  });

  it('are the obligations, the reasons for not telling and the grounds of override of the domain', () => {
    expect(catalogue.obligations.size).toBe(18);
    expect(catalogue.noticeWaivers.size).toBe(7);
    expect(catalogue.adultOverrides.size).toBe(8);
    expect(catalogue.wishesNotSought.size).toBe(5);
    expect([...catalogue.objectionOverrides.keys()].filter((code) => catalogue.adultOverrides.has(code))).toEqual([]);
  });

  it('are the reasons that a decision may return', () => {
    const named = `not-relevant-to-purpose excessive-scope lookback-exceeded no-legal-power no-dp-condition
      confidentiality-not-overridden invalid-basis-combination not-held held-by-other requester-role-invalid
      no-open-involvement conflict-of-interest signature-invalid replay vir-notice-missing vir-counselling-presumption
      supervisor-missing necessity-missing isa-expired isa-conflict policy-not-commenced jurisdiction-mismatch third-party
      informant-identity protected-location statutory-bar-gra statutory-bar-hfea statutory-bar-adoption
      statutory-bar-protected-person statutory-bar-chis statutory-bar-ipa statutory-bar-court lpp fpr-route-missing
      live-investigation serious-harm covert-status adult-refused-no-override objection-upheld identity-unmatched
      identity-ambiguous retention-expired destroyed pattern-suspect`;
    const missing = named.split(/\s+/).filter((code) => !catalogue.reasons.has(code as ReasonCode));
    expect(missing).toEqual([]);
  });
});

describe('the reasons', () => {
  it('that rest on the subject without being withheld all read the same', () => {
    const told = [...catalogue.reasons.values()].filter(
      ({ shown }) => shown === 'silent' || shown === 'request-refused',
    );
    expect(new Set(told.map(({ explanation, remedy }) => `${explanation} ${remedy}`)).size).toBe(1);
    expect(told.every(({ restsOnSubject }) => restsOnSubject)).toBe(true);
  });

  it('that are shown rest on the request alone and say what would put it right', () => {
    const shown = [...catalogue.reasons.values()].filter((reason) => reason.shown === 'shown');
    expect(shown.some(({ restsOnSubject }) => restsOnSubject)).toBe(false);
    expect(shown.every(({ remedy }) => remedy.length > 0)).toBe(true);
  });

  it('for not telling the family are the seven of the referral forms', () => {
    expect(catalogue.noticeWaivers.size).toBe(7);
    expect(catalogue.noticeWaivers.has('increased-risk-to-child' as ReasonCode)).toBe(true);
  });
});

describe('the look-back', () => {
  const limits = (purpose: string, code: string) =>
    catalogue.purposes.get(purpose as Purpose)?.lookBackMonths.filter((limit) => limit.category === code);

  it('is two years for police incidents and a child’s whole life for health', () => {
    expect(limits('child-s47-enquiry', 'police-incidents')).toEqual([{ category: 'police-incidents', months: 24 }]);
    const child: SubjectRole = 'child';
    expect(
      limits('child-s47-enquiry', 'health-summary')?.find((limit) => limit.subjectRoles?.includes(child))?.months,
    ).toBe('lifetime');
  });

  it('is a purpose’s own where it has one', () => {
    expect(limits('child-emergency-protection', 'police-incidents')).toEqual([
      { category: 'police-incidents', months: 'lifetime' },
    ]);
  });
});

describe('a catalogue with a fault stops start-up and says where and what would be right', () => {
  const powers = 'catalogue/powers.yaml';
  const categories = 'catalogue/categories.yaml';

  it.each<[string, Edit, RegExp]>([
    [
      'a standing duty of an unknown kind of team',
      { file: 'catalogue/standing-duties.yaml', find: 'teamKind: lado', put: 'teamKind: ladder' },
      /^catalogue\/standing-duties\.yaml:\d+: unknown team kind `ladder`/,
    ],
    [
      'a standing duty for an unknown purpose',
      { file: 'catalogue/standing-duties.yaml', find: 'purpose: lado-allegation', put: 'purpose: lado-allegations' },
      /^catalogue\/standing-duties\.yaml:\d+: unknown purpose `lado-allegations`/,
    ],
    [
      'a standing duty through a team that the sector has not',
      { file: 'catalogue/standing-duties.yaml', find: 'teamKind: lado', put: 'teamKind: nhs-gp' },
      /^catalogue\/standing-duties\.yaml:\d+: the `home-authority` is of the sector `council`, which has no team of kind `nhs-gp`; name one it has$/,
    ],
    [
      'a standing duty in a nation where the purpose is none',
      {
        file: 'catalogue/standing-duties.yaml',
        find: 'inForceFrom: 2025-11-07\n    nations: [england]',
        put: 'inForceFrom: 2025-11-07\n    nations: [england, scotland]',
      },
      /^catalogue\/standing-duties\.yaml:\d+: `op-encompass` is no purpose of the law of `scotland`; take the nation out$/,
    ],
    [
      'a standing duty listed twice',
      {
        file: 'catalogue/standing-duties.yaml',
        find: 'Well-being (Wales) Act 2014 s.130\n    nations: [wales]',
        put: 'Well-being (Wales) Act 2014 s.130\n    nations: [england]',
      },
      /^catalogue\/standing-duties\.yaml:\d+: the same duty is listed twice for `england`; list it once$/,
    ],
    [
      'a standing duty that ends before it begins',
      {
        file: 'catalogue/standing-duties.yaml',
        find: 'inForceFrom: 2025-11-07\n',
        put: 'inForceFrom: 2025-11-07\n    inForceTo: 2025-11-06\n',
      },
      /^catalogue\/standing-duties\.yaml:\d+: ends before it begins; correct one of them$/,
    ],
    [
      'a flag code of an unknown category',
      {
        file: 'catalogue/flag-codes.yaml',
        find: 'looked after child, category: protection-status',
        put: 'looked after child, category: star-sign',
      },
      /^catalogue\/flag-codes\.yaml:\d+: unknown category `star-sign`/,
    ],
    [
      'a flag code listed twice',
      { file: 'catalogue/flag-codes.yaml', find: "code: '764841000000100'", put: "code: '818901000000100'" },
      /^catalogue\/flag-codes\.yaml:\d+: `818901000000100` is listed twice in `flagCodes`; list it once$/,
    ],
    [
      'a purpose that is in no list',
      {
        file: powers,
        find: 'purposes: [dbs-referral]\n    inForceFrom: 2009-10-12\n    nations: [england, wales]\n  - code: svga-s39',
        put: 'purposes: [dbs-referal]\n    inForceFrom: 2009-10-12\n    nations: [england, wales]\n  - code: svga-s39',
      },
      /^catalogue\/powers\.yaml:\d+: unknown purpose `dbs-referal`; use one of catalogue\/purposes\.yaml, such as `dbs-referral`$/,
    ],
    [
      'a kind of case that is no purpose',
      { file: 'catalogue/processes.yaml', find: 'code: child-early-help', put: 'code: child-early-halp' },
      /^catalogue\/processes\.yaml:\d+: unknown purpose `child-early-halp`; use one of/,
    ],
    [
      'a kind of case led by a team that such an agency has not',
      { file: 'catalogue/processes.yaml', find: 'teams: [la-csc, la-edu]', put: 'teams: [la-csc, police-pp]' },
      /^catalogue\/processes\.yaml:\d+: `council` has no team of kind `police-pp`; name one it has$/,
    ],
    [
      'a kind of case listed twice',
      { file: 'catalogue/processes.yaml', find: 'code: child-mash-triage', put: 'code: child-early-help' },
      /^catalogue\/processes\.yaml:\d+: `child-early-help` is listed twice in `processes`; list it once$/,
    ],
    [
      'a power listed twice',
      { file: powers, find: 'code: ca89-s27', put: 'code: ca89-s17' },
      /^catalogue\/powers\.yaml:\d+: `ca89-s17` is listed twice in `powers`; list it once$/,
    ],
    [
      'a law that ends before it begins',
      { file: powers, find: 'inForceFrom: 2026-01-12', put: 'inForceFrom: 2026-01-12\n    inForceTo: 2026-01-11' },
      /^catalogue\/powers\.yaml:\d+: ends on 2026-01-11, before it begins on 2026-01-12; correct one of them$/,
    ],
    [
      'a property nobody knows',
      { file: powers, find: 'code: ca89-s46', put: 'code: ca89-s46\n    lifts: true' },
      /^catalogue\/powers\.yaml:\d+: `powers\.\d+`: unknown property `lifts`; take it out or correct its name$/,
    ],
    [
      'a day that does not exist',
      { file: powers, find: 'inForceFrom: 2026-01-12', put: 'inForceFrom: 2026-02-30' },
      /^catalogue\/powers\.yaml:\d+: `powers\.\d+\.inForceFrom`: expected a day that exists, `2026-02-05`$/,
    ],
    [
      'a category that is missing',
      { file: categories, find: 'code: household\n', put: 'code: home\n' },
      /^catalogue\/bars\.yaml:\d+: unknown category `household`; use one of catalogue\/categories\.yaml, such as `h/,
    ],
    [
      'two categories under one reference',
      { file: categories, find: 'reference: D37', put: 'reference: D36' },
      /^catalogue\/categories\.yaml:\d+: `D36` is already `immigration`; each category has its own$/,
    ],
    [
      'a question no leaf answers',
      { file: categories, find: 'leaf: bleedingDisorder', put: 'leaf: clotting' },
      /^catalogue\/categories\.yaml:\d+: `clotting` is no leaf of `health-summary`; name one of its leaves$/,
    ],
    [
      'a leaf of a type nobody knows',
      { file: categories, find: 'expectedDeliveryDate: date', put: 'expectedDeliveryDate: day' },
      /^catalogue\/categories\.yaml:\d+: `categories\.0\.leaves\.expectedDeliveryDate`: a leaf is a type name/,
    ],
    [
      'a minimised leaf under the name of a full one',
      { file: categories, find: 'findingsInShort: {', put: 'findings: {' },
      /`findings` is also a full leaf; a minimised leaf has a name of its own/,
    ],
    [
      'a refused reason with words of its own',
      {
        file: 'catalogue/reasons.yaml',
        find: 'code: identity-unmatched, shown: request-refused',
        put: 'code: identity-unmatched, shown: request-refused, remedy: check the number',
      },
      /unknown property `remedy`/,
    ],
    [
      'a protection that raises no bar and heightens nothing',
      { file: 'catalogue/bars.yaml', find: 'raises: A9', put: 'heightens: []' },
      /either `raises` a bar or `heightens` categories/,
    ],
    [
      'a purpose that is also never one',
      { file: 'catalogue/purposes.yaml', find: 'code: research', put: 'code: marac' },
      /`marac` is both a purpose and never one; keep it in one list/,
    ],
    [
      'a combination that forbids everything',
      {
        file: 'catalogue/bases.yaml',
        find: 'when: { powers: [care-s45], purposes: [adult-s42-concern, adult-s42-enquiry] }',
        put: 'when: {}',
      },
      /a combination without parts would forbid everything; name at least one/,
    ],
    [
      'a role that stands in for one that is not there',
      { file: 'catalogue/roles.yaml', find: 'deputises: dsl', put: 'deputises: dls' },
      /^catalogue\/roles\.yaml:\d+: unknown role `dls`; use one of catalogue\/roles\.yaml, such as `d/,
    ],
    [
      'a role that stands in for itself',
      { file: 'catalogue/roles.yaml', find: 'deputises: dsl', put: 'deputises: deputy-dsl' },
      /^catalogue\/roles\.yaml:\d+: `deputy-dsl` stands in for itself; name another role, or leave it out$/,
    ],
    [
      'a team that is a person and may belong to an agency',
      {
        file: 'catalogue/roles.yaml',
        find: 'kinds: [], person: true }\n  - { code: parent',
        put: 'kinds: [charity], person: true }\n  - { code: parent',
      },
      /^catalogue\/roles\.yaml:\d+: .*names the `kinds` of agency that may have it, or is a `person` and names none$/,
    ],
    [
      'a field that is mandatory for a category nobody knows',
      {
        file: 'catalogue/requests.yaml',
        find: 'categories: [counselling-notes]',
        put: 'categories: [counseling-notes]',
      },
      /^catalogue\/requests\.yaml:\d+: unknown category `counseling-notes`; .* such as `counselling-notes`$/,
    ],
    [
      'a field that is mandatory twice',
      { file: 'catalogue/requests.yaml', find: 'field: line-of-enquiry', put: 'field: reason-to-believe-held' },
      /^catalogue\/requests\.yaml:\d+: `reason-to-believe-held` is mandatory twice; one entry says with which reason$/,
    ],
    [
      'a kind of request that may be made and is not described',
      { file: 'catalogue/requests.yaml', find: 'code: court-order\n', put: 'code: order-of-court\n' },
      /^catalogue\/requests\.yaml:\d+: the kind of request `court-order` is missing; say what it must carry$/,
    ],
    [
      'a court route listed twice',
      { file: 'catalogue/requests.yaml', find: 'code: pd12g', put: 'code: court-permission' },
      /^catalogue\/requests\.yaml:\d+: `court-permission` is listed twice in `courtRoutes`; list it once$/,
    ],
    [
      'a basis for a nation there is none of',
      {
        file: 'catalogue/bases.yaml',
        find: 'nations: [wales, scotland, northern-ireland]',
        put: 'nations: [wales, cornwall]',
      },
      /^catalogue\/bases\.yaml:\d+: `validBases\.\d+\.nations\.1`: expected one of `england`, `wales`, `scotland`, `northern-ireland`$/,
    ],
    [
      'an item of class B that is missing',
      { file: 'catalogue/heightened.yaml', find: 'id: B17', put: 'id: B16' },
      /^catalogue\/heightened\.yaml:\d+: `B16` is listed twice in `heightened`; list it once$/,
    ],
    [
      'an item of class B that no protection of the list carries',
      { file: 'catalogue/heightened.yaml', find: 'protectionKinds: [deceased]', put: 'protectionKinds: [departed]' },
      /^catalogue\/heightened\.yaml:\d+: unknown kind of protection `departed`; use one of catalogue\/bars\.yaml/,
    ],
    [
      'an item of class B carried by what raises a bar',
      {
        file: 'catalogue/heightened.yaml',
        find: 'protectionKinds: [deceased]',
        put: 'protectionKinds: [covert-status]',
      },
      /`covert-status` raises a bar, which is more than heightened; name a protection that heightens$/,
    ],
    [
      'broken YAML',
      { file: 'catalogue/clocks.yaml', find: 'clocks:\n', put: 'clocks: ]\n' },
      /^catalogue\/clocks\.yaml:\d+: not readable as YAML/,
    ],
    [
      'a key given twice',
      { file: powers, find: 'code: ca89-s46', put: 'code: ca89-s46\n    mode: power' },
      /^catalogue\/powers\.yaml:\d+: not readable as YAML: Map keys must be unique/,
    ],
  ])('%s', (_, edit, expected) => {
    const faults = faultsOf([edit]);
    expect(faults.filter((fault) => expected.test(fault))).not.toEqual([]);
  });

  it('names the very line', () => {
    const [fault] = faultsOf([{ file: powers, find: 'powers:\n', put: 'powers:\n  - code: NOT A CODE\n' }]);
    const line = fault?.split(':')[1];
    expect(line).toBe('6');
  });

  it('tells every fault at once', () => {
    const faults = faultsOf([
      { file: powers, find: 'inForceFrom: 2026-01-12', put: 'inForceFrom: soon' },
      { file: 'catalogue/clocks.yaml', find: 'code: rapid-review', put: 'code: Rapid review' },
    ]);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([powers, 'catalogue/clocks.yaml']);
  });
});

describe('the digest of the catalogue', () => {
  it('stays while the files stay and changes with one byte of a comment', () => {
    const unchanged = withEdits([], (directory) => loadCatalogue(directory).digest);
    const commented = withEdits(
      [{ file: 'catalogue/clocks.yaml', find: 'clocks:\n', put: 'clocks: #\n' }],
      (directory) => loadCatalogue(directory).digest,
    );
    expect(unchanged).toBe(catalogue.digest);
    expect(commented).not.toBe(catalogue.digest);
  });
});
