import { Injectable } from '@nestjs/common';
import type { PushedContent } from '../../core/redaction/pushed-record.js';
import type { LeafPath } from '../../core/vocabulary/codes.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { Tx } from '../../platform/database/tx.js';
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { FollowUp, FollowUpTerms } from './follow-up.js';
import { addFollowUp, markTold, type FollowUpRow } from './persistence/follow-up-rows.js';

/**
 * Keeps follow-ups sealed: their terms for as long as their agency keeps what it has of the person, what a correction says
 * under a key of its own, which is destroyed once everybody was told.
 */
@Injectable()
export class FollowUpSeals {
  constructor(
    private readonly sealer: Sealer,
    private readonly contents: EntrySealer,
  ) {}

  /** Adds a follow-up. The transaction must be its agency's alone. */
  async keep(tx: Tx, followUp: FollowUp, content?: PushedContent): Promise<void> {
    const { terms, ...row } = followUp;
    const { id, agency, person } = row;
    await addFollowUp(tx, {
      ...row,
      sealed: await this.sealer.seal(tx, { agency, person }, termsPlace(row), bytesOf(terms)),
      content:
        content === undefined
          ? null
          : await this.contents.seal(tx, { agency, entry: id }, contentPlace(row), bytesOf([...content])),
    });
  }

  /** A follow-up with its terms open; undefined once what its agency has of the person was shredded. */
  async open(tx: Tx, row: FollowUpRow): Promise<FollowUp | undefined> {
    const { sealed, content: _, ...kept } = row;
    const { agency, person } = kept;
    const opened = await this.sealer.open(tx, { agency, person }, termsPlace(row), sealed);
    return opened && { ...kept, terms: JSON.parse(opened.toString('utf8')) as FollowUpTerms };
  }

  /** What a correction says. */
  async contentOf(tx: Tx, row: FollowUpRow): Promise<PushedContent | undefined> {
    const { id, agency, content } = row;
    const opened = content && (await this.contents.open(tx, { agency, entry: id }, contentPlace(row), content));
    return opened ? new Map(JSON.parse(opened.toString('utf8')) as [LeafPath, Json][]) : undefined;
  }

  /** Notes that everybody was told, and destroys what a correction said. The transaction must be its agency's alone. */
  async end(tx: Tx, { id, agency, content }: FollowUpRow, at: FollowUp['begunAt']): Promise<void> {
    await markTold(tx, id, at);
    if (content !== null) await this.contents.shred(tx, { agency, entry: id });
  }
}

type Place = Pick<FollowUpRow, 'id' | 'agency' | 'person'>;
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8');
const termsPlace = ({ id, agency, person }: Place): string => `follow_up|sealed|${agency}|${person}|${id}`;
const contentPlace = ({ id, agency }: Place): string => `follow_up|content|${agency}|${id}`;
