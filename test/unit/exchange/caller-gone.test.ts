import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DisclosureLog } from '../../../src/disclosure-log/disclosure-log.js';
import type { LoggedDisclosure } from '../../../src/disclosure-log/logged-disclosure.js';
import { DeliveredOutcomes } from '../../../src/exchange/delivered-outcomes.js';
import type { Database } from '../../../src/platform/database/database.js';
import type { Log } from '../../../src/platform/logging/log.js';

it('a caller who hung up before their answer was begun is on record as sent nothing', async () => {
  const recorded: object[] = [];
  const database = { within: (_scope: object, work: (tx: object) => Promise<void>) => work({}) };
  const log = {
    recordOutcome: (_tx: object, { outcome, bytes }: { readonly outcome: string; readonly bytes: number }) => {
      recorded.push({ outcome, bytes });
      return Promise.resolve();
    },
  };
  const outcomes = new DeliveredOutcomes(database as unknown as Database, log as unknown as DisclosureLog, {} as Log);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  const call = request({ port, host: '127.0.0.1' }).on('error', () => undefined);
  call.end();
  const [, response] = await arrived;
  call.destroy();
  await once(response, 'close');

  outcomes.watch(response, { disclosureId: 'd', parties: ['a', 'b'] } as unknown as LoggedDisclosure);
  await outcomes.beforeApplicationShutdown();
  expect(recorded).toEqual([{ outcome: 'not_sent', bytes: 0 }]);
  server.close();
});
