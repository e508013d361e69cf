import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { covers, roleOfClaim, type StaffRole, scopesOf, staffRoles } from "./role.ts";
import { scopes } from "./scope.ts";

const may = (role: StaffRole, scope: string) => covers(scopesOf(role), [scope]);

describe("roles", () => {
  test("an owner may do everything, and nobody else may", () => {
    for (const scope of scopes) assert.ok(may("owner", scope));
    for (const role of staffRoles.slice(1)) assert.ok(!may(role, "full"), role);
  });

  test("who works here, and which keys there are, is the owner's to say", () => {
    assert.deepEqual(
      staffRoles.filter((role) => may(role, "staff:write")),
      ["owner"],
    );
  });

  test("who only reads writes nothing, and sees no letters", () => {
    assert.ok(scopesOf("read_only").every((scope) => scope.endsWith(":read")));
    assert.ok(!may("read_only", "mails:read"));
  });

  test("money goes back by owners and managers alone", () => {
    assert.deepEqual(
      staffRoles.filter((role) => may(role, "payments:write")),
      ["owner", "manager"],
    );
  });

  test("fulfilment moves orders and sees no customers' files", () => {
    assert.ok(may("fulfilment", "orders:write"));
    assert.ok(!may("fulfilment", "customers:read") && !may("fulfilment", "mails:read"));
  });

  test("a manager may all that the roles below may", () => {
    for (const role of ["support", "fulfilment", "read_only"] as const) {
      assert.ok(covers(scopesOf("manager"), scopesOf(role)), role);
    }
  });
});

describe("roleOfClaim", () => {
  for (const [claim, role] of [
    ["support", "support"],
    [["read_only", "manager", "support"], "manager"],
    [["admin", "fulfilment", 7, null], "fulfilment"],
    ["Owner", undefined],
    [[], undefined],
    [undefined, undefined],
    [{ role: "owner" }, undefined],
    [true, undefined],
  ] as const) {
    test(`reads ${JSON.stringify(claim)} as ${role}`, () => assert.equal(roleOfClaim(claim), role));
  }
});
