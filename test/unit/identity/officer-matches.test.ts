import fc from 'fast-check';
import type { OfficerId } from '../../../src/core/vocabulary/ids.js';
import { officerMatches } from '../../../src/identity/officer-matches.js';

const signed = 'np-4471' as OfficerId;

it.each([
  { because: 'there is no body', body: '', matches: true },
  { because: 'the body names no officer', body: '{"text":"one"}', matches: true },
  { because: 'the body names the same officer', body: '{"officer":"np-4471"}', matches: true },
  { because: 'the body names the same officer by id', body: '{"officer":{"id":"np-4471","role":"x"}}', matches: true },
  { because: 'an officer further in is somebody else', body: '{"obtained":{"officer":"np-1"}}', matches: true },
  { because: 'the body is no JSON, which is refused later', body: '{', matches: true },
  { because: 'the body is a list, which is refused later', body: '["np-1"]', matches: true },
  { because: 'the officer comes by way of the prototype', body: '{"__proto__":{"officer":"np-1"}}', matches: true },
  { because: 'the body names another officer', body: '{"officer":"np-1"}', matches: false },
  { because: 'the body names another officer by id', body: '{"officer":{"id":"np-1"}}', matches: false },
  { because: 'the case differs', body: '{"officer":"NP-4471"}', matches: false },
  { because: 'the officer is a number', body: '{"officer":4471}', matches: false },
  { because: 'the officer is a list with the right name', body: '{"officer":["np-4471"]}', matches: true },
  { because: 'the key is spelt with an escape', body: '{"\\u006ffficer":"np-1"}', matches: false },
])('$matches when $because', ({ body, matches }) => {
  expect(officerMatches(Buffer.from(body), signed)).toBe(matches);
});

it('sees an officer spelt with an escape after a body that misleads JSON.parse', () => {
  // nodejs/node#63785: this name, in an object of this shape, has JSON.parse take `\u006ffficer` for it.
  const misleading = String.raw`{"kind":"x","\\u006ff":1}`;
  officerMatches(Buffer.from(misleading), signed);
  expect(JSON.parse(misleading)).toHaveProperty(String.raw`\u006ff`);
  expect(officerMatches(Buffer.from(String.raw`{"kind":"x","\u006ffficer":"np-1"}`), signed)).toBe(false);
});

it('never throws, whatever the bytes', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof officerMatches(bytes, signed) === 'boolean'));
});

it('takes nobody else for the officer who signed', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9-]{2,64}$/), (other) => {
      const body = Buffer.from(JSON.stringify({ officer: { id: other } }));
      return officerMatches(body, signed) === (other === signed);
    }),
  );
});
