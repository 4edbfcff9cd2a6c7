import { HttpException } from '@nestjs/common';
import { CommitUnknown } from '../database/commit-unknown.js';
import type { ProblemSlug } from './catalogue.js';
import { GatewayProblem } from './gateway-problem.js';

// What the framework refuses by itself, by its status. Its own words are dropped: they quote the request.
const SLUG_OF_STATUS: Readonly<Record<number, ProblemSlug>> = {
  400: 'malformed',
  401: 'caller-not-authenticated',
  403: 'officer-not-permitted',
  404: 'not-found',
  405: 'not-found',
  408: 'malformed',
  409: 'conflict',
  411: 'malformed',
  413: 'too-large',
  414: 'malformed',
  415: 'unsupported-media-type',
  422: 'unprocessable',
  429: 'too-many',
  431: 'too-large',
};

/** The problem that whatever was thrown amounts to; a defect unless we or the framework foresaw it. */
export function problemOf(thrown: unknown): GatewayProblem {
  if (thrown instanceof GatewayProblem) return thrown;
  // Whoever could do something about it has not: a look-up on the way, whose own commit was lost. No defect of ours.
  if (thrown instanceof CommitUnknown) return new GatewayProblem('outcome-unknown', { cause: thrown });
  const slug = SLUG_OF_STATUS[statusOf(thrown) ?? 0];
  return new GatewayProblem(slug ?? 'defect', { cause: thrown });
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const isFastifys =
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('FST_');
  return isFastifys && 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}
