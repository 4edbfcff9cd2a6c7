import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { DatabaseConnection } from '../database/connection.js';
import { Log } from '../logging/log.js';
import { Jobs } from './jobs.js';

/** Gives every room {@link Jobs}, under the jobs' login. */
@Global()
@Module({})
export class JobsModule {
  static connectedTo(connection: DatabaseConnection): DynamicModule {
    return {
      module: JobsModule,
      providers: [{ provide: Jobs, useFactory: (log: Log) => new Jobs(connection, log), inject: [Log] }],
      exports: [Jobs],
    };
  }
}
