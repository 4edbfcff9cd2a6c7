import { describe, expect, it } from '@jest/globals';
import { ending, newConsent, newProtection } from '../../../src/consent/http/requests.js';
import { newInvolvement } from '../../../src/involvement/http/requests.js';
import { newSubject } from '../../../src/subjects/http/requests.js';

const consent = {
  subject: '0197a000-0000-7000-8000-00000000000A',
  scope: ['present-concern'],
  recipients: ['parenting-charity'],
  purpose: 'child-early-help',
  obtained: { by: 'Mia Northmoor', on: '2026-09-14', how: 'in writing' },
  expires: null,
};
const involvement = {
  subject: { id: consent.subject },
  caseReference: 'nm-2026-0417',
  process: 'child-s47-enquiry',
  agency: 'northmoor-council',
  team: 'northmoor-council-la-csc',
  role: 'lead-practitioner',
  from: '2026-12-07',
};
const subject = { identifiers: [{ system: 'nhs-number', value: '9990000018' }], birthDate: '2022-05-01' };

describe('a body as sent', () => {
  it('names a subject by reference, as an object or by identifiers', () => {
    const ref = consent.subject.toLowerCase();
    expect(newConsent.parse(consent).subject).toEqual({ ref });
    expect(newInvolvement.parse(involvement).subject).toEqual({ ref });
    const { identifiers } = subject;
    expect(newConsent.parse({ ...consent, subject: { identifiers } }).subject).toEqual({ identifiers });
  });

  it('may give a day where a moment is meant', () => {
    expect(newInvolvement.parse(involvement).from).toBe('2026-12-07T00:00:00.000Z');
    expect(ending.parse({ officer: { id: 'nc-lead' }, at: '2026-11-03T10:00:00Z' })).toEqual({
      officer: 'nc-lead',
      at: '2026-11-03T10:00:00.000Z',
    });
  });

  it.each([
    { what: 'an unknown property', schema: newSubject, body: { ...subject, middleName: 'x' } },
    { what: 'no identifier', schema: newSubject, body: { ...subject, identifiers: [] } },
    { what: 'a date that does not exist', schema: newSubject, body: { ...subject, birthDate: '2022-02-30' } },
    { what: 'an empty scope', schema: newConsent, body: { ...consent, scope: [] } },
    { what: 'no recipient', schema: newConsent, body: { ...consent, recipients: [] } },
    { what: 'a subject that is no reference', schema: newConsent, body: { ...consent, subject: 'Ava' } },
    { what: 'an empty list of officers', schema: newInvolvement, body: { ...involvement, officers: [] } },
    { what: 'a local time', schema: newInvolvement, body: { ...involvement, from: '2026-12-07T09:00:00' } },
    {
      what: 'no evidence',
      schema: newProtection,
      body: { subject: consent.subject, kind: 'adoption', officer: 'nc-lead' },
    },
    { what: 'an ending by nobody', schema: ending, body: { at: '2026-12-07' } },
  ])('is refused with $what', ({ schema, body }) => {
    expect(schema.safeParse(body).success).toBe(false);
  });
});
