import { divideRounded } from "./rounding.ts";
import type { PartAmounts } from "./totals.ts";

/** Some pieces of a line, and how many of them went back before. */
export interface Returned {
  readonly quantity: bigint;
  readonly before: bigint;
  readonly pieces: bigint;
}

/** What pieces of a line came to. */
export interface RefundShare {
  readonly lineTotalMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxIncludedMinor: bigint;
  /** What was paid for them: the price with the taxes that were added. */
  readonly paidMinor: bigint;
}

/**
 * The share of a line's amounts that belongs to pieces which go back. Each is the difference of what all pieces so far
 * and those before come to, rounded: whatever the portions, together they are the line's amounts exactly.
 */
export function refundShare(
  line: Pick<PartAmounts, "lineTotalMinor" | "taxMinor" | "taxIncludedMinor">,
  { quantity, before, pieces }: Returned,
): RefundShare {
  if (before < 0n || pieces < 0n || before + pieces > quantity) throw new RangeError("More goes back than was sold.");
  const upTo = (amountMinor: bigint, count: bigint) => divideRounded(amountMinor * count, quantity);
  const share = (amountMinor: bigint) => upTo(amountMinor, before + pieces) - upTo(amountMinor, before);
  const lineTotalMinor = share(line.lineTotalMinor);
  const taxMinor = share(line.taxMinor);
  return {
    lineTotalMinor,
    taxMinor,
    taxIncludedMinor: share(line.taxIncludedMinor),
    paidMinor: lineTotalMinor + taxMinor,
  };
}
