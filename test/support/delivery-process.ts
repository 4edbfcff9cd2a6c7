import { PostgresDatabase } from '../../src/platform/database/postgres-database.js';
import { connectionTo } from '../../src/platform/database/connection.js';
import type { TestLogin } from './database.js';
import { deliveringGateway, deliveryParts, ToldAuthority } from './delivery-world.js';

/** What a process that only delivers is told, over its channel: it holds keys and passwords. */
export interface ToDeliver {
  readonly urls: Readonly<Record<TestLogin, string>>;
  /** 32 bytes, base64. */
  readonly secret: string;
}

process.once('message', (message) => {
  const { urls, secret } = message as ToDeliver;
  const deliver = async (): Promise<void> => {
    const database = await PostgresDatabase.connect(connectionTo(urls.gateway));
    const jobsDatabase = await PostgresDatabase.connect(connectionTo(urls.jobs));
    const parts = await deliveryParts({ database, jobsDatabase, urls }, Buffer.from(secret, 'base64'));
    await deliveringGateway(parts, { authority: new ToldAuthority() }).start();
    process.send?.('started');
  };
  deliver().catch((failure: unknown) => {
    process.send?.(`failed: ${String(failure)}`);
  });
});
