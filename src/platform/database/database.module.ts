import {
  Global,
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { getDataSourceToken, InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Log } from '../logging/log.js';
import type { DatabaseConnection } from './connection.js';
import { Database, JobsDatabase, KeysDatabase, SequencerDatabase } from './database.js';
import { Notices } from './notices.js';
import { dataSourceOptions, PostgresDatabase } from './postgres-database.js';
import { PostgresNotices } from './postgres-notices.js';
import { databaseParts, type DatabasePart } from './roles.js';

const tokens = { gateway: Database, sequencer: SequencerDatabase, jobs: JobsDatabase } as const;

/**
 * Gives every room {@link Database}, {@link SequencerDatabase} and {@link JobsDatabase}, each under a login of its
 * own. Start-up stops when one cannot be reached, or is a login that row-level security would not hold back. Gives
 * {@link Notices} and {@link KeysDatabase} too, each on one more connection of the gateway's login.
 */
@Global()
@Module({})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  readonly #sources: Readonly<Record<DatabasePart, DataSource>>;

  constructor(
    @InjectDataSource('gateway') gateway: DataSource,
    @InjectDataSource('sequencer') sequencer: DataSource,
    @InjectDataSource('jobs') jobs: DataSource,
    private readonly notices: PostgresNotices,
    @Inject(KeysDatabase) private readonly keys: PostgresDatabase,
  ) {
    this.#sources = { gateway, sequencer, jobs };
  }

  /** The module over these three connections. */
  static connectedTo(connections: Readonly<Record<DatabasePart, DatabaseConnection>>): DynamicModule {
    return {
      module: DatabaseModule,
      imports: databaseParts.map((part) =>
        // Whoever starts the process decides whether to try again; half a minute of silence helps nobody.
        TypeOrmModule.forRoot({ ...dataSourceOptions(connections[part]), name: part, retryAttempts: 0 }),
      ),
      providers: [
        ...databaseParts.map((part) => ({
          provide: tokens[part],
          useFactory: (source: DataSource) => new PostgresDatabase(source),
          inject: [getDataSourceToken(part)],
        })),
        {
          provide: PostgresNotices,
          useFactory: (log: Log | undefined) => new PostgresNotices(connections.gateway, log),
          inject: [{ token: Log, optional: true }],
        },
        { provide: Notices, useExisting: PostgresNotices },
        {
          provide: KeysDatabase,
          useFactory: () => PostgresDatabase.connect({ ...connections.gateway, poolSize: 1 }),
        },
      ],
      exports: [...databaseParts.map((part) => tokens[part]), KeysDatabase, Notices],
    };
  }

  async onModuleInit(): Promise<void> {
    for (const part of databaseParts) await new PostgresDatabase(this.#sources[part]).refuseUnsafeLogin(part);
    this.notices.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.notices.stop();
    await this.keys.close();
  }
}
