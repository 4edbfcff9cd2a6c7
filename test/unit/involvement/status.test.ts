import { expect, it } from '@jest/globals';
import type { AgencyId } from '../../../src/core/vocabulary/ids.js';
import { statusOf } from '../../../src/involvement/involvement.js';

const council = 'northmoor-council' as AgencyId;
const force = 'northmoor-police' as AgencyId;

it.each([
  { because: 'the lead opened it for another', agency: force, openerLeads: true, second: false, status: 'open' },
  {
    because: 'the lead’s second officer confirmed its own',
    agency: council,
    openerLeads: true,
    second: true,
    status: 'open',
  },
  {
    because: 'the lead’s own waits for a second officer',
    agency: council,
    openerLeads: true,
    second: false,
    status: 'claimed',
  },
  {
    because: 'who does not lead opened it for itself',
    agency: council,
    openerLeads: false,
    second: false,
    status: 'claimed',
  },
  {
    because: 'who does not lead has many officers',
    agency: council,
    openerLeads: false,
    second: true,
    status: 'claimed',
  },
  {
    because: 'who does not lead cannot open for another',
    agency: force,
    openerLeads: false,
    second: true,
    status: 'claimed',
  },
])('is $status when $because', ({ agency, openerLeads, second, status }) => {
  expect(statusOf({ agency, openedBy: council, openerLeads }, second)).toBe(status);
});
