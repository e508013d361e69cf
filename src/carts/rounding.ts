/** Divides and rounds half away from zero. The divisor is positive. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  // An odd divisor has no half: what is left over is on one side of it or the other.
  return dividend < 0n ? -((-dividend + half) / divisor) : (dividend + half) / divisor;
}

/**
 * Spreads an amount over weights: each gets its share rounded down, and what is left goes, one unit each, to those that
 * were rounded down most. Of equal ones `prefer` says who comes first; it tells apart whatever must not depend on the
 * order of the weights. The shares sum to the amount, and none is larger than its weight while the amount is not larger
 * than all of them together.
 */
export function spread(
  amount: bigint,
  weights: readonly bigint[],
  prefer: (one: number, other: number) => number,
): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return weights.map(() => 0n);
  const shares = weights.map((weight) => (amount * weight) / whole);
  const remainders = weights.map((weight) => (amount * weight) % whole);
  const left = amount - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = weights
    .map((_, index) => index)
    .sort((one, other) => compare(remainders[other], remainders[one]) || prefer(one, other));
  for (const index of byRemainder.slice(0, Number(left))) shares[index] = (shares[index] ?? 0n) + 1n;
  return shares;
}

/** For sorting, as the difference of numbers is. */
export function compare(one: bigint | undefined, other: bigint | undefined): number {
  const [left, right] = [one ?? 0n, other ?? 0n];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
