import { NotFoundException } from '@nestjs/common';
import { CommitUnknown } from '../../../src/platform/database/commit-unknown.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';
import { problemOf } from '../../../src/platform/problems/problem-of.js';

it.each([
  ['a problem', new GatewayProblem('replayed'), 'replayed'],
  ['what the framework refuses', new NotFoundException(), 'not-found'],
  ['a commit that was not heard of, wherever it was', new CommitUnknown(new Error('gone')), 'outcome-unknown'],
  ['anything else', new Error('unforeseen'), 'defect'],
  ['what is no error at all', 'unforeseen', 'defect'],
])('%s is answered as foreseen', (_what, thrown, slug) => {
  expect(problemOf(thrown).slug).toBe(slug);
});
