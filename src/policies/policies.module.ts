import { Module, type DynamicModule } from '@nestjs/common';
import type { Catalogue } from '../core/law/catalogue.js';
import { Database } from '../platform/database/database.js';
import { Agreements } from './agreements.js';
import { ApprovalKeys } from './approval-keys.js';
import { AgreementsController } from './http/agreements.controller.js';
import { CodeLists } from './http/code-lists.js';
import { PoliciesController } from './http/policies.controller.js';
import { PolicyPublication } from './policy-publication.js';
import { PublicationLog } from './publication-log.js';
import { PublishedPolicy } from './published-policy.js';

/**
 * Agreements and published policy. Global; needs {@link ApprovalKeys}, {@link PublicationLog} and the enrolled agencies
 * bound, and the platform's database and calls.
 */
@Module({})
export class PoliciesModule {
  static with({ catalogue }: { readonly catalogue: Catalogue }): DynamicModule {
    return {
      module: PoliciesModule,
      global: true,
      controllers: [AgreementsController, PoliciesController],
      providers: [
        { provide: Agreements, useValue: new Agreements() },
        { provide: CodeLists, useValue: new CodeLists(catalogue) },
        {
          provide: PublishedPolicy,
          inject: [ApprovalKeys],
          useFactory: (keys: ApprovalKeys) => new PublishedPolicy(keys),
        },
        {
          provide: PolicyPublication,
          inject: [Database, ApprovalKeys, PublishedPolicy, PublicationLog],
          useFactory: (database: Database, keys: ApprovalKeys, policy: PublishedPolicy, log: PublicationLog) =>
            new PolicyPublication({ database, keys, policy, log }),
        },
      ],
      exports: [Agreements, PublishedPolicy, PolicyPublication],
    };
  }
}
