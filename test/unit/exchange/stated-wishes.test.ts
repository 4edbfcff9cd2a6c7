import { AskBody } from '../../../src/exchange/http/ask.schema.js';
import { anAsk } from '../../support/asks.js';

const issuesIn = (wishes: unknown): readonly string[] =>
  AskBody.safeParse(anAsk({ wishes })).error?.issues.map(({ path }) => path.join('/')) ?? [];

describe('what an ask says of an adult’s wishes', () => {
  it.each([
    undefined,
    null,
    { agreed: true },
    { agreed: false },
    { agreed: false, override: 'serious-crime' },
    { sought: false, reason: 'lacks-capacity' },
  ])('is well-formed as %j', (wishes) => {
    expect(issuesIn(wishes)).toEqual([]);
  });

  it.each([
    {},
    { agreed: 'yes' },
    { sought: false },
    { sought: true, reason: 'lacks-capacity' },
    { reason: 'lacks-capacity' },
    { agreed: false, sought: false, reason: 'lacks-capacity' },
    { sought: false, reason: 'lacks-capacity', override: 'serious-crime' },
    { sought: false, reason: 'she was asleep' },
  ])('is not as %j, and the fault names both forms', (wishes) => {
    expect(issuesIn(wishes).every((path) => path.startsWith('wishes'))).toBe(true);
    expect(issuesIn(wishes)).not.toEqual([]);
  });

  it('is told in both forms where it is in neither', () => {
    const [issue] = AskBody.safeParse(anAsk({ wishes: {} })).error?.issues ?? [];
    expect(issue?.message).toMatch(/`agreed`.*`override`.*`sought`.*`reason`/);
  });
});
