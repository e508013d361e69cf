import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { opensOrder, writeOrderLink } from "./link.ts";
import { linkToOrder } from "./link-to-order.ts";

const uid = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const secret = "a secret of tests";
const noon = new Date("2026-11-23T12:00:00.000Z");
const evening = new Date("2026-11-23T18:00:00.000Z");

describe("the link of an order", () => {
  const link = writeOrderLink(uid, evening, secret);

  test("opens its order until its time is over, in any case of letters", () => {
    assert.equal(opensOrder(link, uid, secret, noon), true);
    assert.equal(opensOrder(link, uid.toUpperCase(), secret, noon), true);
    assert.equal(opensOrder(link, uid, secret, evening), false);
  });

  test("opens no other order, and none under another secret", () => {
    assert.equal(opensOrder(link, uid.replace("8f", "90"), secret, noon), false);
    assert.equal(opensOrder(link, uid, "another secret", noon), false);
  });

  test("opens nothing when a character of it is another one, or it is no link at all", () => {
    fc.assert(
      fc.property(fc.nat(link.length - 1), fc.constantFrom(..."09azAZ-_. "), (at, character) => {
        const changed = link.slice(0, at) + character + link.slice(at + 1);
        // The last character of the signature has two bits that mean nothing.
        const same = changed === link || at === link.length - 1;
        return same || !opensOrder(changed, uid, secret, noon);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => !opensOrder(text, uid, secret, noon)));
  });

  test("stands in mails of orders that were carts, the same until the order moves", () => {
    const links = { secret, validMs: 86_400_000, pagesAt: () => "https://shop.example" };
    const order = { uid, cartId: uid, updatedAt: noon };
    const address = linkToOrder(order, links) ?? "";
    assert.equal(address, linkToOrder(order, links));
    const [page, key = ""] = address.split("#key=");
    assert.equal(page, `https://shop.example/orders/${uid}`);
    assert.equal(opensOrder(key, uid, secret, evening), true);
    assert.equal(linkToOrder({ ...order, cartId: null }, links), null);
  });
});
