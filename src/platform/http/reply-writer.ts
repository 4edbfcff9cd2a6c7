import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { signAnswer } from '../../core/signing/answer-signature.js';
import type { Json } from '../../core/vocabulary/json.js';
import { GatewayKeys } from '../keys/gateway-keys.js';
import { GatewayProblem } from '../problems/gateway-problem.js';
import './request.js';

/** A body and the headers that go with it, down to the byte. */
export interface Writing {
  readonly status: number;
  readonly contentType: string;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
}

/** Writes what leaves the API: exact bytes, never cached, and signed when the caller is known. */
@Injectable()
export class ReplyWriter {
  constructor(private readonly keys: GatewayKeys) {}

  /**
   * Sets status and headers and gives the bytes to send.
   *
   * @throws `signing-unavailable` for an authenticated call when no key can sign: an unsigned answer would be no evidence
   */
  async write(request: FastifyRequest, reply: FastifyReply, writing: Writing): Promise<Buffer> {
    const bytes = Buffer.from(JSON.stringify(writing.body));
    const signature =
      request.call === undefined ? undefined : await this.signature(bytes, request.call.signature.digest);
    void reply.code(writing.status).headers({
      'cache-control': 'no-store',
      'content-type': writing.contentType,
      // Also without Fastify's own hook, where the router refused the address before any hook ran.
      'x-correlation-id': request.correlationId,
      ...(signature === undefined ? {} : { 'x-jws-signature': signature }),
      ...writing.headers,
    });
    return bytes;
  }

  private async signature(bytes: Buffer, digestOfCall: string): Promise<string> {
    try {
      return signAnswer(bytes, digestOfCall, await this.keys.signer('disclosure'));
    } catch (cause) {
      if (cause instanceof GatewayProblem) throw cause;
      throw new GatewayProblem('signing-unavailable', { cause });
    }
  }
}
