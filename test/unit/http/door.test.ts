import { createHash, generateKeyPairSync } from 'node:crypto';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { InjectOptions } from 'fastify';
import { z } from 'zod';
import { verifyAnswer } from '../../../src/core/signing/answer-signature.js';
import { es256Signer } from '../../../src/core/signing/signer.js';
import type { AuthenticatedCall } from '../../../src/core/vocabulary/caller.js';
import type { Answer } from '../../../src/platform/calls/answer.js';
import { Allows, Open } from '../../../src/platform/http/allows.decorator.js';
import { TheCall } from '../../../src/platform/http/the-call.decorator.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { smallApi, type SmallApi } from '../../support/small-api.js';

const note = z.strictObject({
  officer: z.string(),
  period: z.strictObject({ from: z.iso.date() }).optional(),
  items: z.array(z.strictObject({ n: z.int() })).optional(),
});

@Controller()
class NotesController {
  @Post('notes')
  @Open('a test')
  write(@Body({ schema: note }) body: z.infer<typeof note>): Answer {
    return { status: 201, body: { officer: body.officer } };
  }

  @Post('unchecked')
  @Open('a test')
  unchecked(@Body() body: unknown): Answer {
    return { status: 201, body: body as Answer['body'] };
  }

  @Get('notes/:id')
  @Open('a test')
  read(
    @Param('id') id: string,
    @Query({ schema: z.strictObject({ limit: z.string().optional() }) }) query: object,
  ): Answer {
    return { status: 200, body: { id, query: { ...query } } };
  }

  @Get('signed')
  @Allows({ scope: 'coordination', duty: 'lead' })
  signed(@TheCall() call: AuthenticatedCall): Answer {
    return { status: 200, body: { agency: call.agency, text: 'é' }, headers: { location: '/elsewhere' } };
  }

  @Get('unanswered')
  @Allows({ scope: 'coordination', duty: 'lead' })
  unanswered(): { free: true } {
    return { free: true };
  }

  @Get('problem')
  @Open('a test')
  problem(): Answer {
    throw new GatewayProblem('request-refused', {
      detail: 'because',
      more: { reason: 'request-refused' },
      cause: new Error('Ada Example, 999 000 0018'),
    });
  }

  @Get('defect')
  @Open('a test')
  defect(): Answer {
    throw new Error('Ada Example, 999 000 0018');
  }
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const digest = createHash('sha256').update('the signature of the call').digest('base64url');
const call = { agency: 'northmoor-council', signature: { digest } } as unknown as AuthenticatedCall;
const correlationId = '0b0e7b0e-52a5-4f0c-9b0c-0f6f6f1d2a3b';

let api: SmallApi;
let keysAre: 'there' | 'gone' = 'there';

beforeAll(async () => {
  const signer = es256Signer('k1', privateKey);
  const keys = {
    signer: () => (keysAre === 'there' ? Promise.resolve(signer) : Promise.reject(new Error('token slot 3 absent'))),
  };
  api = await smallApi([NotesController], keys, call);
});
afterAll(() => api.close());
beforeEach(() => (keysAre = 'there'));

const send = (options: InjectOptions): ReturnType<SmallApi['fastify']['inject']> =>
  api.fastify.inject(options) as never;
const post = (payload: string | Buffer, headers: Record<string, string> = {}): ReturnType<typeof send> =>
  send({ method: 'POST', url: '/notes', payload, headers: { 'content-type': 'application/json', ...headers } });

describe('a body', () => {
  it.each([
    [
      'an unknown property',
      '{"officer":"np-1","colour":"red"}',
      [{ pointer: '/colour', detail: 'unknown property; remove it' }],
    ],
    [
      'an unknown property further in',
      '{"officer":"np-1","items":[{"n":1,"m":2}]}',
      [{ pointer: '/items/0/m', detail: 'unknown property; remove it' }],
    ],
    [
      'a missing property',
      '{}',
      [{ pointer: '/officer', detail: expect.stringMatching(/^invalid input: expected string/) }],
    ],
    ['a list for an object', '{"officer":"np-1","period":[]}', [{ pointer: '/period', detail: expect.any(String) }]],
    ['a list for the body', '[]', [{ pointer: '', detail: expect.stringMatching(/object/) }]],
    [
      'a key given twice',
      '{"officer":"a","officer":"b"}',
      [{ pointer: '/officer', detail: 'must not be given twice' }],
    ],
    ['NUL', '{"officer":"a\\u0000"}', [{ pointer: '/officer', detail: 'must not contain NUL' }]],
    [
      'a 20-digit number',
      '{"officer":"a","items":[{"n":12345678901234567890}]}',
      [{ pointer: '/items/0/n', detail: expect.stringMatching(/double/) }],
    ],
    ['__proto__', '{"officer":"a","__proto__":{}}', [{ pointer: '/__proto__', detail: 'this key is not allowed' }]],
    [
      '13,000 lists within one another',
      `{"officer":${'['.repeat(13_000)}${']'.repeat(13_000)}}`,
      [{ pointer: expect.stringMatching(/^\/officer\/0\/0/), detail: expect.stringMatching(/deeper/) }],
    ],
    ['nothing at all', '', [{ pointer: '', detail: 'a JSON body is required' }]],
  ])('with %s is refused by name', async (_what, payload, errors) => {
    const reply = await post(payload);
    expect(reply.statusCode).toBe(400);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.json()).toMatchObject({ type: 'https://gateway.example/problems/malformed', status: 400, errors });
  });

  it('with several faults has each of them named', async () => {
    const reply = await post('{"officer":7,"period":{"from":"yesterday"},"x":1}');
    const { errors } = reply.json<{ errors: { pointer: string }[] }>();
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/officer', '/period/from', '/x']);
  });

  it('never has its values quoted back', async () => {
    const reply = await post('{"officer":{"name":"Ada Example"},"period":{"from":"Ada Example"}}');
    expect(reply.statusCode).toBe(400);
    expect(reply.body).not.toContain('Ada Example');
  });

  it('without a media type we take is 415', async () => {
    const reply = await send({
      method: 'POST',
      url: '/notes',
      payload: 'officer=np-1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(reply.json()).toMatchObject({
      status: 415,
      type: 'https://gateway.example/problems/unsupported-media-type',
    });
  });

  it('beyond the cap is 413', async () => {
    const reply = await post(`{"officer":"${'x'.repeat(100_001)}"}`);
    expect(reply.json()).toMatchObject({ status: 413, type: 'https://gateway.example/problems/too-large' });
  });

  it('is taken as FHIR JSON too', async () => {
    expect((await post('{"officer":"np-1"}', { 'content-type': 'application/fhir+json' })).statusCode).toBe(201);
  });

  it('on a handler without a schema is a defect, not a pass', async () => {
    const reply = await send({
      method: 'POST',
      url: '/unchecked',
      payload: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(reply.statusCode).toBe(500);
  });
});

describe('an address', () => {
  it.each([
    ['NUL in a parameter', '/notes/a%00b'],
    ['NUL in a query', '/notes/1?limit=%00'],
    ['an unknown query', '/notes/1?colour=red'],
    ['a query given twice', '/notes/1?limit=1&limit=2'],
    ['a malformed escape', '/notes/%E0%A4%A'],
  ])('with %s is 400', async (_what, url) => {
    const reply = await send({ method: 'GET', url });
    expect(reply.json()).toMatchObject({ status: 400, type: 'https://gateway.example/problems/malformed' });
  });

  it.each(['/nothing', '/notes/', '//notes/1', '/NOTES/1'])(
    'that is not ours, %s, is 404 as a problem',
    async (url) => {
      const reply = await send({ method: 'GET', url });
      expect(reply.json()).toMatchObject({ status: 404, type: 'https://gateway.example/problems/not-found' });
      expect(reply.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('with another method is 404 as a problem', async () => {
    expect((await send({ method: 'DELETE', url: '/notes/1' })).json()).toMatchObject({ status: 404 });
  });
});

describe('an answer', () => {
  it('to an authenticated call is signed over its exact bytes and tied to the call', async () => {
    const reply = await send({ method: 'GET', url: '/signed', headers: { 'x-test-call': 'yes' } });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      location: '/elsewhere',
    });
    expect(reply.headers).not.toHaveProperty('etag');
    const signature = String(reply.headers['x-jws-signature']);
    expect(verifyAnswer(signature, reply.rawPayload, publicKey)).toEqual({ ok: true, req: digest });
    expect(verifyAnswer(signature, Buffer.concat([reply.rawPayload, Buffer.from(' ')]), publicKey).ok).toBe(false);
  });

  it('to nobody in particular is not', async () => {
    expect((await post('{"officer":"np-1"}')).headers).not.toHaveProperty('x-jws-signature');
  });

  it('that is a problem is signed too', async () => {
    const reply = await send({ method: 'GET', url: '/problem', headers: { 'x-test-call': 'yes' } });
    expect(verifyAnswer(String(reply.headers['x-jws-signature']), reply.rawPayload, publicKey).ok).toBe(true);
  });

  it('that cannot be signed does not leave', async () => {
    keysAre = 'gone';
    const reply = await send({ method: 'GET', url: '/signed', headers: { 'x-test-call': 'yes' } });
    expect(reply.json()).toMatchObject({
      status: 503,
      type: 'https://gateway.example/problems/signing-unavailable',
      contact: 'duty desk, 01632 960000',
    });
    expect(reply.body).not.toContain('northmoor');
    expect(reply.headers).not.toHaveProperty('x-jws-signature');
  });

  it('of an authenticated handler is an Answer or a defect', async () => {
    const reply = await send({ method: 'GET', url: '/unanswered', headers: { 'x-test-call': 'yes' } });
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain('free');
  });
});

describe('a failure', () => {
  it('we foresaw says what the catalogue and the occurrence say', async () => {
    const reply = await send({ method: 'GET', url: '/problem', headers: { 'x-correlation-id': correlationId } });
    expect(reply.json()).toEqual({
      type: 'https://gateway.example/problems/request-refused',
      title: 'the request is refused',
      status: 403,
      detail: 'because',
      instance: `urn:uuid:${correlationId}`,
      reason: 'request-refused',
    });
    expect(reply.headers['x-correlation-id']).toBe(correlationId);
  });

  it.each(['/problem', '/defect'])('at %s never shows its cause', async (url) => {
    expect((await send({ method: 'GET', url })).body).not.toMatch(/Ada|999/);
  });

  it('of ours says whom to call, and goes to our log with its cause', async () => {
    api.log.lines.length = 0;
    const reply = await send({ method: 'GET', url: '/defect' });
    expect(reply.json()).toMatchObject({ status: 500, contact: 'duty desk, 01632 960000' });
    expect(api.log.lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ slug: 'defect', route: '/defect', error: expect.any(Error) }),
      }),
    ]);
  });

  it('takes no correlation id that is not a UUID', async () => {
    const reply = await send({ method: 'GET', url: '/problem', headers: { 'x-correlation-id': 'x\u007f<script>' } });
    expect(reply.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('every request', () => {
  it('is measured and logged by its route, never by its address', async () => {
    api.log.lines.length = 0;
    await send({ method: 'GET', url: '/notes/9990000018?limit=9990000018' });
    await send({ method: 'GET', url: '/nowhere/9990000018' });
    const { text } = await api.metrics.exposition();
    expect(text).toContain('gateway_request_duration_seconds_count{method="GET",route="/notes/:id",status="200"} 1');
    expect(text).toMatch(/gateway_problems_total\{slug="not-found"\} [1-9]/);
    // Of an error the log writes no words; here the whole of it is remembered.
    const written = api.log.lines.map(({ fields }) => ({ ...fields, error: undefined }));
    expect(text + JSON.stringify(written)).not.toContain('9990000018');
    expect(api.log.lines.map(({ event, fields }) => [event, fields.route, fields.status])).toEqual([
      ['request answered', '/notes/:id', 200],
      ['request refused', 'none', 404],
      ['request answered', 'none', 404],
    ]);
  });
});
