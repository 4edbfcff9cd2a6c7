import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { DisclosureLog } from '../../../src/disclosure-log/disclosure-log.js';
import type { LoggedDisclosure } from '../../../src/disclosure-log/logged-disclosure.js';
import { DeliveredOutcomes } from '../../../src/exchange/delivered-outcomes.js';
import type { Database } from '../../../src/platform/database/database.js';
import type { Log } from '../../../src/platform/logging/log.js';

it('a gateway that stops waits until what it has sent is on record, however slow the database', async () => {
  const recorded: string[] = [];
  let answerDatabase: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (answerDatabase = resolve));
  const database = { within: (_scope: object, work: (tx: object) => Promise<void>) => slow.then(() => work({})) };
  const log = {
    recordOutcome: (_tx: object, { outcome }: { readonly outcome: string }) => {
      recorded.push(outcome);
      return Promise.resolve();
    },
  };
  const outcomes = new DeliveredOutcomes(database as unknown as Database, log as unknown as DisclosureLog, {} as Log);
  const response = Object.assign(new EventEmitter(), { writableFinished: true, headersSent: true, socket: null });
  outcomes.watch(
    response as unknown as ServerResponse,
    { disclosureId: 'd', parties: ['a', 'b'] } as unknown as LoggedDisclosure,
  );
  response.emit('close');

  let isStopped = false;
  const stopping = outcomes.beforeApplicationShutdown().then(() => (isStopped = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isStopped).toBe(false);
  answerDatabase();
  await stopping;
  expect(recorded).toEqual(['sent']);
});
