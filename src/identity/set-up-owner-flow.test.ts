import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { accountSite, givenOwner, givenUser, password, signIn, visitor } from "../../test/support/given-accounts.ts";
import { findEntries } from "../audit/index.ts";

const path = "/api/store/auth/setup-owner";
const dayMs = 86_400_000;
const body = { name: "Olga", email: "Olga@Example.com", password };

describe("the first owner", () => {
  test("comes in by the link of the first start, once, and is signed in", async () => {
    const site = await accountSite();
    const token = await site.setupToken();
    const browser = visitor(site);
    const made = await browser.ask("POST", path, { token, ...body });
    assert.equal(made.status, 201, made.body);
    assert.equal((await browser.ask("GET", "/api/v2/staff")).status, 200);
    assert.equal((await signIn(visitor(site), "olga@example.com")).status, 200);
    const again = await visitor(site).ask("POST", path, { token, ...body, email: "eve@example.com" });
    assert.deepEqual([again.status, again.code], [422, "identity.link_invalid"]);
    assert.equal(await site.setupToken(), undefined);
    const { rows } = await findEntries(site.db, { action: "staff.owner_made" }, { limit: 5 });
    assert.deepEqual(
      rows.map(({ actor }) => actor),
      ["start"],
    );
  });

  test("is one of two who use the link at once", async () => {
    const site = await accountSite();
    const token = await site.setupToken();
    const answers = await Promise.all(
      ["a@example.com", "b@example.com", "c@example.com"].map((email) =>
        visitor(site).ask("POST", path, { token, ...body, email }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422, 422]);
    assert.deepEqual(await ask(site.db, "select count(*)::int as n from identity.users"), [{ n: 1 }]);
  });

  test("has a new link at each start, and the former one opens nothing", async () => {
    const site = await accountSite();
    const former = await site.setupToken();
    const token = await site.setupToken();
    assert.notEqual(former, token);
    assert.equal((await visitor(site).ask("POST", path, { token: former, ...body })).status, 422);
    const kept = await ask<{ kept: string }>(
      site.db,
      "select row_to_json(t)::text as kept from identity.one_time_tokens t",
    );
    assert.ok(kept.every((row) => !row.kept.includes(token ?? "-")));
    site.time.aheadMs = dayMs;
    assert.equal((await visitor(site).ask("POST", path, { token, ...body })).status, 422);
  });

  test("cannot take the address of somebody who has an account, and keeps the link", async () => {
    const site = await accountSite();
    await givenUser(site, "olga@example.com");
    const token = await site.setupToken();
    const taken = await visitor(site).ask("POST", path, { token, ...body });
    assert.deepEqual([taken.status, taken.code], [409, "identity.email_taken"]);
    assert.equal((await visitor(site).ask("POST", path, { token, ...body, email: "other@example.com" })).status, 201);
  });

  test("is not made by anybody without the link", async () => {
    const site = await accountSite();
    for (const token of ["x", "A".repeat(43)]) {
      assert.equal((await visitor(site).ask("POST", path, { token, ...body })).status, 422);
    }
    assert.equal((await visitor(site).ask("POST", path, body)).status, 422);
    await givenOwner(site);
  });
});
