/** What can be wrong with a log. Each is found by re-deriving, never by believing what is stored. */
export type DiscrepancyKind =
  /** Entries or checkpoints without a log they belong to. */
  | 'state-missing'
  /** The log's size or root is not that of its entries, or its key is not the gateway's. */
  | 'state-differs'
  /** An index without an entry. */
  | 'gap'
  /** An entry whose leaf hash is not its hash. */
  | 'leaf-differs'
  /** A tile that is not the tile of its leaves, absent, or in a place where the tree has none. */
  | 'tile-differs'
  /** A checkpoint that the log's key did not sign, or that speaks of another log. */
  | 'checkpoint-forged'
  /** A checkpoint, rightly signed or not, whose root is not that of the entries. */
  | 'checkpoint-differs'
  /** A slice whose leaf neither waits nor is in the log. */
  | 'entry-lost'
  /** An entry that has waited longer than any receipt allows. */
  | 'sequencing-late'
  /** A slice that is not what was committed to. */
  | 'slice-edited'
  /** A slice of which the salt is there but no key of its details, or the reverse: both are kept or both are gone. */
  | 'half-forgotten'
  /** An entry of which no agency has a record. */
  | 'entry-without-slice'
  /** A receipt whose promise of inclusion was not kept: the operator's fault, whatever the cause. */
  | 'promise-broken';

/** One thing that is wrong, and where: an index, a size, a tile's path, a slice's id or a leaf. Never personal data. */
export interface Discrepancy {
  readonly kind: DiscrepancyKind;
  readonly at: string;
}
