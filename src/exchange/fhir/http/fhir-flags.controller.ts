import { Body, Controller, Get, Headers, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../../core/vocabulary/caller.js';
import type { Answer } from '../../../platform/calls/answer.js';
import { Allows, Open } from '../../../platform/http/allows.decorator.js';
import { FORM_TYPE, Takes } from '../../../platform/http/takes.decorator.js';
import { TheCall } from '../../../platform/http/the-call.decorator.js';
import { GatewayProblem, malformed } from '../../../platform/problems/gateway-problem.js';
import { EvenBeat } from '../../http/even-beat.js';
import { FhirFlags, type Returned } from '../fhir-flags.js';
import { FlagResource } from '../flag-resource.js';
import { FHIR_JSON } from './fhir-address.js';
import { flagSearch, type FlagSearchForm } from './flag-search.js';

const id = z.uuid('must be the id of a flag').toLowerCase();

/** Flags by FHIR R4: raised as by `POST /v1/exchanges/flags`, read by whom they concern. */
@Controller('fhir/R4')
@UseInterceptors(EvenBeat)
export class FhirFlagsController {
  constructor(private readonly flags: FhirFlags) {}

  @Post('Flag')
  @Takes(FHIR_JSON)
  @Allows({ scope: 'exchange.push', duty: 'push' })
  async create(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: FlagResource }) resource: FlagResource,
    @Headers('prefer') prefer: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<Answer> {
    refuseQuery(request);
    // Left unheeded, the flag would be raised again though its sender had said not to.
    if (request.headers['if-none-exist'] !== undefined)
      throw malformed('', 'the header `if-none-exist` is not heeded; a repeat is told by its `idempotency-key`');
    return asFhir(await this.flags.create(call, resource, returnedFor(prefer)));
  }

  @Post('Flag/_search')
  @Takes(FORM_TYPE)
  @Allows({ scope: 'exchange.inbox', duty: 'ask' })
  async search(
    @TheCall() call: AuthenticatedCall,
    @Body({ schema: flagSearch }) form: FlagSearchForm,
    @Req() request: FastifyRequest,
  ): Promise<Answer> {
    refuseQuery(request);
    return asFhir(await this.flags.search(call, form));
  }

  @Get('Flag')
  @Open('nothing is read here: it says that people are searched for by POST')
  searchInAddress(): never {
    throw new GatewayProblem('malformed', {
      detail: 'a search is `POST /fhir/R4/Flag/_search`: nobody is named in an address',
    });
  }

  @Get('Flag/:id')
  @Allows({ scope: 'exchange.inbox', duty: 'ask' })
  async read(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: id }) flag: string,
    @Req() request: FastifyRequest,
  ): Promise<Answer> {
    refuseQuery(request);
    return asFhir(await this.flags.read(call, flag));
  }

  @Get('Flag/:id/_history/:version')
  @Allows({ scope: 'exchange.inbox', duty: 'ask' })
  async readVersion(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: id }) flag: string,
    @Param('version', { schema: z.string().regex(/^[1-9]\d{0,5}$/, 'must be a version of a flag') }) version: string,
    @Req() request: FastifyRequest,
  ): Promise<Answer> {
    refuseQuery(request);
    return asFhir(await this.flags.read(call, flag, version));
  }
}

function asFhir({ status, body, headers }: Answer): Answer {
  return { status, body, headers: { 'content-type': FHIR_JSON, ...headers } };
}

/** Addresses are written down by every machine on the way. The query is not read, and nothing of it is said back. */
function refuseQuery({ url }: FastifyRequest): void {
  if (url.includes('?'))
    throw new GatewayProblem('malformed', { detail: 'an address here takes no query: nobody is named in one' });
}

/** What of `Prefer` is heeded (RFC 7240; FHIR R4 3.1.0.1.6). `minimal` is given the outcome, for the receipt is the sender’s to keep. */
function returnedFor(prefer: string | undefined): Returned {
  const asked = /(?:^|[,;\s])return\s*=\s*"?([A-Za-z]+)"?/.exec(prefer ?? '')?.[1];
  return asked === 'minimal' || asked === 'OperationOutcome' ? 'outcome' : 'representation';
}
