import { PinoLog } from '../../../src/platform/logging/pino-log.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';

function logged(write: (log: PinoLog) => void): { text: string; record: Record<string, unknown> } {
  const lines: string[] = [];
  write(new PinoLog('info', { write: (line: string) => void lines.push(line) }));
  const text = lines.join('');
  expect(text.trimEnd().split('\n')).toHaveLength(1);
  return { text, record: JSON.parse(text) as Record<string, unknown> };
}

describe('the operational log', () => {
  it('says what happened, when, and the fields on its list', () => {
    const { record } = logged((log) => log.warn('request refused', { slug: 'replayed', status: 401, durationMs: 3 }));
    expect(record).toMatchObject({
      event: 'request refused',
      slug: 'replayed',
      status: 401,
      durationMs: 3,
      time: expect.any(String),
    });
  });

  it('drops every field that is not on its list, whoever passes it', () => {
    const fields = {
      slug: 'x',
      name: 'Ada Example',
      nhsNumber: '9990000018',
      authorization: 'DPoP eyJ',
      status: 'Ada',
    };
    const { text } = logged((log) => log.info('event', fields as never));
    expect(text).not.toMatch(/Ada|9990000018|eyJ/);
  });

  it('says of an error and its causes what they are and where, never their words', () => {
    const cause = Object.assign(
      new Error('Key (nhs_number)=(9990000018)\n    at Ada Example (file:1:1) already exists'),
      { code: '23505' },
    );
    const { text, record } = logged((log) => log.error('failed', { error: new GatewayProblem('conflict', { cause }) }));
    expect(text).not.toMatch(/9990000018|Ada Example/);
    expect(record['errors']).toEqual([
      { name: 'GatewayProblem', slug: 'conflict', frames: expect.arrayContaining([expect.stringMatching(/^at /)]) },
      { name: 'Error', code: '23505', frames: expect.any(Array) },
    ]);
  });

  it.each([
    ['a line of its own', 'x\n{"level":60}'],
    ['terminal colours', '\u001b[31mred'],
    ['C1 controls', '\u009b31m'],
    ['reversed text', '\u202egnp.exe'],
    ['a line separator', 'x\u2028y'],
  ])('cannot be made to show %s', (_what, route) => {
    const { text } = logged((log) => log.info('event', { route }));
    expect(text.trimEnd()).toMatch(/^[\x20-\x7e]*$/);
  });

  it('cuts what is long', () => {
    expect(logged((log) => log.info('event', { route: 'x'.repeat(5_000) })).text.length).toBeLessThan(400);
  });

  it('survives an error without a stack, and one that causes itself', () => {
    const circular = new Error('x');
    circular.cause = circular;
    delete circular.stack;
    expect(logged((log) => log.error('failed', { error: circular })).record['errors']).toHaveLength(5);
  });
});
