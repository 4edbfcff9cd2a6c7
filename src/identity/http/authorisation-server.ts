import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import Provider, { type AdapterFactory, type JWKS } from 'oidc-provider';
import { GatewayKeys } from '../../platform/keys/gateway-keys.js';
import { Log } from '../../platform/logging/log.js';
import { authorisationPath, IdentitySettings, issuerOf } from '../identity-settings.js';
import { oidcAdapter } from '../persistence/oidc-adapter.js';
import { SpentAssertions } from '../persistence/spent-assertions.js';
import { RegisteredClients } from '../registered-clients.js';
import { authorisationRules } from './authorisation-rules.js';

type Next = (failure?: unknown) => void;
type Answering = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

// oidc-provider has pages for people too; none of them exists here.
const served: ReadonlySet<string> = new Set(['/token', '/.well-known/openid-configuration', '/.well-known/jwks.json']);

/** Gives tokens to registered clients, under `/oauth`. */
@Injectable()
export class AuthorisationServer implements OnModuleInit {
  readonly #publicUrl: URL;
  readonly #adapter: AdapterFactory;
  #current: { readonly keys: string; readonly answer: Answering } | undefined;

  constructor(
    private readonly settings: IdentitySettings,
    private readonly gatewayKeys: GatewayKeys,
    clients: RegisteredClients,
    spent: SpentAssertions,
    private readonly host: HttpAdapterHost,
    private readonly log: Log,
  ) {
    this.#publicUrl = new URL(settings.publicUrl);
    this.#adapter = oidcAdapter({ clients, spent, certificates: settings.tlsEndsHere });
  }

  /** Mounts it before any body is parsed: it reads its own. */
  onModuleInit(): void {
    this.host.httpAdapter.use(authorisationPath, (request: IncomingMessage, response: ServerResponse, next: Next) => {
      if (!served.has(request.url?.split('?', 1)[0] ?? '')) next();
      else this.#answer(request, response).catch(next);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { answer } = await this.#provider();
    // oidc-provider builds URLs, and judges the proof's, from these: they are ours to say, not the caller's.
    request.headers['x-forwarded-host'] = this.#publicUrl.host;
    request.headers['x-forwarded-proto'] = this.#publicUrl.protocol.slice(0, -1);
    await answer(request, response);
  }

  /** The provider over the present keys: a new one, about a millisecond's work, once they have changed. */
  async #provider(): Promise<{ readonly answer: Answering }> {
    const jwks = await this.gatewayKeys.tokenJwks();
    const keys = jwks.keys.map(({ kid }) => kid).join(' ');
    if (this.#current?.keys !== keys) this.#current = { keys, answer: this.#build(jwks) };
    return this.#current;
  }

  #build(jwks: JWKS): Answering {
    const provider = new Provider(
      issuerOf(this.settings),
      authorisationRules({
        resource: this.settings.publicUrl,
        jwks,
        adapter: this.#adapter,
        certificates: this.settings.tlsEndsHere,
      }),
    );
    provider.proxy = true;
    provider.on('server_error', (_ctx, error) => {
      this.log.error('the authorisation server failed', { error });
    });
    return provider.callback();
  }
}
