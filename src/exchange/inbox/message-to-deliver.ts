import type { AgencyId, TeamId } from '../../core/vocabulary/ids.js';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Tx } from '../../platform/database/tx.js';
import type { EntrySealer } from '../../platform/sealing/entry-sealer.js';
import { messageNamed } from './persistence/inbox-rows.js';

/** Which message, of which team of its recipient. */
export interface MessageNamed {
  readonly agency: AgencyId;
  readonly team: TeamId;
  readonly id: string;
}

/**
 * Opens a message as its recipient's inbox shows it, to be sent to the recipient's own system. In a transaction of the recipient
 * alone; nobody is put on record as having read it.
 *
 * @returns undefined once it was acknowledged, or is too old: its content is gone
 * @throws NotSealedHere for content that was changed or belongs elsewhere; SyntaxError for what is no JSON
 */
export async function messageToDeliver(
  tx: Tx,
  sealer: EntrySealer,
  named: MessageNamed,
): Promise<JsonObject | undefined> {
  const message = await messageNamed(tx, named);
  if (message?.sealed === undefined) return undefined;
  const { id, agency, kind, acknowledgeBy, sealed } = message;
  // As the inbox itself seals it: to another message, agency or kind it does not open.
  const place = `inbox_message|sealed|${agency}|${id}|${kind}`;
  const bytes = await sealer.open(tx, { agency, entry: id }, place, sealed);
  if (bytes === undefined) return undefined;
  const content = JSON.parse(bytes.toString('utf8')) as JsonObject;
  bytes.fill(0);
  return { messageId: id, kind, ...content, acknowledgeBy };
}
