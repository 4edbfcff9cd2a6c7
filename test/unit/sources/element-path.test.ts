import { elementPath, siblingsAt, valuesAt } from '../../../src/sources/fhir/element-path.js';

const patient = {
  resourceType: 'Patient',
  name: [
    { use: 'usual', given: ['Avie'] },
    { use: 'official', family: 'Northmoor-Test', given: ['Ava', null, 'Mae'] },
    { use: 'official', family: 'Earlier-Test', given: ['Eve'] },
  ],
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
  component: [{ code: { coding: [{ code: 'weight' }] }, valueQuantity: { value: 15.2 } }],
  deceasedBoolean: false,
};

describe('an element path', () => {
  it.each([
    ['resourceType', ['Patient']],
    ['name.family', ['Northmoor-Test', 'Earlier-Test']],
    ['name[use=official].given', ['Ava', 'Mae', 'Eve']],
    ['identifier[system=https://fhir.nhs.uk/Id/nhs-number].value', ['9990000018']],
    ['component[code.coding.code=weight].valueQuantity.value', [15.2]],
    ['deceasedBoolean', [false]],
    ['name[use=old].family', []],
    ['birthDate', []],
    ['resourceType.length', []],
    ['constructor.name', []],
    ['name.constructor', []],
  ])('%s leads to %j', (path, values) => {
    expect(valuesAt(patient, elementPath(path))).toEqual(values);
  });

  it.each([
    '',
    '.',
    'name.',
    '.name',
    'name..given',
    'name[',
    'name[use]',
    'name[use=]',
    'name[=x]',
    'a b',
    '__proto__',
    'name[0]',
    '*',
  ])('`%s` is none, and stops the start', (text) => {
    expect(() => elementPath(text)).toThrow(SyntaxError);
  });

  it('takes together only the values of one element', () => {
    expect(siblingsAt(patient, elementPath('name[use=official].given'))).toEqual(['Ava', 'Mae']);
    expect(siblingsAt(patient, elementPath('name.family'))).toEqual(['Northmoor-Test']);
    expect(siblingsAt(patient, elementPath('address.line'))).toEqual([]);
  });

  it('reads what is no object as empty', () => {
    for (const resource of [null, 'text', 7, true, []])
      expect(valuesAt(resource, elementPath('name.given'))).toEqual([]);
  });
});
