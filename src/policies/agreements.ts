import type { AgreementFacts } from '../core/decision/facts.js';
import type { Category, LeafPath, PowerCode, Purpose } from '../core/vocabulary/codes.js';
import type { AgencyId, OfficerId } from '../core/vocabulary/ids.js';
import { dateOf, type CivilDate, type Instant } from '../core/vocabulary/time.js';
import type { Tx } from '../platform/database/tx.js';
import { POLICY_ANCHOR } from './published-policy.js';

/** On what the parties agree to rely. The decision finds the basis itself; this is what they said. */
export interface AgreedBasis {
  readonly power: PowerCode;
  readonly article6: string;
  readonly article9?: string;
  readonly schedule1?: string;
  readonly article10?: string;
  readonly confidentiality?: string;
}

/** The terms of an information-sharing agreement (ICO data sharing code). They never change once proposed. */
export interface AgreementTerms {
  readonly parties: readonly AgencyId[];
  readonly purposes: readonly Purpose[];
  readonly dataItems: readonly (Category | LeafPath)[];
  readonly bases: readonly AgreedBasis[];
  readonly startOn: CivilDate;
  /** Unless renewed by then it counts as run out. */
  readonly reviewBy: CivilDate;
  /** The last day. Absent: until its review. */
  readonly endOn?: CivilDate;
  readonly dpiaReference?: string;
}

/** One party's word, given by one of its officers. */
export interface AgreementSignature {
  readonly agency: AgencyId;
  readonly officer: OfficerId;
  readonly signedAt: Instant;
}

/** An agreement and the signatures it has. */
export interface Agreement extends AgreementTerms {
  readonly id: string;
  readonly proposedBy: AgencyId;
  readonly signatures: readonly AgreementSignature[];
}

/** What an agreement is worth on a day. */
export type AgreementStanding = 'awaiting-second' | 'not-begun' | 'in-force' | 'run-out';

/** What an agreement is worth on a day: nothing until every party has signed. */
export function standingOf(agreement: Agreement, day: CivilDate): AgreementStanding {
  if (!agreement.parties.every((party) => agreement.signatures.some(({ agency }) => agency === party)))
    return 'awaiting-second';
  if (day < agreement.startOn) return 'not-begun';
  return day <= lastDayOf(agreement) ? 'in-force' : 'run-out';
}

/** Information-sharing agreements, as each party sees its own and an exchange those of both its parties. */
export class Agreements {
  /**
   * The signed agreements to which both are party for a purpose, begun by that day, run-out ones among them: the
   * decision leaves those to a person. The last day is the earlier of the end and the review that was not held.
   *
   * @param tx a transaction to which one of the two is party, else none is found
   */
  async between(tx: Tx, a: AgencyId, b: AgencyId, purpose: Purpose, at: Instant): Promise<readonly AgreementFacts[]> {
    const day = dateOf(at);
    const found = await this.#read(
      tx,
      `${SELECT} WHERE parties @> $1 AND $2 = ANY (purposes) AND start_on <= $3 ORDER BY id`,
      [[a, b], purpose, day],
    );
    return found
      .filter((agreement) => standingOf(agreement, day) !== 'awaiting-second')
      .map((agreement) => ({
        id: agreement.id,
        purposes: agreement.purposes,
        dataItems: agreement.dataItems,
        from: agreement.startOn,
        to: lastDayOf(agreement),
      }));
  }

  /** Every agreement the transaction's party is a party to, signed by all or not, the newest first. */
  list(tx: Tx): Promise<readonly Agreement[]> {
    return this.#read(tx, `${SELECT} ORDER BY id DESC`, []);
  }

  /** Undefined for one that does not exist, or is none of the party's. */
  async find(tx: Tx, id: string): Promise<Agreement | undefined> {
    const [agreement] = await this.#read(tx, `${SELECT} WHERE id = $1`, [id]);
    return agreement;
  }

  /** Proposes terms and signs them for the proposer, one of their parties. They bind nobody until all have signed. */
  async propose(
    tx: Tx,
    id: string,
    terms: AgreementTerms,
    by: { readonly agency: AgencyId; readonly officer: OfficerId },
    at: Instant,
  ): Promise<void> {
    const { parties, purposes, dataItems, bases, startOn, reviewBy, endOn, dpiaReference } = terms;
    await tx.sql(
      `INSERT INTO gateway.agreement
         (id, proposed_by, parties, purposes, data_items, bases, start_on, review_by, end_on, dpia_reference, proposed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        by.agency,
        parties,
        purposes,
        dataItems,
        JSON.stringify(bases),
        startOn,
        reviewBy,
        endOn ?? null,
        dpiaReference ?? null,
        at,
      ],
    );
    await this.sign(tx, id, by, at);
  }

  /**
   * Signs for a party, in a transaction of that party alone; says whether it was the first time.
   *
   * Takes the policy anchor alone: with the last signature the agreement begins to narrow what passes.
   */
  async sign(
    tx: Tx,
    id: string,
    by: { readonly agency: AgencyId; readonly officer: OfficerId },
    at: Instant,
  ): Promise<boolean> {
    await tx.change(POLICY_ANCHOR);
    const signed = await tx.sql(
      `INSERT INTO gateway.agreement_signature (agreement, agency, officer, signed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING agency`,
      [id, by.agency, by.officer, at],
    );
    return signed.length > 0;
  }

  async #read(tx: Tx, text: string, values: readonly unknown[]): Promise<readonly Agreement[]> {
    return (await tx.read<AgreementRow>(text, values)).map(agreementOf);
  }
}

const SELECT = `
  SELECT id, proposed_by, parties, purposes, data_items, bases, start_on, review_by, end_on, dpia_reference,
    ARRAY(SELECT jsonb_build_object('agency', s.agency, 'officer', s.officer,
            'signedAt', to_char(s.signed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
          FROM gateway.agreement_signature s WHERE s.agreement = a.id ORDER BY s.signed_at, s.agency) AS signatures
  FROM gateway.agreement a`;

interface AgreementRow extends Pick<Agreement, 'id' | 'parties' | 'purposes' | 'bases' | 'signatures'> {
  readonly proposed_by: AgencyId;
  readonly data_items: Agreement['dataItems'];
  readonly start_on: CivilDate;
  readonly review_by: CivilDate;
  readonly end_on: CivilDate | null;
  readonly dpia_reference: string | null;
}

function agreementOf(row: AgreementRow): Agreement {
  return {
    id: row.id,
    proposedBy: row.proposed_by,
    parties: row.parties,
    purposes: row.purposes,
    dataItems: row.data_items,
    bases: row.bases,
    startOn: row.start_on,
    reviewBy: row.review_by,
    signatures: row.signatures,
    ...(row.end_on !== null && { endOn: row.end_on }),
    ...(row.dpia_reference !== null && { dpiaReference: row.dpia_reference }),
  };
}

function lastDayOf({ endOn, reviewBy }: AgreementTerms): CivilDate {
  return endOn !== undefined && endOn < reviewBy ? endOn : reviewBy;
}
