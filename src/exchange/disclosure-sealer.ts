import { Injectable } from '@nestjs/common';
import type { Catalogue } from '../core/law/catalogue.js';
import type { ReleasedView } from '../core/redaction/released-view.js';
import { sealDisclosure, type DisclosureShape, type SignedDisclosure } from '../core/signing/disclosure.js';
import type { P256PublicJwk } from '../core/signing/jwk.js';
import { signReceipt, type Receipt } from '../core/signing/receipt.js';
import type { SubjectRef } from '../core/vocabulary/ids.js';
import type { Instant } from '../core/vocabulary/time.js';
import { GatewayKeys } from '../platform/keys/gateway-keys.js';
import { GatewayProblem } from '../platform/problems/gateway-problem.js';
import { Randomness } from '../platform/randomness.js';
import { ExchangeSettings } from './exchange-settings.js';
import { ServingPolicy } from './serving-policy.js';

/** The number of digests each place carries, from the catalogue alone: the same for every person. */
function shapeOf(law: Catalogue): DisclosureShape {
  return {
    categories: law.categories.size,
    leavesOf: new Map([...law.categories.values()].map(({ code, leaves }) => [code, leaves.length])),
  };
}

/** Signs, with the gateway's own key, what is released and the receipt for whatever was decided. */
@Injectable()
export class DisclosureSealer {
  private readonly shape: DisclosureShape;

  constructor(
    private readonly keys: GatewayKeys,
    private readonly randomness: Randomness,
    private readonly settings: ExchangeSettings,
    policy: ServingPolicy,
  ) {
    this.shape = shapeOf(policy.law);
  }

  /** @throws `signing-unavailable` when the key is not there: nothing leaves unsigned */
  async seal(view: ReleasedView, subject: SubjectRef, at: Instant): Promise<SignedDisclosure> {
    const signer = await this.signer();
    const jwk = await this.publicJwkOf(signer.kid);
    return sealDisclosure(view, {
      issuer: this.settings.publicUrl,
      subject,
      at,
      shape: this.shape,
      random: (count) => this.randomness.bytes(count),
      signer,
      holder: { jwk, signer },
    });
  }

  /** @throws `signing-unavailable` when the key is not there */
  async receipt(facts: Omit<Receipt, 'iat' | 'mergeBy'>, at: Instant): Promise<string> {
    return signReceipt(facts, at, await this.signer());
  }

  private signer(): ReturnType<GatewayKeys['signer']> {
    return this.keys.signer('disclosure').catch((cause: unknown) => {
      throw new GatewayProblem('signing-unavailable', { cause });
    });
  }

  private async publicJwkOf(kid: string): Promise<P256PublicJwk> {
    const { keys } = await this.keys.publicJwks();
    const key = keys.find((candidate) => candidate.kid === kid);
    if (key?.kty !== 'EC' || key.crv !== 'P-256' || key.x === undefined || key.y === undefined)
      throw new GatewayProblem('signing-unavailable', { detail: 'the signing key is not published' });
    return { kty: 'EC', crv: 'P-256', x: key.x, y: key.y };
  }
}
