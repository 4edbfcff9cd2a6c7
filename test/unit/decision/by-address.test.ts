import { isPlaceHidden } from '../../../src/core/decision/checks/unhidden-at-address.js';
import { decide } from '../../../src/core/decision/decide.js';
import type { Decision } from '../../../src/core/decision/decision.js';
import type { Facts, PlaceStanding } from '../../../src/core/decision/facts.js';
import { compilePolicy } from '../../../src/core/decision/policy-ability.js';
import type { Category } from '../../../src/core/vocabulary/codes.js';
import { council, factsOf, law, policy, policySet, type FactsWanted } from '../../support/facts-builder.js';

const NAMED = ['protection-status', 'household', 'case-narrative', 'protected-location'];

/** An inspector asks the council who is behind a door; nobody has opened an involvement. */
function factsOfAsk(wanted: FactsWanted): Facts {
  return factsOf({
    custodian: { agency: council, agencyKind: 'council', team: 'nmc-csc', teamKind: 'la-csc' },
    officer: { id: 'np-5200', role: 'police-inspector' },
    involvements: [],
    ...wanted,
    ask: {
      byAddress: true,
      custodian: council,
      custodianTeam: 'nmc-csc',
      purpose: 'child-emergency-protection',
      officer: { id: 'np-5200', role: 'police-inspector' },
      urgency: 'emergency',
      categories: [...NAMED, 'core-identity'],
      emergency: { reason: 'immediate-risk-to-life', text: 'two children unseen, shouting inside', categories: NAMED },
      ...wanted.ask,
    },
  });
}

function decided(wanted: FactsWanted = {}, place?: PlaceStanding): Decision {
  const facts = factsOfAsk(wanted);
  return decide(place === undefined ? facts : { ...facts, subject: 'unknown', place }, law, policy);
}

const effects = ({ items }: Decision): Readonly<Record<string, string>> =>
  Object.fromEntries(items.map(({ category, effect }) => [category, effect]));

const protectedAs = (...kinds: readonly string[]): FactsWanted => ({
  protections: kinds.map((kind, index) => ({
    id: `protection-${String(index)}`,
    kind,
    recordedBy: council,
    exceptions: [],
  })),
});

describe('a child whom an address leads to', () => {
  it('is told of in what the emergency names and policy gives, and of nothing else', () => {
    const decision = decided();
    expect(decision.effect).toBe('permit');
    expect(effects(decision)).toEqual({
      'protection-status': 'release',
      household: 'release',
      'case-narrative': 'minimise',
      'protected-location': 'withhold',
      'core-identity': 'withhold',
    });
  });

  it('waits for nobody: what even in an emergency a person decides is withheld, and so is its text', () => {
    const rows = policySet.rows.map((row) =>
      row.purpose === 'child-emergency-protection'
        ? { ...row, review: [...row.review, 'full-medical-record' as Category] }
        : row,
    );
    const left = compilePolicy({ ...policySet, rows }, law);
    const categories = ['full-medical-record', 'household'];
    const emergency = { reason: 'immediate-risk-to-life', text: 'shouting inside', categories };
    const asked = factsOfAsk({ ask: { categories, emergency, textFor: ['full-medical-record'] } });
    expect(effects(decide(asked, law, left))).toMatchObject({ 'full-medical-record': 'withhold' });
    const byNumber = { ...asked, ask: { ...asked.ask } };
    delete (byNumber.ask as { byAddress?: true }).byAddress;
    expect(effects(decide(byNumber, law, left))).toMatchObject({ 'full-medical-record': 'review' });
    expect(decide(asked, law, left).items.some(({ text }) => text !== undefined)).toBe(false);
  });

  it('is told of by the emergency alone: an involvement of the requester opens nothing more', () => {
    const involved = decided({ involvements: [{ team: 'np-ppu' }] });
    expect(effects(involved)).toEqual(effects(decided()));
  });

  it.each([...law.protectionKinds.keys()])('is not told of where a protection of kind `%s` is recorded', (kind) => {
    const decision = decided(protectedAs(kind));
    expect(decision).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
    expect(decision.items).toEqual(decided(protectedAs('adoption')).items);
  });

  it('is not told of where a protection has an exception on file that would open its bar, or is of a kind nobody knows', () => {
    const [one] = protectedAs('order-limiting-disclosure').protections ?? [];
    expect(decided({ protections: [{ ...one, exceptions: ['within-the-terms'] }] }).effect).toBe('refuse');
    expect(decided(protectedAs('of-next-year')).effect).toBe('refuse');
  });

  it.each(['adoption', 'covert-status', 'disclosure-certificate', 'spent-convictions'])(
    'protected as `%s` hides nobody but themselves',
    (kind) => {
      expect(isPlaceHidden(decided(protectedAs(kind)).findings)).toBe(false);
    },
  );

  it.each([
    'protected-address',
    'victim-at-risk-of-being-found',
    'protected-person',
    'order-limiting-disclosure',
    'watch-listed',
    'of-next-year',
  ])('protected as `%s` hides the place, and so whoever else is there', (kind) => {
    expect(isPlaceHidden(decided(protectedAs('adoption', kind)).findings)).toBe(true);
  });

  it('asked for by their own number is decided as ever: nothing of this is found', () => {
    const byNumber = decided({ ...protectedAs('adoption'), ask: { byAddress: undefined } });
    expect(byNumber.findings.map(({ check }) => check)).not.toContain('unhidden-at-address');
    expect(byNumber.effect).toBe('permit');
  });
});

describe('an ask by address as a whole', () => {
  it('is permitted before anybody is known, and where somebody is told of', () => {
    expect(decided({}, 'unasked')).toMatchObject({ effect: 'permit' });
    expect(decided({}, 'told')).toMatchObject({ effect: 'permit' });
  });

  it.each<PlaceStanding>(['nobody-placed', 'kept-back-by-source', 'too-many', 'held-back'])(
    'is refused in the one text where nobody is told of, whatever the cause: %s',
    (place) => {
      const { findings: _of, ...decision } = decided({}, place);
      const { findings: _others, ...other } = decided({}, 'nobody-placed');
      expect(decision).toMatchObject({ effect: 'refuse', ground: { kind: 'silent' } });
      expect(decision).toEqual(other);
    },
  );

  it('is refused with reasons, before anybody is asked, while an earlier override is unreviewed', () => {
    expect(decided({ conduct: { unreviewedOverrides: 1 } }, 'unasked')).toMatchObject({
      effect: 'refuse',
      ground: { kind: 'stated', reason: 'override-unreviewed' },
    });
  });
});
