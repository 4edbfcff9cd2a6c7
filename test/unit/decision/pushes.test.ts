import { describe, expect, it } from '@jest/globals';
import { effectsOf, foundBy } from '../../support/facts-builder.js';
import { frontDoor, leavesOf, practice, pushed, school, type PushWanted } from '../../support/push-facts.js';

const refusalOf = (wanted: PushWanted): unknown => {
  const decision = pushed(wanted);
  if (decision.effect !== 'refuse') return decision.effect;
  return decision.ground.kind === 'silent' ? 'silent' : decision.ground.reason;
};

describe('a flag pushed by an emergency nurse', () => {
  it('tells the front door what policy gives it, free text too, under the power of the trust', () => {
    const decision = pushed({ recipient: frontDoor });

    expect(effectsOf(decision)).toEqual({ 'present-concern': 'release', 'injury-findings': 'release' });
    expect(leavesOf(decision)).toEqual(
      expect.arrayContaining([
        'present-concern.natureOfConcern',
        'present-concern.account',
        'injury-findings.findings',
      ]),
    );
    expect(decision).toMatchObject({ policyRow: 'POL-004', basis: { power: 'ca04-s11', article9: '9-2-g' } });
  });

  it('tells the practice of the injury in short only, and none of its text', () => {
    const decision = pushed({
      recipient: practice,
      need: { by: 'standing-duty', duty: 'registered-practice' },
    });

    expect(effectsOf(decision)).toEqual({ 'present-concern': 'release', 'injury-findings': 'minimise' });
    expect(leavesOf(decision).filter((path) => path.startsWith('injury-findings'))).toEqual([
      'injury-findings.findingsInShort',
    ]);
    expect(decision).toMatchObject({ policyRow: 'POL-052', basis: { article9: '9-2-h' } });
  });

  it('tells the school nothing, for no policy speaks to it', () => {
    expect(refusalOf({ recipient: school, need: { by: 'standing-duty', duty: 'school' } })).toBe('no-legal-power');
  });

  it('tells nobody who has no need to know', () => {
    expect(refusalOf({ need: null })).toBe('silent');
  });

  it('tells whoever works with the child in an open case', () => {
    expect(pushed({ need: { by: 'involvement', id: 'inv-1', openedBy: 'northmoor-council' } }).effect).toBe('permit');
  });

  it('withholds what policy would leave to a person, and gives the rest', () => {
    const decision = pushed({ push: { categories: ['present-concern', 'domestic-abuse', 'convictions'] } });

    expect(effectsOf(decision)).toEqual({
      'present-concern': 'release',
      'domestic-abuse': 'withhold',
      convictions: 'withhold',
    });
    expect(decision.items[1]).toMatchObject({ reason: 'person-decides' });
  });

  it('lays on the recipient what the sender asks of it, beside what policy does', () => {
    expect(pushed({ push: { handling: ['nopat'] } }).obligations).toEqual([
      'purpose-bound',
      'consult-owner-before-onward',
      'consult-owner-before-sar',
      'nopat',
    ]);
  });

  it('tells nobody who the child is where that is all it would tell', () => {
    const alone = { push: { categories: ['core-identity', 'domestic-abuse'] } };

    expect(refusalOf(alone)).toBe('silent');
    expect(leavesOf(pushed(alone))).toEqual([]);
    expect(pushed({ push: { categories: ['core-identity', 'present-concern'] } }).effect).toBe('permit');
  });

  it('is never a review, whatever is left to a person', () => {
    expect(refusalOf({ holds: [{ id: 'hold-1', recordedBy: 'northmoor-council' }] })).toBe('silent');
    expect(refusalOf({ push: { categories: ['domestic-abuse'] } })).toBe('person-decides');
  });
});

describe('a push is refused with its reason, whoever it is about,', () => {
  it.each<[string, PushWanted, string]>([
    ['from an officer the directory does not know', { officer: null }, 'requester-role-invalid'],
    ['in a role the officer does not hold', { officer: { role: 'named-nurse' } }, 'requester-role-invalid'],
    ['once the role has ended', { officer: { roleTo: '2026-12-07T09:30:00.000Z' } }, 'requester-role-invalid'],
    ['before the role begins', { officer: { roleFrom: '2026-12-08T00:00:00.000Z' } }, 'requester-role-invalid'],
    ['from an officer of another team', { officer: { team: 'nnt-mh' } }, 'requester-role-invalid'],
    ['from a role that may only ask', { officer: { duties: ['ask'] } }, 'requester-role-invalid'],
    [
      'from an officer whose training has run out',
      { officer: { trainingUntil: '2026-12-07T09:30:00.000Z' } },
      'training-expired',
    ],
    ['by a key that no longer stands', { sender: { keysStand: false } }, 'signature-invalid'],
    ['by a suspended sender', { sender: { suspended: true } }, 'requester-role-invalid'],
    ['to a suspended recipient', { recipient: { suspended: true } }, 'requester-role-invalid'],
    ['for a purpose that no policy gives between the two', { push: { purpose: 'marac' } }, 'no-legal-power'],
    ['before the policy is in force', { decidedAt: '2026-02-04T00:00:00.000Z' }, 'no-legal-power'],
    [
      'outside what the parties agreed',
      { agreements: [{ id: 'isa-1', purposes: ['child-mash-triage'], dataItems: ['household'], from: '2026-01-01' }] },
      'outside-agreement',
    ],
  ])('%s', (_, wanted, reason) => {
    expect(refusalOf(wanted)).toBe(reason);
  });
});

describe('what is known of the person stops a push in silence:', () => {
  it.each<[string, PushWanted]>([
    ['an objection', { objections: [{ id: 'o-1', ground: 'said so', recordedBy: 'hill-gp' }] }],
    ['a bar', { protections: [{ id: 'p-1', kind: 'protected-person' }] }],
    ['a protection nobody understands', { protections: [{ id: 'p-1', kind: 'of-tomorrow' }] }],
    [
      'a consent withdrawn',
      {
        consents: [
          {
            id: 'c-1',
            scope: ['present-concern', 'injury-findings'],
            recipients: ['northmoor-council'],
            purpose: 'child-mash-triage',
            obtainedOn: '2026-09-01',
            withdrawnAt: '2026-11-03T00:00:00.000Z',
          },
        ],
      },
    ],
    [
      'a condition on which the sender was given it',
      {
        received: [
          {
            from: 'northmoor-police',
            categories: ['present-concern', 'injury-findings'],
            conditions: ['no-onward-disclosure'],
            isSpecific: true,
          },
        ],
      },
    ],
  ])('%s', (_, wanted) => {
    expect(refusalOf(wanted)).toBe('silent');
  });
});

it('an adult’s wishes are on record before a concern about them is pushed, where policy asks for them', () => {
  const concern = {
    recipient: { ...frontDoor, team: 'nmc-asc', teamKind: 'la-asc' },
    push: { subjectRole: 'adult-at-risk', purpose: 'adult-s42-concern', categories: ['present-concern'] },
  };

  expect(refusalOf(concern)).toBe('wishes-missing');
  expect(pushed({ ...concern, push: { ...concern.push, wishes: { agreed: true } } }).effect).toBe('permit');
});

it('what one recipient is told says nothing of another', () => {
  expect(foundBy('recipient-needs-to-know', pushed())).toEqual([
    expect.objectContaining({ outcome: 'open', detail: 'standing duty `home-authority`' }),
  ]);
});
