import type { JsonObject } from '../../../src/core/vocabulary/json.js';
import { toldFlag, type ShownMessage } from '../../../src/exchange/fhir/shown-flags.js';
import type { MessageKind } from '../../../src/exchange/inbox/inbox-message.js';

const FLAG = '019aba3c-1f0e-7c55-9c1e-3f2f6a1d0b44';

function message(kind: MessageKind, at: string, content: JsonObject = {}): ShownMessage {
  return {
    message: {
      id: `019aba3c-0000-7000-8000-${at.replaceAll(/\D/g, '').slice(0, 12)}`,
      agency: 'northmoor-council',
      team: 'nmc-csc',
      sender: 'northmoor-nhs-trust',
      kind,
      purpose: 'child-mash-triage',
      madeAt: at,
      acknowledgeBy: at,
      exchangeId: FLAG,
      disclosureId: FLAG,
    } as ShownMessage['message'],
    content: {
      of: FLAG,
      urgency: 'urgent',
      subject: { role: 'child', subjectRef: 'ours' },
      obligations: [],
      ...content,
    },
  };
}

const raised = message('flag', '2026-11-20T10:00:00.000Z', {
  obligations: ['nopat'],
  record: {
    'core-identity': { nhsNumber: '9990000018', familyName: 'Northmoor-Test', givenNames: 'Ava', sex: 'female' },
    'present-concern': { natureOfConcern: 'neglect', raisedOn: '2026-11-20' },
  },
  flag: {
    period: { start: '2026-11-20', end: null },
    code: { system: 'http://snomed.info/sct', code: '836881000000105' },
  },
});

describe('a flag as a team was told of it', () => {
  it('says in its subject who it is about, and the rest in leaves', () => {
    expect(toldFlag([raised])).toMatchObject({
      id: FLAG,
      version: 1,
      author: 'northmoor-nhs-trust',
      flag: {
        subject: {
          role: 'child',
          nhsNumber: '9990000018',
          familyName: 'Northmoor-Test',
          givenName: 'Ava',
          subjectRef: 'ours',
        },
        code: { code: '836881000000105' },
        content: { 'core-identity': { sex: 'female' }, 'present-concern': { natureOfConcern: 'neglect' } },
        handling: ['nopat'],
      },
    });
  });

  it('has no code, number or name that the team was not told', () => {
    const bare = message('flag', '2026-11-20T10:00:00.000Z', {
      record: {},
      flag: { period: { start: '2026-11-20', end: null } },
    });
    expect(toldFlag([bare])?.flag).toMatchObject({ code: null, subject: { role: 'child', subjectRef: 'ours' } });
    expect(toldFlag([bare])?.flag.subject).not.toHaveProperty('nhsNumber');
  });

  it('keeps what it said once it has ended, in another version', () => {
    const ended = message('flag-ended', '2026-11-22T10:00:00.000Z', {
      record: {},
      flag: { period: { start: '2026-11-20', end: '2026-11-22' } },
    });
    expect(toldFlag([raised, ended])).toMatchObject({
      version: 2,
      lastUpdated: '2026-11-22T10:00:00.000Z',
      flag: { period: { end: '2026-11-22' }, content: { 'present-concern': { natureOfConcern: 'neglect' } } },
    });
  });

  it('is corrected leaf by leaf', () => {
    const corrected = message('correction', '2026-11-21T10:00:00.000Z', {
      items: [{ category: 'present-concern', status: 'released' }],
      record: { 'present-concern': { natureOfConcern: 'physical' } },
    });
    expect(toldFlag([raised, corrected])).toMatchObject({
      version: 2,
      flag: { content: { 'present-concern': { natureOfConcern: 'physical', raisedOn: '2026-11-20' } } },
    });
  });

  it('says nothing of a category that was wrong, where the team may not be told what is right', () => {
    const corrected = message('correction', '2026-11-21T10:00:00.000Z', {
      items: [{ category: 'present-concern', status: 'withheld' }],
      record: {},
    });
    expect(toldFlag([raised, corrected])?.flag.content).toEqual({
      'present-concern': {},
      'core-identity': { sex: 'female' },
    });
  });

  it.each(['recall', 'stop'] as const)('is not shown while a %s of it waits', (kind) => {
    expect(toldFlag([raised, message(kind, '2026-11-21T10:00:00.000Z')])).toBeUndefined();
  });

  it('is none where nothing of a flag waits', () => {
    expect(toldFlag([message('correction', '2026-11-21T10:00:00.000Z')])).toBeUndefined();
    expect(toldFlag([])).toBeUndefined();
  });
});
