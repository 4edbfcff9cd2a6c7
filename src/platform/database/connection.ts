import type { PoolConfig } from 'pg';
import { CoalescingSocket } from './coalescing-socket.js';
import { columnTypes } from './column-types.js';

/** How one part of the gateway reaches its database. */
export interface DatabaseConnection {
  /** `postgres://user:password@host:5432/name?sslmode=verify-full`; `?host=/directory` for a Unix socket. */
  readonly url: string;
  readonly poolSize: number;
  /** How long to wait for a connection, new or from the pool. */
  readonly connectTimeoutMilliseconds: number;
  readonly statementTimeoutMilliseconds: number;
  readonly lockTimeoutMilliseconds: number;
  /** A transaction left idle this long is ended by the server, so that it cannot hold its locks for ever. */
  readonly idleInTransactionTimeoutMilliseconds: number;
  /** Shown by the server among its sessions. */
  readonly applicationName: string;
}

/** A connection with the waits that suit serving callers: long enough for a busy moment, short enough to say so. */
export function connectionTo(url: string, chosen: Partial<Omit<DatabaseConnection, 'url'>> = {}): DatabaseConnection {
  return {
    poolSize: 10,
    connectTimeoutMilliseconds: 5_000,
    statementTimeoutMilliseconds: 10_000,
    lockTimeoutMilliseconds: 5_000,
    idleInTransactionTimeoutMilliseconds: 15_000,
    applicationName: 'safeguarding-gateway',
    ...chosen,
    url,
  };
}

/** What the server's own word may take to arrive. */
const SILENCE_MILLISECONDS = 2_000;

/** The same, as the driver's pool wants it. */
export function poolConfigOf(connection: DatabaseConnection): PoolConfig {
  return {
    connectionString: connection.url,
    max: connection.poolSize,
    connectionTimeoutMillis: connection.connectTimeoutMilliseconds,
    statement_timeout: connection.statementTimeoutMilliseconds,
    // The server ends a slow statement itself. One that says nothing any more is given up here, and its connection with it.
    query_timeout: connection.statementTimeoutMilliseconds + SILENCE_MILLISECONDS,
    lock_timeout: connection.lockTimeoutMilliseconds,
    idle_in_transaction_session_timeout: connection.idleInTransactionTimeoutMilliseconds,
    application_name: connection.applicationName,
    keepAlive: true,
    // A statement is sent without waiting for the one before; the server still runs them one after another.
    pipeline: true,
    stream: () => new CoalescingSocket(),
    types: columnTypes,
    // pg_temp last: a temporary table can then never stand in for one of ours.
    options: '-c timezone=UTC -c datestyle=ISO -c search_path=gateway,pg_temp',
  };
}
