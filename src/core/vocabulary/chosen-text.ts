/** A stretch of a text, in UTF-16 code units: from `start` until before `end`. */
export interface TextSegment {
  readonly start: number;
  readonly end: number;
}

/** What a person chose of one text they read. */
export interface ChosenText {
  /** Of the text as it was shown to them, base64url SHA-256 of its UTF-8. */
  readonly digest: string;
  /** In order, none touching what another holds. */
  readonly segments: readonly TextSegment[];
}
