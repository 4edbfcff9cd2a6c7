// Each marked line is a way to disclose what was not decided, redacted or logged. None of them compiles.
import type { Decision, IssuedPermit } from '../../src/core/decision/decision.js';
import { issuePermit, type PermitTerms } from '../../src/core/decision/issue-permit.js';
import type { ConsultationPermit } from '../../src/core/decision/permit-consultation.js';
import { redact } from '../../src/core/redaction/redact.js';
import type { ReleasedView } from '../../src/core/redaction/released-view.js';
import type { SourceRecord } from '../../src/core/redaction/source-record.js';
import { sealDisclosure, type Sealing, type SignedDisclosure } from '../../src/core/signing/disclosure.js';
import type { Catalogue } from '../../src/core/law/catalogue.js';
import type { DisclosureEntry, LoggedDisclosure, PreparedEntry } from '../../src/disclosure-log/logged-disclosure.js';
import type { DeliveredOutcomes } from '../../src/exchange/delivered-outcomes.js';
import type { DisclosureLog } from '../../src/disclosure-log/disclosure-log.js';
import type { Tx } from '../../src/platform/database/tx.js';
import type { ServerResponse } from 'node:http';

interface Given {
  readonly record: SourceRecord;
  readonly view: ReleasedView;
  readonly permit: IssuedPermit;
  readonly consultation: ConsultationPermit;
  readonly decision: Decision;
  readonly terms: PermitTerms;
  readonly sealing: Sealing;
  readonly law: Catalogue;
  readonly signed: SignedDisclosure;
  readonly prepared: PreparedEntry;
  readonly entry: DisclosureEntry;
  readonly response: ServerResponse;
}

/** What is meant to compile does, so that the rest fails for the reason given. */
export function inOrder(given: Given, log: DisclosureLog, outcomes: DeliveredOutcomes, tx: Tx): void {
  const { record, law, decision, terms, sealing, response, prepared } = given;
  if (decision.effect !== 'permit') return;
  sealDisclosure(redact(record, issuePermit(decision, terms), law.leaves), sealing);
  void log.append(tx, prepared).then((logged) => {
    outcomes.watch(response, logged);
  });
}

export function outOfOrder(given: Given, log: DisclosureLog, outcomes: DeliveredOutcomes, tx: Tx): void {
  const { record, view, law, decision, terms, sealing, signed, prepared, entry, response } = given;

  // @ts-expect-error TS2345 a source's record is not signed: only what was redacted is
  sealDisclosure(record, sealing);
  // @ts-expect-error TS2345 nor is what merely has the shape of a view
  sealDisclosure({ ...terms, record: {}, leaves: [] }, sealing);
  // @ts-expect-error TS2379 nothing is redacted by a permit written by hand
  redact(record, { ...terms, leaves: new Set(law.leaves.keys()), expiresAt: terms.issuedAt }, law.leaves);
  // @ts-expect-error TS2345 nor by the decision itself
  redact(record, decision, law.leaves);
  // @ts-expect-error TS2345 what was redacted is no record of a source
  redact(view, given.permit, law.leaves);
  // @ts-expect-error TS2379 a decision that was not looked at gives no permit
  issuePermit(decision, terms);
  if (decision.effect === 'refuse') {
    // @ts-expect-error TS2379 a refusal gives none
    issuePermit(decision, terms);
  }
  if (decision.effect === 'review') {
    // @ts-expect-error TS2379 nor does what is left to a person
    issuePermit(decision, terms);
  }
  // @ts-expect-error TS2379 what a custodian's own officer may look at is not released for that
  redact(record, given.consultation, law.leaves);
  // @ts-expect-error TS2540 a permit's leaves are not widened
  given.permit.leaves = new Set(law.leaves.keys());
  // @ts-expect-error TS2345 a code of another list is no category
  law.categories.get('injury-findings' satisfies string);
  // @ts-expect-error TS2379 what is not prepared is not appended
  void log.append(tx, entry);
  // @ts-expect-error TS2345 what is prepared is not yet logged, and nothing is released for it
  outcomes.watch(response, prepared);
  // @ts-expect-error TS2345 nor for what is only signed
  outcomes.watch(response, signed);
  // @ts-expect-error TS2322 a log entry is not made by writing one down
  const logged: LoggedDisclosure = { ...prepared, parties: [] };
  outcomes.watch(response, logged);
}
