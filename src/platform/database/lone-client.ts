import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { poolConfigOf, type DatabaseConnection } from './connection.js';

/** One connection outside every pool, for what lasts longer than a transaction: a lease, a subscription. */
export interface LoneClient {
  /** Not yet connected. Its errors end it and nothing else: ask it, or listen for `end`. */
  readonly client: pg.Client;
  /** Ends it: takes leave of the server, and cuts it where the server does not answer. */
  readonly end: () => Promise<void>;
}

const LEAVE_WITHIN_MILLISECONDS = 500;

/**
 * A client of its own for this connection, with what `chosen` says besides.
 *
 * The driver's own `end` waits for the other side, which a network that swallows packets never lets answer.
 */
export function loneClient(connection: DatabaseConnection, chosen: pg.ClientConfig): LoneClient {
  const socket = new Socket();
  const client = new pg.Client({ ...poolConfigOf(connection), ...chosen, stream: () => socket });
  // Without a listener a connection that dies between two statements would end the process.
  client.on('error', () => undefined);
  return {
    client,
    end: async () => {
      await Promise.race([client.end().catch(() => undefined), pause(LEAVE_WITHIN_MILLISECONDS)]);
      socket.destroy();
    },
  };
}
