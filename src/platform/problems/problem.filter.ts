import { Catch, Injectable, Optional, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from '../../core/vocabulary/json.js';
import { HttpSettings } from '../http/http-settings.js';
import { ReplyWriter, type Writing } from '../http/reply-writer.js';
import '../http/request.js';
import { Ids } from '../ids.js';
import { Log } from '../logging/log.js';
import { CATALOGUE } from './catalogue.js';
import { GatewayProblem } from './gateway-problem.js';
import { ProblemForms } from './problem-forms.js';
import { problemOf } from './problem-of.js';

/** Answers whatever is thrown as `application/problem+json` (RFC 9457), or in the form of its part of the API; signed when the caller is known. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly settings: HttpSettings,
    private readonly writer: ReplyWriter,
    private readonly ids: Ids,
    private readonly log: Log,
    @Optional() private readonly forms?: ProblemForms,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (request.correlationId === '') request.correlationId = this.ids.next();
    const problem = problemOf(thrown);
    this.record(problem, request);
    // A stream that fails midway has its headers out already; ending it is all that can be said.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    await reply.send(await this.bytes(problem, request, reply));
  }

  private async bytes(problem: GatewayProblem, request: FastifyRequest, reply: FastifyReply): Promise<Buffer> {
    try {
      return await this.writer.write(request, reply, this.writing(problem, request));
    } catch (thrown) {
      // The keys are out of reach: say so, unsigned, rather than say nothing.
      const unsigned = problemOf(thrown);
      this.record(unsigned, request);
      request.call = undefined;
      return this.writer.write(request, reply, this.writing(unsigned, request));
    }
  }

  private writing(problem: GatewayProblem, request: FastifyRequest): Writing {
    const { slug, particulars } = problem;
    const { title, status } = CATALOGUE[slug];
    const { detail, errors, more, headers } = particulars;
    const form = this.forms?.formOf(request);
    if (form !== undefined) {
      const written = form.write(problem, request);
      return { ...written, headers: { ...headersFor(status), ...headers, ...written.headers } };
    }
    const contact: Record<string, Json> = status >= 500 ? { contact: this.settings.dutyContact } : {};
    return {
      status,
      contentType: 'application/problem+json',
      body: {
        type: `${this.settings.publicUrl}/problems/${slug}`,
        title,
        status,
        detail: detail ?? title,
        instance: `urn:uuid:${request.correlationId}`,
        ...contact,
        ...(errors === undefined ? {} : { errors: errors.map(({ pointer, detail }) => ({ pointer, detail })) }),
        ...more,
      },
      headers: { ...headersFor(status), ...headers },
    };
  }

  private record({ slug, status, particulars }: GatewayProblem, request: FastifyRequest): void {
    request.problem = slug;
    const { correlationId, method } = request;
    const route = request.routeOptions.url ?? 'none';
    const fields = { correlationId, method, route, slug, status, error: particulars.cause };
    if (status >= 500) this.log.error('request failed', fields);
    else this.log.info('request refused', fields);
  }
}

// RFC 9110 §11.6.1 wants a challenge with every 401, RFC 9449 §7.1 says which.
function headersFor(status: number): Readonly<Record<string, string>> {
  switch (status) {
    case 401:
      return { 'www-authenticate': 'DPoP error="invalid_token", algs="ES256"' };
    case 503:
      return { 'retry-after': '5' };
    default:
      return {};
  }
}
