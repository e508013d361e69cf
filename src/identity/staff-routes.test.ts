import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import {
  type AccountSite,
  accountSite,
  givenOwner,
  givenStaff,
  givenUser,
  password,
  signIn,
  tokenTo,
  type Visitor,
  visitor,
} from "../../test/support/given-accounts.ts";
import { findEntries } from "../audit/index.ts";
import { createApiKey } from "./create-api-key.ts";
import { sessionCookie } from "./session.ts";

const staff = "/api/v2/staff";
const auth = "/api/store/auth";
const by = { actor: "cli", name: "operator command", requestId: null };

interface StaffBody {
  id: string;
  email: string;
  role: string;
  status: string;
}

let site: AccountSite;
let owner: Visitor;
let ownerId: string;

before(async () => {
  site = await accountSite();
  owner = await givenOwner(site);
  ownerId = (await listed())[0]?.id ?? "";
});

async function listed(by = owner, query = ""): Promise<StaffBody[]> {
  const answer = await by.ask("GET", `${staff}${query}`);
  assert.equal(answer.status, 200, answer.body);
  return answer.json<{ data: StaffBody[] }>().data;
}

async function idOf(email: string): Promise<string> {
  return (await listed()).find((member) => member.email === email)?.id ?? "";
}

async function key(scopes: string[]): Promise<{ authorization: string }> {
  const made = await site.db.transaction((tx) => createApiKey(tx, { name: "test", scopes, by }, site.now()));
  return { authorization: `Bearer ${made.secret}` };
}

describe("those who work here", () => {
  test("are invited by letter, and come in by the link that sets their password", async () => {
    const body = { email: "Sam@Example.com", name: "Sam", role: "support" };
    const invited = await owner.ask("POST", staff, body, { "idempotency-key": "sam" });
    assert.equal(invited.status, 201, invited.body);
    assert.equal(invited.json<StaffBody>().status, "invited");
    const replayed = await owner.ask("POST", staff, body, { "idempotency-key": "sam" });
    assert.equal(replayed.body, invited.body);
    assert.equal((await site.letters("sam@example.com")).length, 1);
    const sam = visitor(site);
    const token = await tokenTo(site, "sam@example.com", "staff_invitation");
    assert.equal((await sam.ask("POST", `${auth}/reset-password`, { token, password })).status, 200);
    const entered = await signIn(sam, "sam@example.com");
    assert.equal(entered.json<{ user: { staff_role: string } }>().user.staff_role, "support");
    assert.equal((await sam.ask("GET", staff)).status, 403);
    const again = await owner.ask("POST", staff, body);
    assert.deepEqual([again.status, again.code], [409, "identity.staff_exists"]);
  });

  test("keep an account that they proved, and lose the password of one that they did not", async () => {
    const shopper = await givenUser(site, "proved@example.com", "Pru");
    await owner.ask("POST", staff, { email: "proved@example.com", name: "Pru", role: "fulfilment" });
    assert.equal((await site.letters("proved@example.com")).at(-1)?.path, "/sign-in");
    assert.equal((await signIn(shopper, "proved@example.com")).status, 200);

    // Somebody took the address before, and waits for its owner to press the link.
    const squatter = visitor(site, "203.0.113.99");
    await squatter.ask("POST", `${auth}/sign-up`, { name: "Eve", email: "new@example.com", password });
    const early = await tokenTo(site, "new@example.com", "account_verification");
    await owner.ask("POST", staff, { email: "new@example.com", name: "Ned", role: "manager" });
    await squatter.ask("POST", `${auth}/verify-email`, { token: early });
    assert.equal((await signIn(squatter, "new@example.com")).status, 401);
  });

  test("are listed once over the pages, and read one by one with a tag", async () => {
    const all = await listed(owner, "?limit=100");
    const seen: string[] = [];
    let cursor = "";
    do {
      const answer = await owner.ask("GET", `${staff}?limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`);
      const page = answer.json<{ data: StaffBody[]; next_cursor: string | null }>();
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor ?? "";
    } while (cursor !== "");
    assert.deepEqual(
      seen,
      all.map(({ id }) => id),
    );
    const one = await owner.ask("GET", `${staff}/${ownerId}`);
    const tag = String(one.headers.etag);
    assert.equal((await owner.ask("GET", `${staff}/${ownerId}`, undefined, { "if-none-match": tag })).status, 304);
    for (const absent of ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f", "nonsense"]) {
      assert.equal((await owner.ask("GET", `${staff}/${absent}`)).code, "identity.staff_not_found");
    }
    assert.equal((await owner.ask("GET", `${staff}?cursor=nonsense`)).status, 422);
  });

  test("may what their role may from the next request on, in every process", async () => {
    const beside = await accountSite({ beside: site });
    const browser = await givenStaff(site, owner, "manager");
    const there = visitor(beside);
    there.cookies.set(sessionCookie, browser.cookies.get(sessionCookie) ?? "");
    assert.equal((await there.ask("GET", staff)).status, 200);
    const id = await idOf("staff-manager@example.com");
    const tag = String((await owner.ask("GET", `${staff}/${id}`)).headers.etag);
    const lowered = await owner.ask("PATCH", `${staff}/${id}`, { role: "fulfilment" }, { "if-match": tag });
    assert.equal(lowered.status, 200, lowered.body);
    assert.deepEqual([(await there.ask("GET", staff)).status, (await browser.ask("GET", staff)).status], [403, 403]);
    const stale = await owner.ask("PATCH", `${staff}/${id}`, { role: "manager" }, { "if-match": tag });
    assert.equal(stale.status, 412);

    const disabled = await owner.ask("POST", `${staff}/${id}/disable`);
    assert.equal(disabled.json<StaffBody>().status, "disabled");
    assert.equal((await there.ask("GET", "/api/v2/api-keys")).status, 401);
    const shopping = (await browser.ask("GET", "/api/store/cart")).json<{ owner: null }>();
    assert.equal(shopping.owner, null);
    await signIn(browser, "staff-manager@example.com");
    assert.equal((await browser.ask("GET", staff)).status, 401);
    assert.equal((await owner.ask("POST", `${staff}/${id}/disable`)).status, 200);
    assert.equal((await owner.ask("POST", `${staff}/${id}/enable`)).status, 200);
    assert.equal((await browser.ask("GET", staff)).status, 403);
    await owner.ask("PATCH", `${staff}/${id}`, { role: "manager" });
    assert.equal((await browser.ask("GET", staff)).status, 200);

    const { rows } = await findEntries(site.db, { subject: `staff/${id}` }, { limit: 10 });
    assert.deepEqual(
      rows.map(({ action, actor }) => [action, actor]),
      [
        ["staff.role_changed", `user/${ownerId}`],
        ["staff.enabled", `user/${ownerId}`],
        ["staff.disabled", `user/${ownerId}`],
        ["staff.role_changed", `user/${ownerId}`],
        ["staff.invited", `user/${ownerId}`],
      ],
    );
  });

  test("have writes by cookie refused that come from another site's page", async () => {
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      const answer = await owner.ask("POST", `${staff}/${ownerId}/disable`, undefined, headers);
      assert.deepEqual([answer.status, answer.code], [403, "http.cross_site"]);
    }
    const own = await owner.ask("POST", `${staff}/${ownerId}/enable`, undefined, {
      origin: "http://shop.example",
      host: "shop.example",
    });
    assert.equal(own.status, 200);
  });

  test("always have an owner among them", async () => {
    for (const [path, body] of [
      [`${staff}/${ownerId}/disable`, undefined],
      [`${staff}/${ownerId}`, { role: "manager" }],
    ] as const) {
      const answer = await owner.ask(body ? "PATCH" : "POST", path, body);
      assert.deepEqual([answer.status, answer.code], [409, "identity.staff_owner_needed"]);
    }
    // An owner who was invited and never came does not count.
    await owner.ask("POST", staff, { email: "absent@example.com", name: "Abe", role: "owner" });
    assert.equal((await owner.ask("POST", `${staff}/${ownerId}/disable`)).code, "identity.staff_owner_needed");
  });

  test("keep one owner when two lower each other at once", async () => {
    const own = await accountSite();
    const first = await givenOwner(own);
    const second = await givenStaff(own, first, "owner");
    for (let round = 0; round < 3; round += 1) {
      const members = (await first.ask("GET", staff)).json<{ data: StaffBody[] }>().data;
      const [other, one] = members.map(({ id }) => id);
      const answers = await Promise.all([
        first.ask("PATCH", `${staff}/${other}`, { role: "manager" }),
        second.ask("PATCH", `${staff}/${one}`, { role: "manager" }),
      ]);
      const statuses = answers.map(({ status }) => status).sort();
      assert.ok(statuses[0] === 200 && [403, 409].includes(statuses[1] ?? 0), String(statuses));
      const owners = await ask<{ n: number }>(
        own.db,
        "select count(*)::int as n from identity.staff where role = 'owner'",
      );
      assert.deepEqual(owners, [{ n: 1 }]);
      await ask(own.db, "update identity.staff set role = 'owner'");
    }
  });

  test("are decided on by nobody who may less", async () => {
    const bearer = await key(["staff:write", "staff:read", "orders:read"]);
    const nobody = visitor(site);
    for (const [method, path, body] of [
      ["POST", staff, { email: "eve@example.com", name: "Eve", role: "owner" }],
      ["POST", staff, { email: "eve@example.com", name: "Eve", role: "support" }],
      ["PATCH", `${staff}/${ownerId}`, { role: "read_only" }],
      ["POST", `${staff}/${ownerId}/disable`, undefined],
      ["POST", "/api/v2/api-keys", { name: "eve", scopes: ["full"] }],
      ["POST", "/api/v2/api-keys", { name: "eve", scopes: ["orders:read", "orders:write"] }],
    ] as const) {
      const answer = await nobody.ask(method, path, body, bearer);
      assert.deepEqual([answer.status, answer.code], [403, "identity.beyond_yours"], `${path} ${answer.body}`);
    }
    assert.deepEqual(await ask(site.db, "select 1 from identity.users where email = 'eve@example.com'"), []);
  });
});

describe("API keys", () => {
  test("are made, shown once, listed and revoked by those who decide on staff", async () => {
    const made = await owner.ask(
      "POST",
      "/api/v2/api-keys",
      { name: "warehouse", scopes: ["orders:read", "orders:read"] },
      { "idempotency-key": "k" },
    );
    assert.equal(made.status, 201, made.body);
    const { id, key: secret, scopes } = made.json<{ id: string; key: string; scopes: string[] }>();
    assert.deepEqual(scopes, ["orders:read"]);
    const again = await owner.ask(
      "POST",
      "/api/v2/api-keys",
      { name: "warehouse", scopes: ["orders:read", "orders:read"] },
      { "idempotency-key": "k" },
    );
    assert.deepEqual([again.json<{ id: string }>().id, again.json<{ key: null }>().key], [id, null]);
    const kept = await ask<{ kept: string }>(
      site.db,
      "select row_to_json(k)::text as kept from http.idempotency_keys k",
    );
    assert.ok(kept.every((row) => !row.kept.includes(secret.slice(-20))));

    const bearer = { authorization: `Bearer ${secret}` };
    assert.equal((await visitor(site).ask("GET", staff, undefined, bearer)).status, 403);
    const found = (await owner.ask("GET", "/api/v2/api-keys")).json<{ data: { id: string }[] }>().data;
    assert.equal(found[0]?.id, id);
    assert.ok(!JSON.stringify(found).includes(secret.slice(-20)));
    const revoked = await owner.ask("POST", `/api/v2/api-keys/${id}/revoke`);
    assert.notEqual(revoked.json<{ revoked_at: string | null }>().revoked_at, null);
    site.time.aheadMs += 1_001; // As long as a process may remember a key.
    assert.equal((await visitor(site).ask("GET", staff, undefined, bearer)).status, 401);
    assert.equal((await owner.ask("POST", "/api/v2/api-keys/nonsense/revoke")).code, "identity.key_not_found");
  });

  test("come before sessions: a key that opens nothing is not made good by a cookie", async () => {
    const headers = { authorization: `Bearer ow_0123456789_${"a".repeat(43)}` };
    assert.equal((await owner.ask("GET", staff, undefined, headers)).status, 401);
  });

  test("replay nothing to whoever may not ask any more", async () => {
    const browser = await givenStaff(site, owner, "owner");
    const body = { name: "mine", scopes: ["orders:read"] };
    const keyed = { "idempotency-key": "replayed" };
    assert.equal((await browser.ask("POST", "/api/v2/api-keys", body, keyed)).status, 201);
    const id = await idOf("staff-owner@example.com");
    assert.equal((await owner.ask("PATCH", `${staff}/${id}`, { role: "read_only" })).status, 200);
    const replayed = await browser.ask("POST", "/api/v2/api-keys", body, keyed);
    assert.equal(replayed.status, 403);
    const others = await owner.ask("POST", "/api/v2/api-keys", body, keyed);
    assert.equal(others.headers["idempotent-replayed"], undefined);
  });
});
