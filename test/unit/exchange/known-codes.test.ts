import type { AskBody } from '../../../src/exchange/http/ask.schema.js';
import { unknownCodesIn } from '../../../src/exchange/known-codes.js';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import type { CivilDate } from '../../../src/core/vocabulary/time.js';
import type { Fault } from '../../../src/platform/problems/gateway-problem.js';
import { anAsk } from '../../support/asks.js';
import { law } from '../../support/facts-builder.js';

const faultsIn = (changes: object, on = '2026-12-07'): readonly Fault[] =>
  unknownCodesIn({ ...anAsk(), ...changes } as AskBody, law, on as CivilDate);
const pointersIn = (changes: object): readonly string[] => faultsIn(changes).map(({ pointer }) => pointer);
/** The codes that a fault says may be written instead. */
const offered = (changes: object, on?: string): readonly string[] =>
  [...(faultsIn(changes, on)[0]?.detail.split('; use one of')[1] ?? '').matchAll(/`([^`]+)`/g)].map(
    ([, code = '']) => code,
  );

describe('a code that is in no list of the catalogue is malformed, not unlawful', () => {
  it.each([
    ['/function/power', { function: { power: 'no-such-power', text: 'joint enquiry' } }],
    ['/basis/article6', { basis: { article6: '6-1-z' } }],
    ['/basis/article9', { basis: { article9: '9-2-z' } }],
    ['/basis/schedule1', { basis: { schedule1: 'p99' } }],
    ['/basis/article10', { basis: { article10: 'p99' } }],
    ['/basis/p18Reason', { basis: { p18Reason: 'because' } }],
    ['/notice/waivedReason', { notice: { given: false, waivedReason: 'because', reviewOn: '2026-12-21' } }],
    ['/court/scope/0', { court: { court: 'a', judge: 'b', date: '2026-11-01', scope: ['nothing'], document: 'c' } }],
  ])('%s', (pointer, changes) => {
    expect(pointersIn(changes)).toEqual([pointer]);
  });

  it.each([
    ['a power not yet law', { function: { power: 'ca04-s16la', text: 'joint enquiry' } }],
    ['a basis that does not fit', { basis: { article6: '6-1-a', article9: '9-2-a' } }],
    ['no basis and no notice', { basis: null, notice: null }],
  ])('%s is for the decision', (_what, changes) => {
    expect(pointersIn(changes)).toEqual([]);
  });
});

describe('an unknown code is answered with what this caller may use', () => {
  it('purposes that come in the kind of ask, and whose law has commenced', () => {
    const purposes = offered({ purpose: 'no-such-purpose' });
    expect(purposes).toContain('child-s47-enquiry');
    expect(purposes).not.toContain('criminal-investigation');
    expect(purposes).not.toContain('csa-duty-to-report');
    expect(offered({ kind: 'police-law-enforcement', police: {}, purpose: 'no-such-purpose' })).toEqual([
      'criminal-investigation',
    ]);
  });

  it('a purpose on its own day: telling a school of abuse at home, from the day its duty commenced', () => {
    expect(offered({ purpose: 'no-such-purpose' }, '2025-11-30')).not.toContain('op-encompass');
    expect(offered({ purpose: 'no-such-purpose' }, '2025-12-01')).toContain('op-encompass');
  });

  it('roles that may ask, of the teams that such an agency has', () => {
    const roles = offered({ officer: { id: 'np-4471', role: 'chief-wizard' } });
    expect(roles).toContain('police-ppu-officer');
    expect(roles).not.toContain('police-disclosure-officer');
    expect(roles).not.toContain('gp');
  });

  it('powers of the teams that the officer’s role may belong to', () => {
    const offeredTo = (role: string): readonly string[] =>
      offered({ kind: 'safeguarding', officer: { id: 'x-1', role }, function: { power: 'no-such-power', text: 'x' } });
    expect(offeredTo('probation-practitioner')).toContain('cja03-s325');
    expect(offeredTo('dsl')).not.toContain('cja03-s325');
    expect(offeredTo('social-worker')).toContain('ca89-s47-enquiry');
    expect(offeredTo('dsl').length).toBeLessThan(offeredTo('no-such-role').length);
  });

  it('powers that are law on the day', () => {
    const powers = offered({ function: { power: 'no-such-power', text: 'joint enquiry' } });
    expect(powers).toContain('ca04-s11');
    expect(powers).not.toContain('ca04-s16la');
  });

  it.each([
    ['/basis/article6', { basis: { article6: '6-1-z' } }, '6-1-e'],
    ['/notice/waivedReason', { notice: { given: false, waivedReason: 'because' } }, 'increased-risk-to-child'],
    ['/wishes/override', { wishes: { agreed: false, override: 'because' } }, 'serious-crime'],
    ['/wishes/reason', { wishes: { sought: false, reason: 'because' } }, 'cannot-be-reached-in-time'],
    // Each list for itself: what overrides a refusal is no reason for not asking.
    ['/wishes/reason', { wishes: { sought: false, reason: 'serious-crime' } }, 'greater-risk-to-adult'],
    ['/courtRoute', { courtRoute: 'by-post' }, 'cp-professional'],
    [
      '/emergency/reason',
      { emergency: { reason: 'haste', text: 'now', categories: ['household'] } },
      'immediate-risk-to-life',
    ],
    ['/questions/0/code', { questions: [{ category: 'health-summary', code: 'everything' }] }, 'missed-appointments'],
  ])('at %s, the codes of its list', (pointer, changes, code) => {
    expect(pointersIn(changes)).toEqual([pointer]);
    expect(offered(changes)).toContain(code);
  });

  it('categories that can be asked for: one that never can reads as one that does not exist', () => {
    const faultOf = (category: string) => faultsIn({ categories: [category], questions: [] })[0];
    const unaskable = [...law.categories.values()].filter(({ cannotBeAsked }) => cannotBeAsked).map(({ code }) => code);
    expect(unaskable).toHaveLength(3);
    for (const category of unaskable) expect(faultOf(category)).toEqual(faultOf('star-signs'));
    const categories = offered({ categories: ['star-signs'], questions: [] }) as readonly Category[];
    expect(categories).toHaveLength(42);
    expect(categories.filter((category) => unaskable.includes(category))).toEqual([]);
  });

  it('a question put to a category that cannot be asked for adds nothing to its fault', () => {
    const questions = [{ category: 'gender-recognition', code: 'anything' }];
    expect(pointersIn({ categories: ['gender-recognition'], questions })).toEqual(['/categories/0']);
  });
});

describe('a purpose that is never allowed', () => {
  it('is malformed, and told why it never is', () => {
    const [fault] = faultsIn({ purpose: 'immigration-enforcement' });
    expect(fault?.pointer).toBe('/purpose');
    expect(fault?.detail).toContain('never a purpose');
    expect(fault?.detail).toContain('an exemption is not an authority');
  });
});

describe('a block that the kind of ask is made of', () => {
  it.each([
    ['police-law-enforcement', '/police', 'offence, crime-reference, supervisor, strict-necessity, onward-use'],
    ['victim-information', '/victim', 'reason-to-believe-held, line-of-enquiry, victim-notice'],
    ['court-order', '/court', 'court-document'],
  ])('in `%s` is wanted at %s', (kind, pointer, fields) => {
    const [fault, ...others] = faultsIn({ kind, [pointer.slice(1)]: null });
    expect(others).toEqual([]);
    expect(fault).toEqual({ pointer, detail: expect.stringContaining(fields) as string });
  });

  it('is for the decision once it is there, however little it says', () => {
    expect(pointersIn({ kind: 'police-law-enforcement', police: {} })).toEqual([]);
  });

  it('is not wanted in another kind', () => {
    expect(pointersIn({ police: null, victim: null, court: null })).toEqual([]);
  });
});
