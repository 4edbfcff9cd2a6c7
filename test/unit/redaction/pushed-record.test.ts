import { describe, expect, it } from '@jest/globals';
import type { IssuedPermit, PermitFacts } from '../../../src/core/decision/decision.js';
import { pushedRecord, textsChosenWhole, type PushedContent } from '../../../src/core/redaction/pushed-record.js';
import { redact } from '../../../src/core/redaction/redact.js';
import type { LeafPath } from '../../../src/core/vocabulary/codes.js';
import type { Json } from '../../../src/core/vocabulary/json.js';
import { law, leaves } from '../../support/facts-builder.js';

const place = { disclosureId: 'disclosure-1', sender: 'northmoor-nhs-trust' } as never;
const content: PushedContent = new Map<LeafPath, Json>([
  ['present-concern.natureOfConcern' as LeafPath, 'physical'],
  ['present-concern.account' as LeafPath, 'A bruise 😟 that does not fit.'],
  ['injury-findings.clinicalNarrative' as LeafPath, ''],
  ['star-sign.rising' as LeafPath, 'leo'],
]);

function told(...paths: string[]): unknown {
  const permit = {
    disclosureId: 'disclosure-1',
    custodian: 'northmoor-nhs-trust',
    requester: 'hill-gp',
    leaves: new Set(leaves(...paths)),
    texts: textsChosenWhole(content, law.leaves),
  } as unknown as PermitFacts;
  return redact(pushedRecord(content, place, law.leaves), permit as IssuedPermit, law.leaves).record;
}

describe('what is pushed', () => {
  it('passes leaf by leaf, as far as the permit names it', () => {
    expect(told('present-concern.natureOfConcern', 'household.peopleWithSubject')).toEqual({
      'present-concern': { natureOfConcern: 'physical' },
    });
  });

  it('passes with its free text whole, where the permit names that', () => {
    expect(told('present-concern.account')).toEqual({
      'present-concern': { account: 'A bruise 😟 that does not fit.' },
    });
  });

  it('passes nothing of a text that is empty, nor of a leaf that the catalogue does not know', () => {
    expect(told('injury-findings.clinicalNarrative', 'star-sign.rising')).toEqual({});
  });
});
