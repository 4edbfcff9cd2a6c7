import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { fastify } from 'fastify';
import type { JWK } from 'jose';
import pg from 'pg';
import { connectionTo, poolConfigOf } from '../../src/platform/database/connection.js';
import { beMeasured } from './measured.js';

/** What the floor is started with. */
export interface FloorGiven {
  readonly port: number;
  /** The gateway's own login, to the gateway's own database. */
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  /** The public key with which the callers sign. */
  readonly callersKey: JWK;
}

/** As much as the details of an exchange come to. */
const ENTRY_BYTES = 2_048;

// What no gateway of this kind can do without, and nothing else: an HTTP server, one signature verified, one made, and
// two transactions that are waited for.
beMeasured(async ({ port, databaseUrl, databasePoolSize, callersKey }: FloorGiven) => {
  const pool = new pg.Pool(poolConfigOf(connectionTo(databaseUrl, { poolSize: databasePoolSize })));
  const publicKey = createPublicKey({ key: callersKey, format: 'jwk' });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const entry = randomBytes(ENTRY_BYTES);
  const server = fastify();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  server.post<{ Body: Buffer }>('/v1/exchanges/requests', async ({ headers, body }, reply) => {
    if (!isSigned(headers['x-jws-signature'], body, publicKey)) return reply.code(401).send();
    await durably(pool, 'floor_claim', 'INSERT INTO bench.claim (id) VALUES ($1)', [randomUUID()]);
    const signature = sign('sha256', body, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    await durably(pool, 'floor_entry', 'INSERT INTO bench.entry (id, entry) VALUES ($1, $2)', [randomUUID(), entry]);
    return reply.header('x-jws-signature', signature.toString('base64url')).send(body);
  });
  await server.listen({ port, host: '127.0.0.1' });
  return {
    close: async () => {
      await server.close();
      await pool.end();
    },
  };
});

/** Whether a detached JWS over the unencoded body (RFC 7797) bears the key's signature. */
function isSigned(compact: unknown, body: Buffer, key: KeyObject): boolean {
  const [header = '', , signature = ''] = String(compact).split('.');
  const signed = Buffer.concat([Buffer.from(`${header}.`), body]);
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

/** One insert in a transaction of its own, on disk when it resolves. */
async function durably(pool: pg.Pool, name: string, text: string, values: unknown[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({ name, text, values });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
