import type { AgencyId } from '../../src/core/vocabulary/ids.js';
import type { Reply } from '../support/agency-client.js';
import { anAsk } from '../support/asks.js';
import { gatewayWorld, type GatewayWorld } from '../support/gateway-world.js';

// Patient, for a machine that is busy with other suites.
import.meta.jest.setTimeout(60_000);

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld();
}, 120_000);
afterAll(() => world.close());

type Changes = Readonly<Record<string, unknown>>;

interface Kind {
  readonly agency: string;
  readonly officer: { readonly id: string; readonly role: string };
  readonly whole: Changes;
}

const DETECTIVE = { id: 'np-6001', role: 'police-investigator' };
const police = {
  offence: 'assault occasioning actual bodily harm',
  crimeReference: 'NP/C/TEST/417',
  supervisor: { id: 'np-5200', rank: 'inspector' },
  strictNecessity: 'nothing less shows how the injury came about',
  onwardUse: 'the file to the prosecutor',
};
const victim = {
  reasonToBelieveHeld: 'she was seen there on the day',
  lineOfEnquiry: 'the time and cause of the injury',
  notice: { given: true, on: '2026-11-20' },
  counselling: null,
};

/** An ask of each kind with everything that kind must carry (domain.md 1.9). */
const KINDS: Readonly<Record<string, Kind>> = {
  safeguarding: {
    agency: 'northmoor-council',
    officer: { id: 'nmc-sw-1', role: 'social-worker' },
    whole: { function: { power: 'ca89-s47-enquiry', text: 's.47 enquiry' } },
  },
  'police-safeguarding': {
    agency: 'northmoor-police',
    officer: { id: 'np-4471', role: 'police-ppu-officer' },
    whole: {},
  },
  'police-law-enforcement': {
    agency: 'northmoor-police',
    officer: DETECTIVE,
    whole: { purpose: 'criminal-investigation', subject: { role: 'suspect', nhsNumber: '9990000298' }, police },
  },
  'victim-information': {
    agency: 'northmoor-police',
    officer: DETECTIVE,
    whole: { purpose: 'victim-information-request', subject: { role: 'victim', nhsNumber: '9990000433' }, victim },
  },
  'court-order': {
    agency: 'northmoor-council',
    officer: { id: 'nmc-sw-1', role: 'social-worker' },
    whole: {
      purpose: 'court',
      court: {
        court: 'Family Court at Northmoor',
        judge: 'HHJ Test',
        date: '2026-11-02',
        scope: ['core-identity'],
        document: 'order-2026-1102',
      },
    },
  },
};

function ask(kind: string, changes: Changes = {}): Promise<Reply> {
  const { agency, officer, whole } = KINDS[kind] as Kind;
  const body = anAsk({ kind, officer, categories: ['core-identity'], questions: [], ...whole, ...changes });
  return world.client(agency, officer.id).post('/v1/exchanges/requests', body);
}

interface Refusal {
  readonly reason?: string;
  readonly remedy?: string;
  readonly citation?: string;
  readonly disclosureId?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
const bodyOf = ({ body }: Reply): Refusal => body as Refusal;

/** What an agency's own record holds. */
async function recordsOf<Row extends object>(agency: string, text: string, values: readonly unknown[]): Promise<Row[]> {
  const database = await world.database.open('gateway');
  return database.within({ parties: [agency as AgencyId] }, (tx) => tx.sql<Row>(text, values));
}

/** The reasons that say a form is wanting. */
const WANTING = [
  'case-reference-missing', 'task-missing', 'necessity-missing', 'notice-missing', 'offence-missing', 'supervisor-missing',
  'strict-necessity-missing', 'onward-use-missing', 'vir-enquiry-missing', 'vir-notice-missing',
  'vir-counselling-presumption', 'court-document-missing',
]; // prettier-ignore

const ofEvery: readonly (readonly [string, Changes, string])[] = [
  ['no necessity', { necessity: ' ' }, 'necessity-missing'],
  ['no task of its own', { function: { power: 'ca04-s11', text: '' } }, 'task-missing'],
];
const ofNotice: readonly (readonly [string, Changes, string])[] = [
  ['no word on notice', { notice: null }, 'notice-missing'],
  ['notice waived for no reason', { notice: { given: false, reviewOn: '2026-12-21' } }, 'notice-missing'],
  [
    'notice waived with no day for review',
    { notice: { given: false, waivedReason: 'unjustified-delay' } },
    'notice-missing',
  ],
];
const inPolice = (changes: Changes): Changes => ({ police: { ...police, ...changes } });
const inVictim = (changes: Changes): Changes => ({ victim: { ...victim, ...changes } });
const notes = { categories: ['core-identity', 'counselling-notes'] };

/** What each kind must carry, taken away one by one. */
const MANDATORY: readonly (readonly [string, string, Changes, string])[] = [
  ...['safeguarding', 'police-safeguarding'].flatMap((kind) =>
    [...ofEvery, ...ofNotice].map((row) => [kind, ...row] as const),
  ),
  ...[
    ...ofEvery,
    ...ofNotice,
    ['no offence', inPolice({ offence: '' }), 'offence-missing'] as const,
    ['no crime reference', inPolice({ crimeReference: undefined }), 'offence-missing'] as const,
    ['no supervisor', inPolice({ supervisor: undefined }), 'supervisor-missing'] as const,
    [
      'themselves as supervisor',
      inPolice({ supervisor: { id: DETECTIVE.id, rank: 'sergeant' } }),
      'supervisor-missing',
    ] as const,
    ['no strict necessity', inPolice({ strictNecessity: '' }), 'strict-necessity-missing'] as const,
    ['no onward use', inPolice({ onwardUse: undefined }), 'onward-use-missing'] as const,
  ].map((row) => ['police-law-enforcement', ...row] as const),
  ...[
    ...ofEvery,
    ['no reason to believe it is held', inVictim({ reasonToBelieveHeld: '' }), 'vir-enquiry-missing'] as const,
    ['no line of enquiry', inVictim({ lineOfEnquiry: undefined }), 'vir-enquiry-missing'] as const,
    ['no notice to the victim', inVictim({ notice: { given: false } }), 'vir-notice-missing'] as const,
    ['no word on notice to the victim', inVictim({ notice: undefined }), 'vir-notice-missing'] as const,
    ['counselling notes and no rebuttal', notes, 'vir-counselling-presumption'] as const,
    [
      'counselling notes and an empty rebuttal',
      { ...notes, ...inVictim({ counselling: { probativeValue: 'credibility', rebuttal: ' ' } }) },
      'vir-counselling-presumption',
    ] as const,
  ].map((row) => ['victim-information', ...row] as const),
];

describe('a kind of request', () => {
  it.each(Object.keys(KINDS))('%s, with everything it must carry, is wanting in nothing', async (kind) => {
    const reply = await ask(kind);

    expect([200, 202, 403]).toContain(reply.status);
    expect(WANTING).not.toContain(bodyOf(reply).reason);
  });

  it.each(MANDATORY)(
    '%s with %s is refused, decided and logged, and told what would put it right',
    async (kind, _what, changes, reason) => {
      const reply = await ask(kind, changes);
      const { agency } = KINDS[kind] as Kind;
      const disclosureId = bodyOf(reply).disclosureId ?? '';
      const rows = await recordsOf<{ agency: string }>(
        agency,
        `SELECT agency FROM gateway.slice WHERE disclosure_id = $1 AND outcome = 'refused'`,
        [disclosureId],
      );

      expect(reply).toMatchObject({ status: 403, body: { reason, remedy: expect.stringMatching(/.{8}/) as string } });
      expect(bodyOf(reply).citation).not.toBe('');
      expect(rows.map((row) => row.agency)).toContain(agency);
    },
  );

  it.each([
    [
      'police-law-enforcement',
      { police: null },
      '/police',
      ['offence', 'supervisor', 'strict-necessity', 'onward-use'],
    ],
    ['victim-information', { victim: null }, '/victim', ['reason-to-believe-held', 'line-of-enquiry', 'victim-notice']],
    ['court-order', { court: null }, '/court', ['court-document']],
  ])('%s without its block is malformed, and says what stands in it', async (kind, changes, pointer, fields) => {
    const reply = await ask(kind, changes);

    expect(reply.status).toBe(400);
    const fault = bodyOf(reply).errors?.find((error) => error.pointer === pointer);
    for (const field of fields) expect(fault?.detail).toContain(field);
  });

  it.each([
    [
      'a period that ends before it begins',
      { period: { from: '2026-10-01', to: '2026-01-01' } },
      '/period/to',
      'before `from`',
    ],
    [
      'a period that begins in the future',
      { period: { from: '2999-01-01', to: '2999-02-01' } },
      '/period/from',
      'future',
    ],
    ['a day that is none', { period: { from: '2026-02-30', to: '2026-03-01' } }, '/period/from', 'date'],
    ['no case reference', { caseReference: '' }, '/caseReference', '2 to 64'],
  ])('%s has a pointer and words of its own', async (_what, changes, pointer, says) => {
    const reply = await ask('police-safeguarding', changes);

    expect(reply.status).toBe(400);
    expect(bodyOf(reply).errors).toContainEqual({ pointer, detail: expect.stringContaining(says) as string });
  });
});

describe('one person who is victim and suspect', () => {
  it('is asked about in two requests: neither kind takes the other role', async () => {
    const asSuspect = await ask('victim-information', { subject: { role: 'suspect', nhsNumber: '9990000433' } });
    const asVictim = await ask('police-law-enforcement', { subject: { role: 'victim', nhsNumber: '9990000433' } });

    for (const reply of [asSuspect, asVictim])
      expect(reply).toMatchObject({
        status: 403,
        body: { reason: 'no-legal-power', remedy: expect.stringContaining('the kind that fits') as string },
      });
  });
});

describe('a code that this caller may not use', () => {
  it.each([
    ['a purpose', { purpose: 'no-such-purpose' }, '/purpose', 'child-s47-enquiry', 'criminal-investigation'],
    ['a category', { categories: ['no-such-category'] }, '/categories/0', 'injury-findings', 'gender-recognition'],
    ['a basis', { basis: { article6: '6-1-z' } }, '/basis/article6', '6-1-e', 'no-such'],
    ['a role', { officer: { id: 'np-4471', role: 'no-such-role' } }, '/officer/role', 'police-ppu-officer', 'gp`'],
    ['a power', { function: { power: 'no-such-power', text: 'x' } }, '/function/power', 'ca04-s11', 'hsca-251b'],
    [
      'a notice reason',
      { notice: { given: false, waivedReason: 'busy' } },
      '/notice/waivedReason',
      'unjustified-delay',
      'busy',
    ],
  ])('%s is malformed, and answered with those it may', async (_what, changes, pointer, may, mayNot) => {
    const reply = await ask('police-safeguarding', changes);

    expect(reply.status).toBe(400);
    const detail = bodyOf(reply).errors?.find((error) => error.pointer === pointer)?.detail ?? '';
    expect(detail).toContain(`\`${may}\``);
    expect(detail).not.toContain(`\`${mayNot}`);
  });

  it.each(['immigration-enforcement', 'benefits-enforcement', 'performance-management', 'predictive-scoring'])(
    '%s is never a purpose: malformed, told why, and on record as an attempt',
    async (purpose) => {
      const attempts = async (): Promise<number> => {
        const [row] = await recordsOf<{ n: number }>(
          'northmoor-police',
          'SELECT count(*)::int AS n FROM gateway.slice WHERE purpose = $1 AND agency = $2',
          [purpose, 'northmoor-police'],
        );
        return row?.n ?? 0;
      };
      const before = await attempts();
      const reply = await ask('police-safeguarding', { purpose });

      expect(reply.status).toBe(400);
      expect(bodyOf(reply).errors).toEqual([
        {
          pointer: '/purpose',
          detail: expect.stringMatching(/^is never a purpose here, for .*`child-s47-enquiry`/) as string,
        },
      ]);
      expect((await attempts()) - before).toBe(1);
    },
  );
});
