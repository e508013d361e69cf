import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { insist, orderIdOf, orderWish } from "../support/insist.ts";
import { givenSite, startServing } from "../support/serve.ts";

const blockMs = 4_000; // Several leases of a second: by then the process is taken for dead.
const others = 6;

/** Points where a process stops doing anything at all, and comes back as if nothing had been. */
const points = ["after-charge", "inside-settle", "inside-telling", "before-feed-commit"];

describe("a process whose event loop is blocked", { concurrency: 2 }, () => {
  for (const point of points) {
    test(`does nothing twice when it is blocked at ${point} and others take over`, async () => {
      const site = await givenSite();
      const blocked = await startServing(site, { FAILPOINTS: `${point}@1:block=${blockMs}` });
      const wish = orderWish(`blocked-${point}`);
      const first = insist(wish, () => blocked);
      const holders = () => ask<{ token: bigint }>(site.db, "select max(token) as token from platform.leases");
      const before = await holders();
      const other = await startServing(site);
      const more = await Promise.all(
        Array.from({ length: others }, (_, turn) => insist(orderWish(`${point}-${turn}`), () => other)),
      );
      await eventually("the other holds a lease that was the blocked one's", async () => {
        const [now] = await holders();
        return (now?.token ?? 0n) > (before[0]?.token ?? 0n);
      });

      const answered = await first;
      const again = await insist(wish, () => other);
      assert.equal(again.text, answered.text, "both nodes answer the same");
      const later = await insist(orderWish(`${point}-later`), () => blocked);
      await untilDrained(site.db);
      const books = await readBooks(site.db);
      const ids = [answered, later, ...more].map(orderIdOf);
      assert.deepEqual(books.map(({ orderId }) => orderId).sort(), ids.sort(), "each order is there once");
      for (const one of books) assertPaidOnce(one);
      await assertVerified(site.url);
      assert.deepEqual([await blocked.stop(), await other.stop()], [0, 0]);
    });
  }
});
