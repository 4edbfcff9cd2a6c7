import { presentedToken } from '../../../src/identity/http/access-token.js';
import { headerLines } from '../../../src/identity/http/header-lines.js';

it.each([
  {
    because: 'it is as RFC 9449 §7.1 has it',
    lines: ['DPoP abc.def.ghi'],
    presented: { scheme: 'dpop', token: 'abc.def.ghi' },
  },
  { because: 'the scheme is in another case', lines: ['dpop abc'], presented: { scheme: 'dpop', token: 'abc' } },
  {
    because: 'it is a bearer token, to be judged by what it is bound to',
    lines: ['Bearer abc'],
    presented: { scheme: 'bearer', token: 'abc' },
  },
  { because: 'there is none', lines: [], presented: undefined },
  { because: 'there are two', lines: ['DPoP abc', 'DPoP abc'], presented: undefined },
  { because: 'two are joined in one line', lines: ['DPoP abc, DPoP def'], presented: undefined },
  { because: 'the scheme is another', lines: ['Basic abc'], presented: undefined },
  { because: 'there is no token', lines: ['DPoP '], presented: undefined },
  { because: 'there is something after the token', lines: ['DPoP abc def'], presented: undefined },
])('reads $presented when $because', ({ lines, presented }) => {
  const rawHeaders = ['Host', 'gateway.test', ...lines.flatMap((line) => ['Authorization', line])];

  expect(presentedToken({ rawHeaders })).toEqual(presented);
});

it('finds header lines by name in any case, and never by value', () => {
  const rawHeaders = ['DPoP', 'one', 'x-other', 'dpop', 'dpop', 'two'];

  expect(headerLines({ rawHeaders }, 'dpop')).toEqual(['one', 'two']);
});
