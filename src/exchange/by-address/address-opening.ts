import { Injectable } from '@nestjs/common';
import { isPlaceHidden } from '../../core/decision/checks/unhidden-at-address.js';
import type { Decision } from '../../core/decision/decision.js';
import type { PlaceStanding } from '../../core/decision/facts.js';
import { issuePermit } from '../../core/decision/issue-permit.js';
import type { DisclosureId } from '../../core/vocabulary/ids.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Ids } from '../../platform/ids.js';
import { MOST_PLACED, SourceSystems, type PlacedPeople, type PlacedPerson } from '../../sources/source-systems.js';
import type { Registration } from '../../subjects/subject.js';
import { SubjectRegistry } from '../../subjects/subject-registry.js';
import { AskOpening } from '../ask-opening.js';
import { originatorOf, type Considered, type Opened, type Undertaken } from '../opened-ask.js';

/** Who is considered in the stead of whoever is not there. */
const NOBODY: Omit<PlacedPerson, 'identifiers'> & { readonly identifiers: readonly [] } = {
  identifiers: [],
  isChild: false,
};

/** A permit's decision. */
type Permitted = Opened & { readonly decision: Decision & { readonly effect: 'permit' } };

/**
 * Makes of an ask that names an address one exchange for each child placed there who may be told of.
 *
 * The custodian's own record says who that is. Each is decided alone; then all together, since they share the address
 * (`unhiddenAtAddress`). As many people are always considered, nobody in the stead of whoever is not there: what is known
 * of an address, and of whom, must not show in how long it takes. See docs/decisions/emergency-by-address.md.
 */
@Injectable()
export class AddressOpening {
  constructor(
    private readonly opening: AskOpening,
    private readonly sources: SourceSystems,
    private readonly subjects: SubjectRegistry,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Finds out whom an ask is about, where it names an address and may be answered; any other it gives back. */
  async open(answered: Opened): Promise<Undertaken> {
    const { named, decision } = answered;
    if (named.uprn === undefined) return { answered };
    if (decision.effect !== 'permit') return { answered, placed: { told: [], others: [] } };
    const found = await this.peopleAt({ ...answered, decision }, named.uprn);
    if (found.is === 'unavailable') return { answered, placed: 'unavailable' };
    const people = found.is === 'found' ? found.people : [];
    const considered = await this.opening.within(answered, (tx) => this.consider(tx, answered, people));
    const isHidden = considered.some((one) => isPlaceHidden(one.decision.findings));
    const candidates = isHidden ? [] : considered.filter(mayBeTold);
    await this.makeKnown(answered, candidates);
    return this.opening.within(answered, async (tx) => {
      const children: Opened[] = [];
      for (const child of candidates) children.push(await this.openedFor(tx, answered, child));
      const others = considered.filter((one) => !candidates.includes(one));
      return this.settled(tx, answered, { children, others, otherwise: whyNobody(found, considered) });
    });
  }

  /**
   * What an ask by address comes to once everybody there is decided: who is told of, and how the ask stands as a whole.
   *
   * @param children those who may be told of, as decided last
   * @param otherwise why nobody is told of, should nobody be
   */
  async settled(
    tx: Tx,
    answered: Opened,
    {
      children,
      others,
      otherwise = 'held-back',
    }: {
      readonly children: readonly Opened[];
      readonly others: readonly Considered[];
      readonly otherwise?: PlaceStanding;
    },
  ): Promise<Undertaken> {
    const isHidden = [...children, ...others].some(({ decision }) => isPlaceHidden(decision.findings));
    const told = isHidden ? [] : eachOnce(children.filter(({ decision }) => decision.effect === 'permit'));
    const place = told.length > 0 ? 'told' : otherwise;
    const asked = { ...answered, place };
    const decided = { ...asked, ...(await this.opening.decide(tx, asked)) };
    const isPermitted = decided.decision.effect === 'permit';
    const rest = children
      .filter((child) => !isPermitted || !told.includes(child))
      .map((child) => ({ ...child, isChild: true }));
    return { answered: decided, placed: { told: isPermitted ? told : [], others: [...others, ...rest] } };
  }

  private peopleAt(answered: Permitted, uprn: string): Promise<PlacedPeople> {
    const { ask, call, ids, decision } = answered;
    const permit = issuePermit(decision, {
      exchangeId: ids.exchangeId,
      disclosureId: ids.disclosureId,
      requester: call.agency,
      custodian: ask.custodian,
      custodianTeam: ask.custodianTeam,
      period: ask.period,
      issuedAt: this.clock.now(),
    });
    return this.sources.placedAt({ permit, uprn, originator: originatorOf(answered) });
  }

  private async consider(tx: Tx, answered: Opened, people: readonly PlacedPerson[]): Promise<readonly Considered[]> {
    const { call, ask, named } = answered;
    const considered: Considered[] = [];
    for (let slot = 0; slot < MOST_PLACED; slot += 1) {
      const { identifiers, isChild } = people[slot] ?? NOBODY;
      const asked = { call, ask, named: { ...named, identifiers } };
      considered.push({ ...asked, isChild, ...(await this.opening.decide(tx, asked)) });
    }
    return considered;
  }

  /**
   * Gives each child a row of their own where they have none: what they are called and held under afterwards. On the word of
   * the custodian, whose record names them; of details, to which an officer's name would go, none are given. For those known
   * already it changes nothing and takes as long.
   */
  private async makeKnown({ call, ask }: Opened, children: readonly Considered[]): Promise<void> {
    const by = { agency: ask.custodian, officer: call.officer };
    for (const { named } of children) {
      const [first, ...others] = named.identifiers;
      if (first === undefined) continue;
      const registration: Registration = { identifiers: [first, ...others], details: {}, standingDuties: [] };
      await this.database.within({ parties: [ask.custodian] }, (tx) => this.subjects.register(tx, by, registration));
    }
  }

  private async openedFor(tx: Tx, { ids }: Opened, { call, ask, named }: Considered): Promise<Opened> {
    const asked = { call, ask, named };
    const decided = await this.opening.decide(tx, asked);
    return {
      ...asked,
      ids: { exchangeId: ids.exchangeId, disclosureId: this.ids.next() as DisclosureId },
      ...(await this.opening.referredTo(tx, asked, decided)),
    };
  }
}

/** A child who is permitted, or whom nobody knows as yet and nothing is known against. */
function mayBeTold({ named, isChild, decision, gathered }: Considered): boolean {
  if (!isChild || named.identifiers.length === 0) return false;
  return decision.effect === 'permit' || gathered.facts.subject === 'unknown';
}

/** Two records of one person are one exchange. */
function eachOnce(children: readonly Opened[]): readonly Opened[] {
  return [...new Map(children.map((child) => [child.gathered.person, child])).values()];
}

function whyNobody(found: PlacedPeople, considered: readonly Considered[]): PlaceStanding {
  switch (found.is) {
    case 'kept-back':
      return 'kept-back-by-source';
    case 'too-many':
      return 'too-many';
    case 'found':
    case 'unavailable':
      return considered.some(({ isChild }) => isChild) ? 'held-back' : 'nobody-placed';
  }
}
