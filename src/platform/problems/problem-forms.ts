import type { FastifyRequest } from 'fastify';
import type { Writing } from '../http/reply-writer.js';
import type { GatewayProblem } from './gateway-problem.js';

/** How problems are written under one part of the API, whose callers know another form than RFC 9457's. */
export interface ProblemForm {
  /** Where the part begins, without a trailing slash. */
  readonly under: string;
  /** Says no more than the problem does: what two problems alike would be as problems, they are in this form. */
  write(problem: GatewayProblem, request: FastifyRequest): Writing;
}

/** The forms there are, besides that of RFC 9457. */
export abstract class ProblemForms {
  abstract readonly forms: readonly ProblemForm[];

  /** The form of the part of the API that a request asked for, whether or not there is such a route. */
  formOf({ url }: FastifyRequest): ProblemForm | undefined {
    const [path = ''] = url.split(/[?#]/, 1);
    return this.forms.find(({ under }) => path === under || path.startsWith(`${under}/`));
  }
}
