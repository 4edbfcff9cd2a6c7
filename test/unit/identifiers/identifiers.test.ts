import {
  identifierSystems,
  isIdentifierSystem,
  parseIdentifier,
} from '../../../src/core/identifiers/identifier-systems.js';
import type { IdentifierResult } from '../../../src/core/identifiers/identifier-result.js';
import {
  parseDfeLocalAuthorityCode,
  parseOnsLocalAuthorityCode,
} from '../../../src/core/identifiers/local-authority-code.js';
import { parseOdsCode } from '../../../src/core/identifiers/ods-code.js';
import { parsePoliceForceCode } from '../../../src/core/identifiers/police-force-code.js';
import { parseSchoolUrn } from '../../../src/core/identifiers/school-urn.js';
import { parseUkprn } from '../../../src/core/identifiers/ukprn.js';
import { parseUprn } from '../../../src/core/identifiers/uprn.js';

const bodies = {
  uprn: parseUprn,
  'dfe-local-authority': parseDfeLocalAuthorityCode,
  'ons-local-authority': parseOnsLocalAuthorityCode,
  urn: parseSchoolUrn,
  ukprn: parseUkprn,
  ods: parseOdsCode,
  'police-force': parsePoliceForceCode,
} as const;

function parse(system: string, text: string): IdentifierResult {
  if (isIdentifierSystem(system)) return parseIdentifier(system, text);
  return bodies[system as keyof typeof bodies](text);
}

it.each<readonly [string, string, string]>([
  ['nhs-number', '9434765919', '9434765919'],
  ['nhs-number', '944 930 6753', '9449306753'],
  ['nhs-number', '943-476-5919', '9434765919'],
  // The cast of the scenarios.
  ...['9990000018', '9990000085', '9990000158', '9990000220', '9990000298', '9990000360', '9990000433'].map(
    (number) => ['nhs-number', number, number] as const,
  ),
  ['chi', '0101700008', '0101700008'],
  ['chi', '2902000006', '2902000006'],
  ['hc-number', '3200000015', '3200000015'],
  ['hc-number', '320 000 0015', '3200000015'],
  ['upn', 'H801200001001', 'H801200001001'],
  ['upn', 'A801200022101', 'A801200022101'],
  ['upn', 'c801200011007', 'C801200011007'],
  ['upn', 'Z801200019044', 'Z801200019044'],
  ['uln', '1000000019', '1000000019'],
  ['pnc-id', '2002/0073319Z', '2002/0073319Z'],
  ['pnc-id', '02/73319z', '2002/0073319Z'],
  ['pnc-id', '2009/0412877Q', '2009/0412877Q'],
  ['pnc-id', '2021/0000007B', '2021/0000007B'],
  ['pnc-id', '79/0163001B', '1979/0163001B'],
  ['cro', '265416/21G', '265416/21G'],
  ['cro', 'SF05/482703J', 'SF05/482703J'],
  ['cro', '7/21u', '000007/21U'],
  ['cro', 'sf05/7l', 'SF05/7L'],
  ['uprn', '100023336956', '100023336956'],
  ['uprn', '000000012345', '12345'],
  ['dfe-local-authority', '801', '801'],
  ['ons-local-authority', 'e08000025', 'E08000025'],
  ['ons-local-authority', 'N09000003', 'N09000003'],
  ['urn', '123456', '123456'],
  ['ukprn', '10012345', '10012345'],
  ['ods', 'rx1', 'RX1'],
  ['police-force', '36', '36'],
])('%s %s is read as %s', (system, text, normal) => {
  expect(parse(system, text)).toEqual({ ok: true, value: normal });
});

it.each([
  { because: 'two digits are transposed (m19)', system: 'nhs-number', text: '9434756919', fault: 'check' },
  { because: 'a digit is missing', system: 'nhs-number', text: '943476591', fault: 'format' },
  { because: 'its groups are mixed', system: 'nhs-number', text: '943 476-5919', fault: 'format' },
  { because: 'its digits are Arabic-Indic', system: 'nhs-number', text: '٩٤٣٤٧٦٥٩١٩', fault: 'format' },
  { because: 'its digits are full-width', system: 'nhs-number', text: '９４３４７６５９１９', fault: 'format' },
  { because: 'a space follows', system: 'nhs-number', text: '9434765919 ', fault: 'format' },
  { because: 'a line follows', system: 'nhs-number', text: '9434765919\n', fault: 'format' },
  { because: 'its check digit would be 10', system: 'nhs-number', text: '4000000100', fault: 'check' },
  { because: 'it belongs to Scotland', system: 'nhs-number', text: '0101700008', fault: 'range' },
  { because: 'it belongs to Northern Ireland', system: 'nhs-number', text: '3200000015', fault: 'range' },
  { because: 'it stands for nobody', system: 'nhs-number', text: '9999999999', fault: 'range' },
  { because: 'its day is no day', system: 'chi', text: '9990000018', fault: 'range' },
  { because: '1999 was no leap year', system: 'chi', text: '2902990006', fault: 'range' },
  { because: 'its check digit is wrong', system: 'chi', text: '0101700007', fault: 'check' },
  { because: 'it has nine digits', system: 'chi', text: '010170000', fault: 'format' },
  { because: 'it is below the first number', system: 'hc-number', text: '3200000007', fault: 'range' },
  { because: 'it is an NHS number', system: 'hc-number', text: '9434765919', fault: 'range' },
  { because: 'its check digit is wrong', system: 'hc-number', text: '3200000016', fault: 'check' },
  { because: 'it has letters', system: 'hc-number', text: '32000000AA', fault: 'format' },
  { because: 'its letter is wrong', system: 'upn', text: 'J801200001001', fault: 'check' },
  { because: 'a digit is wrong', system: 'upn', text: 'H801200001002', fault: 'check' },
  { because: 'it is temporary', system: 'upn', text: 'H80120000100A', fault: 'temporary' },
  { because: 'its letter is not used', system: 'upn', text: 'I801200001001', fault: 'format' },
  { because: 'it is short', system: 'upn', text: 'H80120000100', fault: 'format' },
  { because: 'its remainder is 0', system: 'uln', text: '1000000400', fault: 'check' },
  { because: 'its check digit is wrong', system: 'uln', text: '1000000018', fault: 'check' },
  { because: 'it has letters', system: 'uln', text: '100000000A', fault: 'format' },
  { because: 'its letter is wrong', system: 'pnc-id', text: '2002/0073319A', fault: 'check' },
  { because: 'its serial is wrong', system: 'pnc-id', text: '2002/0073318Z', fault: 'check' },
  { because: 'its year has three digits', system: 'pnc-id', text: '002/0073319Z', fault: 'format' },
  { because: 'it has no stroke', system: 'pnc-id', text: '20020073319Z', fault: 'format' },
  { because: 'its letter is wrong', system: 'cro', text: '265416/21H', fault: 'check' },
  { because: 'its letter is wrong', system: 'cro', text: 'SF05/482703K', fault: 'check' },
  { because: 'its letters are not ASCII', system: 'cro', text: 'ſF05/482703J', fault: 'format' },
  { because: 'it is a PNC id', system: 'cro', text: '2002/0073319Z', fault: 'format' },
  { because: 'it is nought', system: 'uprn', text: '000', fault: 'range' },
  { because: 'it has 15 digits', system: 'uprn', text: '000100023336956', fault: 'format' },
  { because: 'it has 13 digits', system: 'uprn', text: '1000233369561', fault: 'format' },
  { because: 'it has two digits', system: 'dfe-local-authority', text: '80', fault: 'format' },
  { because: 'it is a region', system: 'ons-local-authority', text: 'E12000001', fault: 'range' },
  { because: 'it has seven digits', system: 'ons-local-authority', text: 'E0800002', fault: 'format' },
  { because: 'it has five digits', system: 'urn', text: '12345', fault: 'format' },
  { because: 'it begins with a 2', system: 'ukprn', text: '20012345', fault: 'format' },
  { because: 'it has a hyphen', system: 'ods', text: 'RX-1', fault: 'format' },
  { because: 'its letters are not ASCII', system: 'ods', text: 'ıX1', fault: 'format' },
  { because: 'it has three digits', system: 'police-force', text: '036', fault: 'format' },
  ...identifierSystems.map((system) => ({ because: 'it is empty', system, text: '', fault: 'format' })),
])('$system `$text` is refused as $fault because $because', ({ system, text, fault }) => {
  expect(parse(system, text)).toEqual({ ok: false, fault });
});

it('the systems that identify a person are a closed list', () => {
  expect(identifierSystems).toEqual(['nhs-number', 'chi', 'hc-number', 'upn', 'uln', 'pnc-id', 'cro']);
  expect(isIdentifierSystem('uprn')).toBe(false);
  expect(isIdentifierSystem('toString')).toBe(false);
});
