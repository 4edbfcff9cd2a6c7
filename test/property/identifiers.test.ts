import fc from 'fast-check';
import { identifierSystems, parseIdentifier } from '../../src/core/identifiers/identifier-systems.js';

const samples: Readonly<Record<(typeof identifierSystems)[number], string>> = {
  'nhs-number': '9434765919',
  chi: '0101700008',
  'hc-number': '3200000015',
  upn: 'H801200001001',
  uln: '1000000019',
  'pnc-id': '2002/0073319Z',
  cro: '265416/21G',
};

it.each(identifierSystems)('%s: one wrong digit is always noticed', (system) => {
  const sample = samples[system];
  const places = Array.from(sample).flatMap((character, index) => (/\d/.test(character) ? [index] : []));
  // The police letter covers two digits of the year: the century is not checked.
  const checked = system === 'pnc-id' ? places.slice(2) : places;
  for (const place of checked) {
    for (const digit of '0123456789') {
      const text = sample.slice(0, place) + digit + sample.slice(place + 1);
      expect([text, parseIdentifier(system, text).ok]).toEqual([text, text === sample]);
    }
  }
});

it.each(identifierSystems)('%s: a normal form is its own normal form, and nothing throws', (system) => {
  const nearby = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9/ -]{8,14}$/));
  fc.assert(
    fc.property(nearby, (text) => {
      const parsed = parseIdentifier(system, text);
      if (parsed.ok) expect(parseIdentifier(system, parsed.value)).toEqual(parsed);
    }),
  );
});
