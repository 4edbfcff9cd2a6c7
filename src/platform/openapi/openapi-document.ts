import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { JsonObject } from '../../core/vocabulary/json.js';
import { HttpSettings } from '../http/http-settings.js';
import { JsonSchemas } from './json-schemas.js';
import { operationOf, templateOf } from './operation.js';
import { PROBLEM_SCHEMA, problemResponses } from './problem-responses.js';
import { PublishedRoutes, type PublishedRoute } from './published-routes.js';

/** The contract in OpenAPI 3.1, written once when the gateway starts; the start stops where it cannot be written. */
@Injectable()
export class OpenApiDocument implements OnApplicationBootstrap {
  /** The document's JSON. */
  text = '';

  constructor(
    private readonly routes: PublishedRoutes,
    private readonly settings: HttpSettings,
  ) {}

  onApplicationBootstrap(): void {
    this.text = JSON.stringify(documentOf(this.routes.all(), this.settings.publicUrl));
  }
}

function documentOf(routes: readonly PublishedRoute[], publicUrl: string): JsonObject {
  const schemas = new JsonSchemas();
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const path = (paths[templateOf(route.path)] ??= {});
    path[route.method] = operationOf(route, schemas);
  }
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Safeguarding Gateway',
      version: 'v1',
      description:
        'Request bodies, queries and path parameters are the schemas that validate them: an unknown property is refused. ' +
        'Rules that join several properties are checked beyond the schema, and answered as `malformed` with a pointer.',
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: { Problem: PROBLEM_SCHEMA, ...schemas.shared },
      responses: problemResponses(publicUrl),
      parameters: PARAMETERS,
      headers: HEADERS,
      securitySchemes: securitySchemes(publicUrl),
    },
  };
}

const PARAMETERS: JsonObject = {
  IdempotencyKey: {
    in: 'header',
    name: 'Idempotency-Key',
    required: true,
    description:
      'new for each request, the same for its repeat; kept 8 days. Also `ik` of the call’s signature. ' +
      'A POST that only reads takes it too, and does not need it',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._~-]{16,64}$' },
  },
  CorrelationId: {
    in: 'header',
    name: 'x-correlation-id',
    description: 'echoed; one is made where none is sent',
    schema: { type: 'string', format: 'uuid' },
  },
};

const HEADERS: JsonObject = {
  AnswerSignature: {
    description: 'detached JWS by the gateway over the exact bytes of the answer, `typ: "exchange-answer+jws"`',
    schema: { type: 'string' },
  },
};

function securitySchemes(publicUrl: string): JsonObject {
  return {
    token: {
      type: 'http',
      scheme: 'DPoP',
      description: `\`Authorization: DPoP <token>\`, never \`Bearer\`; issued by \`${publicUrl}/oauth\` for the scope named (RFC 9449)`,
    },
    proof: {
      type: 'apiKey',
      in: 'header',
      name: 'DPoP',
      description: 'proof of possession of the key that the token is bound to, used once (RFC 9449)',
    },
    callSignature: {
      type: 'apiKey',
      in: 'header',
      name: 'x-jws-signature',
      description:
        'detached JWS by the agency, ES256, `b64: false`, over the exact body bytes (empty without a body). Protected header: ' +
        '`kid`, `typ: "exchange+jws"`, `iat`, `jti`, `aud`, `htm`, `htu`, `ik` (the Idempotency-Key, where there is one), `officer`',
    },
  };
}
