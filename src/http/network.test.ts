import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { networkOf } from "./network.ts";

describe("networkOf", () => {
  const cases: [string, string][] = [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", ""],
  ];
  for (const [address, expected] of cases) {
    test(`takes ${address || "nothing"} for ${expected || "nothing"}`, () =>
      assert.equal(networkOf(address), expected));
  }

  test("takes all for one whose connection is gone", () => assert.equal(networkOf(undefined), "gone"));
});
