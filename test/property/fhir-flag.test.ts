import fc from 'fast-check';
import type { CivilDate } from '../../src/core/vocabulary/time.js';
import { flagOf } from '../../src/exchange/fhir/flag-of-push.js';
import { FlagResource } from '../../src/exchange/fhir/flag-resource.js';
import { pushOf } from '../../src/exchange/fhir/flag-to-push.js';
import { SAFEGUARDING } from '../../src/exchange/flag-vocabulary.js';
import type { PushedFlag } from '../../src/exchange/fhir/pushed-flag.js';
import { aFlag, flagTerms } from '../support/fhir-flags.js';

const terms = flagTerms();
const today = '2026-11-25' as CivilDate;
const officer = { id: 'nnt-211', role: 'ed-nurse' };
const issue = { id: '01', versionId: '1', lastUpdated: '2026-11-25T10:00:00.000Z', author: 'northmoor-nhs-trust' };

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
/** Without the members that are undefined, which JSON has not. */
const written = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const agency = fc.stringMatching(/^[a-z0-9-]{2,20}$/);
const words = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }).filter((text) => text.trim() === text);
const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const scalar = fc.oneof(
  words,
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
);
const name = fc.stringMatching(/^[A-Za-z]{1,12}$/).filter((text) => text !== 'natureOfConcern' && text !== 'account');
const item = fc.dictionary(name, scalar, { minKeys: 1, maxKeys: 4 });
const leaf = fc.oneof(scalar, fc.array(item, { minLength: 1, maxLength: 4 }));
const period = fc.tuple(day, optional(day)).map(([start, end]) => ({
  start: end !== undefined && end < start ? end : start,
  end: end === undefined ? null : end < start ? start : end,
}));

const code = fc.constantFrom(
  { system: 'http://snomed.info/sct', code: '836881000000105' },
  { system: terms.categorySystem, code: SAFEGUARDING },
  { system: 'http://example.org/local', code: 'bigdog' },
  { system: 'urn:oid:1.2.3', code: 'l3', text: 'Follow level 3' },
);

const pushed: fc.Arbitrary<PushedFlag> = fc
  .record({
    subject: fc.record({
      role: fc.constantFrom('child', 'sibling', 'parent-carer'),
      nhsNumber: fc.constantFrom('9990000018', '9990000026'),
      familyName: optional(words),
      givenName: optional(words),
      birthDate: optional(day),
      homeAuthority: optional(agency),
      registeredPractice: optional(agency),
      school: optional(agency),
    }),
    code,
    period,
    reviewBy: fc.option(day),
    officer: fc.constant(officer),
    purpose: agency,
    concern: fc.record({ natureOfConcern: optional(fc.constantFrom('neglect', 'physical', 'fgm')), account: words }),
    content: fc.dictionary(
      fc.stringMatching(/^[a-z0-9-]{2,12}$/),
      fc.dictionary(name, leaf, { minKeys: 1, maxKeys: 4 }),
      {
        maxKeys: 3,
      },
    ),
    notice: fc.option(
      fc.record({ given: fc.boolean(), waivedReason: optional(agency), reviewOn: optional(day) }) as fc.Arbitrary<
        NonNullable<PushedFlag['notice']>
      >,
    ),
    wishes: fc.option(
      fc.oneof(
        fc.record({ agreed: fc.boolean(), override: optional(agency) }),
        fc.record({ sought: fc.constant(false as const), reason: agency }),
      ) as fc.Arbitrary<NonNullable<PushedFlag['wishes']>>,
    ),
    urgency: fc.constantFrom('routine', 'urgent', 'emergency'),
    handling: fc.uniqueArray(fc.oneof(fc.constantFrom('nopat', 'purpose-bound', 'no-onward-disclosure'), agency), {
      maxLength: 4,
    }),
    recipients: fc.option(fc.array(agency, { minLength: 1, maxLength: 4 })),
    supersedes: fc.option(fc.uuid()),
  })
  .map(({ concern, content, ...flag }) => {
    const { account, ...nature } = concern;
    const said = flag.code.system === 'http://snomed.info/sct' ? nature : { ...nature, account };
    return written({ ...flag, content: { ...content, 'present-concern': said } }) as PushedFlag;
  });

describe('a flag that is written as FHIR and read again', () => {
  it('says what it said, element by element', () => {
    fc.assert(
      fc.property(pushed, (flag) => {
        const resource = FlagResource.parse(flagOf(flag, { terms, today, issue }));
        const read = pushOf(resource, { terms, today, officer });
        expect(read).toMatchObject({ is: 'understood' });
        if (read.is === 'understood') expect(written(read.flag)).toEqual(flag);
      }),
    );
  });

  it('is the same Flag again once the gateway has written it', () => {
    fc.assert(
      fc.property(pushed, (flag) => {
        const first = flagOf(flag, { terms, today, issue });
        const read = pushOf(FlagResource.parse(first), { terms, today, officer });
        if (read.is === 'refused') throw new Error(JSON.stringify(read.faults));
        expect(flagOf(read.flag, { terms, today, issue })).toEqual(first);
      }),
    );
  });
});

describe('whatever is in a Flag', () => {
  it('it is understood or refused by place, and never fails', () => {
    const anything = fc.dictionary(
      fc.constantFrom(
        'meta',
        'text',
        'contained',
        'extension',
        'category',
        'code',
        'subject',
        'period',
        'status',
        'author',
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(anything, (changed) => {
        const parsed = FlagResource.safeParse(aFlag(changed));
        if (!parsed.success) return;
        const read = pushOf(parsed.data, { terms, today, officer });
        if (read.is === 'refused') expect(read.faults.length).toBeGreaterThan(0);
      }),
    );
  });
});
