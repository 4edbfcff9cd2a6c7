import type { Review } from '../../core/decision/review.js';
import { canonicalBytes } from '../../core/signing/canonical-json.js';
import { sha256 } from '../../core/signing/digest.js';
import type { Json } from '../../core/vocabulary/json.js';

/**
 * By what a review is known to be the one that was shown: every finding and everything that may be decided, not the day
 * nor the version of a policy that finds the same.
 */
export function reviewDigest({ findings, stops, items }: Review): Buffer {
  const plain = JSON.parse(JSON.stringify({ findings, stops, items })) as Json;
  return Buffer.from(sha256(canonicalBytes(plain)));
}
