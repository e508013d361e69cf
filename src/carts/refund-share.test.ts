import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refundShare } from "./totals.ts";

describe("refundShare", () => {
  test("gives no more pieces back than were sold", () => {
    const line = { lineTotalMinor: 100n, taxMinor: 10n, taxIncludedMinor: 0n };
    assert.throws(() => refundShare(line, { quantity: 3n, before: 2n, pieces: 2n }), RangeError);
    assert.throws(() => refundShare(line, { quantity: 3n, before: 0n, pieces: -1n }), RangeError);
  });

  test("rounds what all pieces so far came to", () => {
    const line = { lineTotalMinor: 100n, taxMinor: 10n, taxIncludedMinor: 0n };
    const shares = [0n, 1n, 2n].map((before) => refundShare(line, { quantity: 3n, before, pieces: 1n }));
    assert.deepEqual(
      shares.map(({ lineTotalMinor, taxMinor, paidMinor }) => [lineTotalMinor, taxMinor, paidMinor]),
      [
        [33n, 3n, 36n],
        [34n, 4n, 38n],
        [33n, 3n, 36n],
      ],
    );
  });
});
