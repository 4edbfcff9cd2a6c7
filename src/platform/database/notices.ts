/**
 * What a gateway may keep in memory because changes of it are told: `agencies` (an agency, its teams, officers, clients,
 * keys and endpoints), `policy` (the version published, and agreements), `keys` (the gateway's own keyring). `inbox`, of which
 * nothing is kept, tells that something was delivered to an agency, and by a gateway that died meanwhile not even that.
 */
export type NoticeTopic = 'agencies' | 'policy' | 'keys' | 'inbox';

/** Called with the id of what changed; with none when anything of the topic may have. Returns soon and throws nothing. */
export type NoticeHandler = (changed: string | undefined) => void;

/**
 * Tells of changes that any gateway of the database made, soon after their commit: within 5 seconds a gateway either has
 * been told or knows that it hears nothing.
 */
export abstract class Notices {
  /**
   * A number that moves on with every change of the topic and whenever one may have been missed; undefined while none
   * can be heard.
   *
   * A cache takes it, then reads the database, then keeps what it read under it, and uses that only while the number is
   * still the same. Taken after the read it would vouch for what was read before the change. Under undefined nothing is
   * kept or used.
   */
  abstract epochOf(topic: NoticeTopic): number | undefined;

  /** Calls back after each such move: for what is to be thrown away, or read ahead. Lasts as long as the gateway. */
  abstract on(topic: NoticeTopic, handler: NoticeHandler): void;
}
