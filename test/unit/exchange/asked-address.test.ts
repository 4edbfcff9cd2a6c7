import { addressFaults } from '../../../src/exchange/asked-address.js';
import { AskBody } from '../../../src/exchange/http/ask.schema.js';
import { budgetTextsOf, namedSubjectOf } from '../../../src/exchange/named-subject.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { anEmergency } from '../../support/emergencies.js';

const asked = (changes: Readonly<Record<string, unknown>> = {}): AskBody =>
  AskBody.parse(anEmergency({ subject: { role: 'child', uprn: '100000000017' }, ...changes }));

describe('an ask that names an address', () => {
  it('is well-formed in an emergency to protect a child, and one that names a person is not judged by this', () => {
    expect(addressFaults(asked())).toEqual([]);
    const byNumber = {
      subject: { role: 'parent-carer', nhsNumber: '9990000018' },
      urgency: 'routine',
      emergency: null,
    };
    expect(addressFaults(asked(byNumber))).toEqual([]);
  });

  it('tells everything that is wrong at once, each in its place', () => {
    const subject = { role: 'sibling', uprn: '100000000017', upn: 'A801200022101', birthDate: '2020-01-01' };
    const wrong = asked({
      subject,
      purpose: 'child-s47-enquiry',
      urgency: 'routine',
      kind: 'court-order',
      emergency: null,
    });
    expect(addressFaults(wrong).map(({ pointer }) => pointer)).toEqual([
      '/subject/role',
      '/subject/birthDate',
      '/subject/upn',
      '/purpose',
      '/urgency',
      '/kind',
      '/emergency',
    ]);
  });

  it.each([
    ['100000000017', '100000000017'],
    ['000100', '100'],
    ['7', '7'],
  ])('%s is read as %s, names nobody, and counts as one whoever is there', (given, uprn) => {
    const named = namedSubjectOf({ uprn: given });
    expect(named).toEqual({ identifiers: [], details: {}, uprn });
    expect(budgetTextsOf({ ...named, identifiers: [{ system: 'nhs-number', value: '9990000018' }] })).toEqual([
      `uprn:${uprn}`,
    ]);
  });

  it.each(['', '0', '12 Test Road', '１２３', '1e3'])('`%s` is no UPRN, and is not said back', (uprn) => {
    let problem: unknown;
    try {
      namedSubjectOf({ uprn });
    } catch (thrown) {
      problem = thrown;
    }
    expect(problem).toBeInstanceOf(GatewayProblem);
    expect((problem as GatewayProblem).particulars.errors).toEqual([
      { pointer: '/subject/uprn', detail: 'must be a UPRN: one to twelve digits' },
    ]);
  });
});
