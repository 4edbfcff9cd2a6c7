/** Where a row of policy is written: what a reader of a decision opens to see the rule that ruled. */
export interface RowPlace {
  /** Relative to the configuration folder, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}
