import { Controller, Get, Header } from '@nestjs/common';
import type { JWK } from 'jose';
import { Open } from '../../platform/http/allows.decorator.js';
import { GatewayKeys } from '../../platform/keys/gateway-keys.js';

/** Publishes what verifies the gateway's signatures. */
@Controller()
export class JwksController {
  constructor(private readonly keys: GatewayKeys) {}

  /** Past keys included: an old receipt or disclosure must verify as long as anyone keeps it. */
  @Get('.well-known/jwks.json')
  @Open('public keys are for everyone who verifies')
  @Header('cache-control', 'public, max-age=300')
  async publicKeys(): Promise<{ keys: JWK[] }> {
    return this.keys.publicJwks();
  }
}
