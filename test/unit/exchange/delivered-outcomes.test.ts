import { EventEmitter, once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DisclosureLog } from '../../../src/disclosure-log/disclosure-log.js';
import type { LoggedDisclosure } from '../../../src/disclosure-log/logged-disclosure.js';
import { DeliveredOutcomes } from '../../../src/exchange/delivered-outcomes.js';
import type { Database } from '../../../src/platform/database/database.js';
import type { Log } from '../../../src/platform/logging/log.js';

const logged = {
  disclosureId: 'd',
  parties: ['northmoor-police', 'northmoor-nhs-trust'],
} as unknown as LoggedDisclosure;

/** Answers one request by `write`, and gives what was recorded of it. */
async function recorded(write: (response: ServerResponse) => void): Promise<unknown> {
  const told = new EventEmitter();
  const database = { within: (_scope: unknown, work: (tx: object) => unknown) => work({}) } as unknown as Database;
  const log = {
    recordOutcome: (_tx: unknown, outcome: object) => {
      told.emit('outcome', outcome);
      return Promise.resolve();
    },
  } as unknown as DisclosureLog;
  const outcomes = new DeliveredOutcomes(database, log, {} as Log);
  const server = createServer((_request, response) => {
    outcomes.watch(response, logged);
    write(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const outcome = once(told, 'outcome');
  get({ port: (server.address() as AddressInfo).port }, (reply: IncomingMessage) => reply.resume()).on('error', () => {
    // Cut short on purpose.
  });
  const [found] = (await outcome) as [object];
  server.close();
  server.closeAllConnections();
  return found;
}

describe('what became of an answer', () => {
  it('is sent, with every byte of it, head included', async () => {
    const found = await recorded((response) => response.end('x'.repeat(5_000)));

    expect(found).toMatchObject({ outcome: 'sent', agencies: ['northmoor-police', 'northmoor-nhs-trust'] });
    expect((found as { bytes: number }).bytes).toBeGreaterThan(5_000);
  });

  it('is partial where the connection was cut', async () => {
    const found = await recorded((response) => {
      response.writeHead(200, { 'content-length': '10000' });
      response.write('x'.repeat(3_000), () => response.destroy());
    });

    expect(found).toMatchObject({ outcome: 'partial' });
    expect((found as { bytes: number }).bytes).toBeGreaterThan(3_000);
  });
});
