import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { decide } from '../../src/core/decision/decide.js';
import { issuePermit } from '../../src/core/decision/issue-permit.js';
import { isListType, type LeafType, type ScalarType } from '../../src/core/law/leaf.js';
import { redact } from '../../src/core/redaction/redact.js';
import type { ReleasedView } from '../../src/core/redaction/released-view.js';
import type { SourceRecord, SourceRecordFacts } from '../../src/core/redaction/source-record.js';
import { sealDisclosure, type Sealing } from '../../src/core/signing/disclosure.js';
import type { P256PublicJwk } from '../../src/core/signing/jwk.js';
import { es256Signer } from '../../src/core/signing/signer.js';
import type { DisclosureId, ExchangeId } from '../../src/core/vocabulary/ids.js';
import type { Json } from '../../src/core/vocabulary/json.js';
import type { Run } from './runs.js';
import { law, now, policy, widestFacts } from './widest-facts.js';

/** One decision, with every policy loaded, over all categories and full facts. */
export function decisionRun(): Run {
  return inProcess('decision', () => decide(widestFacts, law, policy));
}

/** One record of all that policy releases to a section 47 enquiry, each leaf filled, signed as an SD-JWT and bound. */
export function sdJwtRun(): Run {
  const view = widestView();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = es256Signer('gateway-2026-1', privateKey);
  const sealing: Sealing = {
    issuer: 'https://gateway.example',
    at: now,
    shape: {
      categories: law.categories.size,
      leavesOf: new Map([...law.categories.values()].map(({ code, leaves }) => [code, leaves.length])),
    },
    random: randomBytes,
    signer,
    holder: { jwk: publicKey.export({ format: 'jwk' }) as P256PublicJwk, signer },
  };
  return inProcess('sd-jwt', () => sealDisclosure(view, sealing));
}

function widestView(): ReleasedView {
  const { requester, custodian, ask } = widestFacts;
  const decision = decide(widestFacts, law, policy);
  if (decision.effect !== 'permit') throw new Error(`the widest ask is decided \`${decision.effect}\``);
  const permit = issuePermit(decision, {
    exchangeId: '01937c2e-0000-7000-8000-00000000e001' as ExchangeId,
    disclosureId: '01937c2e-0000-7000-8000-00000000d001' as DisclosureId,
    requester: requester.agency,
    custodian: custodian.agency,
    custodianTeam: custodian.team,
    period: ask.period,
    issuedAt: now,
  });
  const answers = [...law.categories.values()].map(
    ({ code, leaves }) =>
      [code, { status: 'held', leaves: new Map(leaves.map(({ path, type }) => [path, filled(type)])) }] as const,
  );
  const record: SourceRecordFacts = {
    disclosureId: permit.disclosureId,
    custodian: permit.custodian,
    answers: new Map(answers),
  };
  // As `sources` makes one of what a custodian's system answers; here there is none to ask.
  return redact(record as SourceRecord, permit, law.leaves);
}

function filled(type: LeafType): Json {
  if (!isListType(type)) return filledScalar(type);
  const item = Object.fromEntries(Object.entries(type.listOf).map(([name, of]) => [name, filledScalar(of)]));
  return Array.from({ length: Math.min(2, type.maxItems) }, () => item);
}

function filledScalar(type: ScalarType): Json {
  switch (type.of) {
    case 'string':
    case 'text':
      return 'Test Northmoor'.slice(0, type.maxLength);
    case 'code':
      return type.codes?.[0] ?? 'test-code';
    case 'date':
      return '2026-12-07';
    case 'instant':
      return '2026-12-07T09:30:00Z';
    case 'boolean':
      return true;
    case 'integer':
    case 'decimal':
      return 2;
  }
}

/** Does one thing over and over in this process, which does nothing else meanwhile. */
function inProcess(name: string, work: () => unknown): Run {
  return {
    name,
    callers: 1,
    slice: (seconds) => {
      const latencies: number[] = [];
      const before = process.cpuUsage();
      const began = performance.now();
      let last = began;
      while (last - began < seconds * 1000) {
        work();
        const at = performance.now();
        latencies.push(at - last);
        last = at;
      }
      const { user, system } = process.cpuUsage(before);
      return Promise.resolve({ seconds: (last - began) / 1000, latencies, processorMs: (user + system) / 1000 });
    },
  };
}
