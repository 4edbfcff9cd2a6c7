/**
 * How well one can tell, from one measured value, which of two samples it came from: the area under the ROC curve. 0.5 is
 * not at all, 0 and 1 are always (Mann and Whitney's U over the product of the sizes).
 */
export function areaUnderCurve(first: readonly number[], second: readonly number[]): number {
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ].sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    // Equal values share the mean of their ranks.
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1) if (all[at]?.isFirst === true) ranks += rank;
    from = to;
  }
  const n = first.length;
  return (ranks - (n * (n + 1)) / 2) / (n * second.length);
}

/** By how much the area strays from 0.5 by chance alone, one standard deviation. */
export function strayOf(first: number, second: number): number {
  return Math.sqrt((first + second + 1) / (12 * first * second));
}
