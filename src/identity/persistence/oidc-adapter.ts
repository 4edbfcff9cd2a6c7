import { type Adapter, type AdapterFactory, type ClientMetadata, errors } from 'oidc-provider';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import type { RegisteredClients } from '../registered-clients.js';
import { clientMetadataOf } from './client-metadata.js';
import type { SpentAssertions } from './spent-assertions.js';

/** Whom and what the authorisation server asks. */
export interface AdapterParts {
  readonly clients: RegisteredClients;
  readonly spent: SpentAssertions;
  /** Whether a token can be bound to a certificate here. */
  readonly certificates: boolean;
}

/**
 * What oidc-provider reads and keeps: clients come from the directory, single-use ids are spent in the database, and
 * nothing else is ever stored, because tokens are self-contained and no other grant exists.
 */
export function oidcAdapter({ clients, spent, certificates }: AdapterParts): AdapterFactory {
  return (model) => {
    switch (model) {
      case 'Client':
        return { ...nothingKept(model), find: (id) => answering(findClient(clients, id, certificates)) };
      case 'ReplayDetection':
        return {
          ...nothingKept(model),
          find: async (id) => ((await answering(spent.knows(id))) ? { jti: id } : undefined),
          // oidc-provider looks, then saves: of many at once all would have looked in time. The insert decides.
          upsert: async (id, _payload, expiresIn = 0) => {
            if (!(await answering(spent.spend(id, expiresIn)))) throw new errors.InvalidGrant('replayed');
          },
        };
      default:
        return nothingKept(model);
    }
  };
}

async function findClient(
  clients: RegisteredClients,
  clientId: string,
  certificates: boolean,
): Promise<ClientMetadata | undefined> {
  const client = await clients.find(clientId);
  if (client === undefined || client.suspended || client.jwks.length === 0) return undefined;
  // oidc-provider overlooks a binding it cannot make, and would give this client a token bound to nothing.
  if (client.binding === 'certificate' && !certificates) return undefined;
  return clientMetadataOf(client);
}

// The caller must hear that it may come back, not that it was wrong.
async function answering<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof GatewayProblem)) throw error;
    throw new errors.OIDCProviderError(error.status, 'temporarily_unavailable', { cause: error });
  }
}

function nothingKept(model: string): Adapter {
  const refuse = (): Promise<never> => Promise.reject(new Error(`nothing of kind \`${model}\` is stored`));
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  return {
    find: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    upsert: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}
