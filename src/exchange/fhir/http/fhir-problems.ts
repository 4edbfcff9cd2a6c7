import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Writing } from '../../../platform/http/reply-writer.js';
import { HttpSettings } from '../../../platform/http/http-settings.js';
import '../../../platform/http/request.js';
import { CATALOGUE } from '../../../platform/problems/catalogue.js';
import type { Fault, GatewayProblem } from '../../../platform/problems/gateway-problem.js';
import type { ProblemForm } from '../../../platform/problems/problem-forms.js';
import { expressionOf } from '../expression.js';
import { issueTypeOf, operationOutcome, type OutcomeIssue } from '../operation-outcome.js';
import { FHIR_JSON, FHIR_ROOT, SERVED } from './fhir-address.js';

/**
 * Every problem under `/fhir/R4` as an OperationOutcome: those of authentication, parsing, budgets and decisions, and of
 * addresses where nothing is. Made of the problem alone, so that refusals are as alike here as they are as problems.
 */
@Injectable()
export class FhirProblems implements ProblemForm {
  readonly under = FHIR_ROOT;

  constructor(private readonly settings: HttpSettings) {}

  write(problem: GatewayProblem, request: FastifyRequest): Writing {
    const { slug, particulars } = problem;
    const unserved = slug === 'not-found' && request.is404 ? unservedAt(request.url) : undefined;
    const { title, status } = CATALOGUE[slug];
    const code = unserved === undefined ? issueTypeOf(slug) : 'not-supported';
    const root = rootOf(request);
    const [first, ...others] = (particulars.errors ?? []).map((fault) => issueOf(fault, issueTypeOfFault(code), root));
    const whole: OutcomeIssue = {
      severity: 'error',
      code,
      diagnostics: unserved?.diagnostics ?? particulars.detail ?? title,
    };
    const contact = status >= 500 ? { contact: this.settings.dutyContact } : {};
    return {
      status: unserved?.status ?? status,
      contentType: FHIR_JSON,
      body: operationOutcome(first === undefined ? [whole] : [first, ...others], {
        id: request.correlationId,
        details: { system: `${this.settings.publicUrl}/problems`, code: slug, text: title },
        more: {
          url: `${this.settings.publicUrl}${FHIR_ROOT}/StructureDefinition/problem`,
          members: { ...contact, ...particulars.more },
        },
      }),
      headers: unserved?.headers ?? {},
    };
  }
}

interface Unserved {
  readonly status: 404 | 405;
  readonly diagnostics: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is wrong with an address that no route has: the resource, or what is to be done with it. */
function unservedAt(url: string): Unserved {
  const [path = ''] = url.split(/[?#]/, 1);
  const [resource = ''] = path.slice(FHIR_ROOT.length + 1).split('/');
  const methods = SERVED.find(({ at }) => at.test(path))?.methods;
  if (methods !== undefined)
    return {
      status: 405,
      diagnostics: `this interaction is not served here; see \`${FHIR_ROOT}/metadata\``,
      headers: { allow: methods },
    };
  const isServed = resource === 'Flag' || resource === 'CodeSystem';
  return {
    status: 404,
    diagnostics: isServed
      ? `there is no such address; see \`${FHIR_ROOT}/metadata\``
      : `this resource is not served here; see \`${FHIR_ROOT}/metadata\``,
    headers: {},
  };
}

/** Whether a fault lies in a resource, or in a parameter of a search. */
function rootOf({ routeOptions, method }: FastifyRequest): 'Flag' | 'http' {
  return method === 'POST' && routeOptions.url === `${FHIR_ROOT}/Flag` ? 'Flag' : 'http';
}

function issueTypeOfFault(code: string): string {
  return code === 'business-rule' ? 'invalid' : code;
}

function issueOf({ pointer, detail }: Fault, code: string, root: 'Flag' | 'http'): OutcomeIssue {
  switch (root) {
    case 'Flag':
      return { severity: 'error', code, diagnostics: detail, at: { expression: expressionOf('Flag', pointer) } };
    case 'http': {
      const name = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
      const where = name === '' ? {} : { at: { location: `http.${name}` } };
      return { severity: 'error', code, diagnostics: detail, ...where };
    }
  }
}
