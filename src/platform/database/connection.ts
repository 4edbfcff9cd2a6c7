import type { PoolConfig } from 'pg';
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

/** How long a connection that nobody needs is kept. */
const IDLE_MILLISECONDS = 300_000;

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
    // A connection carries the plans of its statements, which cost more than all that it does for a while.
    idleTimeoutMillis: IDLE_MILLISECONDS,
    types: columnTypes,
    // pg_temp last: a temporary table can then never stand in for one of ours. A statement is planned once for each
    // connection, whatever its parameters: under row-level security planning costs many times what carrying out does.
    options: '-c timezone=UTC -c datestyle=ISO -c search_path=gateway,pg_temp -c plan_cache_mode=force_generic_plan',
  };
}
