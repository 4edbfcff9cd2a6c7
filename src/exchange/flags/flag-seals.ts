import { Injectable } from '@nestjs/common';
import type { PushedContent } from '../../core/redaction/pushed-record.js';
import type { LeafPath } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { Tx } from '../../platform/database/tx.js';
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { FlagTerms, KeptFlag } from './flag.js';
import type { FlagRow } from './persistence/flag-rows.js';

type Place = Pick<FlagRow, 'id' | 'sender' | 'person'>;

/**
 * Seals what is kept of a flag: its terms for as long as its sender keeps what it has of the person, what it says under a key
 * of its own, which is destroyed after thirty days.
 */
@Injectable()
export class FlagSeals {
  constructor(
    private readonly sealer: Sealer,
    private readonly contents: EntrySealer,
  ) {}

  async seal(
    tx: Tx,
    place: Place,
    { terms, content }: { readonly terms: FlagTerms; readonly content: PushedContent },
  ): Promise<Pick<FlagRow, 'sealed'> & { readonly content: Buffer }> {
    const { id, sender: agency, person } = place;
    return {
      sealed: await this.sealer.seal(tx, { agency, person }, termsPlace(place), bytesOf(terms)),
      content: await this.contents.seal(tx, { agency, entry: id }, contentPlace(place), bytesOf([...content])),
    };
  }

  /** A flag with its terms open; undefined once what its sender has of the person was shredded. */
  async open(tx: Tx, row: FlagRow): Promise<KeptFlag | undefined> {
    const { id, sender, person, disclosureId, purpose, raisedAt, endedAt } = row;
    const opened = await this.sealer.open(tx, { agency: sender, person }, termsPlace(row), row.sealed);
    if (opened === undefined) return undefined;
    const terms = JSON.parse(opened.toString('utf8')) as FlagTerms;
    return { id, sender, person, disclosureId, purpose, raisedAt, terms, ...(endedAt !== null && { endedAt }) };
  }

  /** What a flag says; undefined once that is gone. */
  async contentOf(tx: Tx, row: FlagRow): Promise<PushedContent | undefined> {
    const { id, sender: agency, content } = row;
    const opened = content && (await this.contents.open(tx, { agency, entry: id }, contentPlace(row), content));
    return opened ? new Map(JSON.parse(opened.toString('utf8')) as [LeafPath, Json][]) : undefined;
  }

  /** Destroys the key of what a flag says. The transaction must be its sender's alone. */
  async destroyContent(tx: Tx, { id, sender }: Place): Promise<void> {
    await this.contents.shred(tx, { agency: sender, entry: id });
  }
}

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8');
const termsPlace = ({ id, sender, person }: Place): string => `flag|sealed|${sender}|${person}|${id}`;
const contentPlace = ({ id, sender }: Place): string => `flag|content|${sender}|${id}`;
