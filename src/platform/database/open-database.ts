import { DataSource } from 'typeorm';
import { connectionTo } from './connection.js';
import type { Database } from './database.js';
import { dataSourceOptions, PostgresDatabase } from './postgres-database.js';

/** Opens the database under one login, outside any application: for commands. */
export async function openDatabase(
  url: string,
): Promise<{ readonly database: Database; readonly close: () => Promise<void> }> {
  const source = new DataSource(dataSourceOptions(connectionTo(url, { poolSize: 2 })));
  await source.initialize();
  return { database: new PostgresDatabase(source), close: () => source.destroy() };
}
