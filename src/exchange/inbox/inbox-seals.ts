import { Injectable } from '@nestjs/common';
import { canonicalBytes } from '../../core/signing/canonical-json.js';
import type { Json } from '../../core/vocabulary/json.js';
import type { Tx } from '../../platform/database/tx.js';
import type { CarriedSeal } from '../../platform/sealing/carried-seal.js';
import { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import type { KeptMessage, MessageContent, NewMessage, RestsOn } from './inbox-message.js';

/** Seals what is delivered for its recipient, and what it rests on for nobody but the gateway that decides it again. */
@Injectable()
export class InboxSeals {
  constructor(private readonly sealer: EntrySealer) {}

  /** Under a key of the message's own. */
  sealContent(tx: Tx, message: NewMessage): Promise<Buffer> {
    const { id, agency, content } = message;
    return this.sealer.seal(tx, { agency, entry: id }, contentPlace(message), bytesOf(content));
  }

  /** Throws for a message that waits and whose content is gone. */
  async openContent(tx: Tx, message: KeptMessage): Promise<MessageContent> {
    const { id, agency, sealed } = message;
    const bytes = sealed && (await this.sealer.open(tx, { agency, entry: id }, contentPlace(message), sealed));
    if (bytes === undefined) throw new Error(`message \`${id}\` waits and its content is gone`);
    return opened(bytes) as unknown as MessageContent;
  }

  /** With a key that lies beside it, and is gone when it is. */
  sealRestsOn(message: NewMessage): CarriedSeal | undefined {
    const { restsOn } = message;
    return restsOn && this.sealer.sealCarried(restsOnPlace(message), bytesOf(restsOn));
  }

  /** Undefined where there is none. */
  openRestsOn(message: KeptMessage): RestsOn | undefined {
    const { restsOn } = message;
    return restsOn && (opened(this.sealer.openCarried(restsOnPlace(message), restsOn)) as unknown as RestsOn);
  }

  /** Makes the content unreadable for ever, in a transaction of its recipient alone. */
  async shred(tx: Tx, { id, agency }: Pick<KeptMessage, 'id' | 'agency'>): Promise<void> {
    await this.sealer.shred(tx, { agency, entry: id });
  }
}

type Place = Pick<KeptMessage, 'id' | 'agency' | 'sender' | 'kind'>;

function contentPlace({ id, agency, kind }: Place): string {
  return `inbox_message|sealed|${agency}|${id}|${kind}`;
}

function restsOnPlace({ id, agency, sender, kind }: Place): string {
  return `inbox_message|rests_on|${sender}|${agency}|${id}|${kind}`;
}

function bytesOf(content: object): Uint8Array {
  return canonicalBytes(JSON.parse(JSON.stringify(content)) as Json);
}

function opened(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json;
  } finally {
    bytes.fill(0);
  }
}
