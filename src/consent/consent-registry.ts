import { Inject, Injectable, Optional } from '@nestjs/common';
import type { PersonId } from '../core/vocabulary/ids.js';
import type { Json } from '../core/vocabulary/json.js';
import { secondsAfter, type Instant } from '../core/vocabulary/time.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/tx.js';
import { Ids } from '../platform/ids.js';
import { GatewayProblem, malformed } from '../platform/problems/gateway-problem.js';
import { Sealer } from '../platform/sealing/sealer.js';
import { ConsentCodes } from './consent-codes.js';
import { ConsentingPeople } from './consenting-people.js';
import * as rows from './persistence/wish-rows.js';
import type { OwnWish, Recorded } from './persistence/wish-rows.js';
import type { Author, GivenSubject, NewConsent, NewProtection, Standing, WishKind } from './wish.js';
import { WithdrawalFollower } from './withdrawal-follower.js';

const clockToleranceSeconds = 60;

/** When a wish ended, and what was said of it. */
export interface Ending {
  /** Absent: now. */
  readonly at?: Instant;
  readonly note?: string;
}

/**
 * Consents, objections, protections and holds about a person, and what has become of them.
 *
 * Every method works in the caller's transaction. A change needs one that is the author's agency's alone, and moves the
 * person's anchor on before it is made; notes and evidence are sealed for that agency and person. Who obtained a consent,
 * and whether evidence proves anything, is not verified here: people answer for that.
 */
@Injectable()
export class ConsentRegistry {
  constructor(
    private readonly people: ConsentingPeople,
    private readonly codes: ConsentCodes,
    private readonly sealer: Sealer,
    private readonly ids: Ids,
    private readonly clock: Clock,
    @Optional() @Inject(WithdrawalFollower) private readonly follower?: WithdrawalFollower,
  ) {}

  /**
   * What stands about a person, whoever recorded it, as far as the transaction may see: all of it where it is about them.
   * One statement.
   *
   * A withdrawal that is committed counts from `at` at the latest, whatever another gateway's clock said.
   */
  async standing(tx: Tx, person: PersonId, at: Instant): Promise<Standing> {
    const { consents, ...others } = await rows.standing(tx, person, at);
    const withdrawnBy = (moment: Instant): Instant => (moment < at ? moment : at);
    return {
      consents: consents.map(({ withdrawnAt, ...consent }) =>
        withdrawnAt === undefined ? consent : { ...consent, withdrawnAt: withdrawnBy(withdrawnAt) },
      ),
      ...others,
    };
  }

  /** Records a consent. Throws `malformed` for unknown codes, for dates out of order and for one obtained in the future. */
  async recordConsent(tx: Tx, by: Author, subject: GivenSubject, consent: NewConsent): Promise<string> {
    const fault =
      this.codes.faultOfScope(consent.scope) ??
      this.codes.faultOfPurpose(consent.purpose) ??
      this.faultOfDates(consent);
    if (fault !== undefined) throw fault;
    const recorded = await this.recorded(tx, { kind: 'consent', by, subject, secret: consent.obtained });
    await rows.addConsent(tx, recorded, consent);
    return recorded.id;
  }

  /** Records an objection. A ground in free words is kept sealed, and is `stated` to a decision. */
  async recordObjection(
    tx: Tx,
    by: Author,
    subject: GivenSubject,
    { ground, note }: { readonly ground: string; readonly note?: string },
  ): Promise<string> {
    const secret = { ground, ...(note !== undefined && { note }) };
    const recorded = await this.recorded(tx, { kind: 'objection', by, subject, secret });
    await rows.addObjection(tx, recorded, /^[a-z0-9-]{2,64}$/.test(ground) ? ground : 'stated');
    return recorded.id;
  }

  /** Records a statutory bar or protected identity. Throws `malformed` for a kind or exception that is not in the catalogue. */
  async recordProtection(tx: Tx, by: Author, subject: GivenSubject, protection: NewProtection): Promise<string> {
    const fault = this.codes.faultOfProtection(protection.kind, protection.exceptions);
    if (fault !== undefined) throw fault;
    const recorded = await this.recorded(tx, { kind: 'protection', by, subject, secret: protection.evidence });
    await rows.addProtection(tx, recorded, protection);
    return recorded.id;
  }

  /** Records that people must settle something before anything more is released. */
  async recordHold(tx: Tx, by: Author, subject: GivenSubject, reason: string): Promise<string> {
    const recorded = await this.recorded(tx, { kind: 'hold', by, subject, secret: reason });
    await rows.addHold(tx, recorded);
    return recorded.id;
  }

  /**
   * Ends what the author's agency recorded: from the commit on, every decision sees it.
   *
   * @throws `not-found` for another agency's, `conflict` when it has ended, `malformed` for a moment in the future,
   * `officer-not-permitted` when a protection would be lifted by the officer who recorded it
   */
  async end(
    tx: Tx,
    by: Author,
    kind: WishKind,
    id: string,
    { at, note }: Ending,
  ): Promise<{ id: string; endedAt: Instant }> {
    const now = this.clock.now();
    if (at !== undefined && at > secondsAfter(now, clockToleranceSeconds))
      throw malformed('/at', 'must not be in the future');
    const wish = await this.heldAlone(tx, by, kind, id);
    if (kind === 'protection' && wish.officer === by.officer)
      throw new GatewayProblem('officer-not-permitted', { detail: 'a second officer lifts what the first recorded' });
    const endedAt = at ?? now;
    const { person } = wish;
    const sealed = await this.seal(tx, { kind, by, person, id: `${id}|end`, secret: note ?? '' });
    await rows.addEnding(tx, kind, { id, person, by, at: now, sealed, endedAt });
    if (kind === 'consent') await this.followWithdrawal(tx, by, id, endedAt);
    return { id, endedAt };
  }

  private async recorded(
    tx: Tx,
    { kind, by, subject, secret }: { kind: WishKind; by: Author; subject: GivenSubject; secret: Json },
  ): Promise<Recorded> {
    const person = await this.people.personFor(tx, by, subject);
    if (person === undefined) throw new GatewayProblem('not-found');
    await tx.change({ kind: 'subject', id: person });
    const id = this.ids.next();
    return { id, person, by, at: this.clock.now(), sealed: await this.seal(tx, { kind, by, person, id, secret }) };
  }

  private seal(
    tx: Tx,
    { kind, by, person, id, secret }: { kind: WishKind; by: Author; person: PersonId; id: string; secret: Json },
  ): Promise<Buffer> {
    const plaintext = Buffer.from(JSON.stringify(secret), 'utf8');
    return this.sealer.seal(tx, { agency: by.agency, person }, `${kind}|sealed|${id}`, plaintext);
  }

  // Read once to learn whom it is about, and again, by a later statement, once that person's anchor is held alone.
  private async heldAlone(tx: Tx, by: Author, kind: WishKind, id: string): Promise<OwnWish> {
    const found = await rows.ownWish(tx, kind, by.agency, id);
    if (found === undefined) throw new GatewayProblem('not-found');
    await tx.change({ kind: 'subject', id: found.person });
    const held = await rows.ownWish(tx, kind, by.agency, id);
    if (held?.ended !== false) throw new GatewayProblem('conflict', { detail: `the ${kind} has ended` });
    return held;
  }

  private async followWithdrawal(tx: Tx, by: Author, id: string, at: Instant): Promise<void> {
    const withdrawn = await rows.consentTerms(tx, by.agency, id);
    if (withdrawn !== undefined) await this.follower?.follow(tx, withdrawn, by, at);
  }

  private faultOfDates({ obtained, expires }: NewConsent): GatewayProblem | undefined {
    if (obtained.on > this.clock.now().slice(0, 10)) return malformed('/obtained/on', 'must not be in the future');
    if (expires !== undefined && expires < obtained.on)
      return malformed('/expires', 'must not be before it was obtained');
    return undefined;
  }
}
