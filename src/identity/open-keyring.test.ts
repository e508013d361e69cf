import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { statementsOf, testDatabase } from "../../test/support/database.ts";
import type { Sql } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import { createApiKey } from "./create-api-key.ts";
import { keyring } from "./open-keyring.ts";
import { revokeApiKey } from "./revoke-api-key.ts";

const by = { actor: "cli", name: "operator command", requestId: null };
const noon = new Date("2026-11-23T12:00:00.000Z");

/** A clock that a test moves by hand. */
function clockAt(start: Date) {
  let at = start.getTime();
  return {
    now: () => new Date(at),
    pass(ms: number) {
      at += ms;
    },
  };
}

async function givenKeyring() {
  const database = await testDatabase();
  const created = await database.db.transaction((tx) =>
    createApiKey(tx, { name: "shop", scopes: ["orders:read", "orders:write"], by }, noon),
  );
  const clock = clockAt(noon);
  const asked: string[] = [];
  const counted: Sql = {
    run(text, params) {
      asked.push(text.name);
      return database.db.run(text, params);
    },
  };
  return { ...database, created, clock, asked, ring: keyring(counted, clock) };
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

describe("keyring", () => {
  test("knows a key by either header, and the scheme in any case", async () => {
    const { ring, created } = await givenKeyring();
    const who = { id: created.keyId, name: "shop", scopes: ["orders:read", "orders:write"] };
    assert.deepEqual(await ring.authenticate(bearer(created.secret)), who);
    assert.deepEqual(await ring.authenticate({ authorization: `bEARER  ${created.secret}` }), who);
    assert.deepEqual(await ring.authenticate({ "x-api-key": created.secret }), who);
  });

  test("knows nobody without a key, with nonsense, or with a wrong secret, and looks nonsense up never", async () => {
    const { ring, created, asked } = await givenKeyring();
    const wrong = `${created.secret.slice(0, -2)}${created.secret.endsWith("AA") ? "BB" : "AA"}`;
    for (const headers of [
      {},
      { authorization: "" },
      { authorization: "Basic eDp5" },
      bearer("nonsense"),
      bearer(`${created.secret} x`),
      bearer(`${created.secret}x`),
      { "x-api-key": [created.secret] as never },
    ]) {
      assert.equal(await ring.authenticate(headers), undefined);
    }
    assert.deepEqual(asked, []);
    assert.equal(await ring.authenticate(bearer(wrong)), undefined);
    assert.deepEqual(asked, ["identity.find_live_key"]);
  });

  test("looks a key up once a second, right or wrong, however many requests present it at once", async () => {
    const { ring, created, clock, asked } = await givenKeyring();
    const wrong = `ow_0123456789_${"A".repeat(43)}`;
    const present = (secret: string) =>
      Promise.all(Array.from({ length: 50 }, () => ring.authenticate(bearer(secret))));
    await present(created.secret);
    await present(created.secret);
    assert.equal(asked.length, 1);
    await present(wrong);
    await present(wrong);
    assert.equal(asked.length, 2);
    clock.pass(1000);
    await present(created.secret);
    assert.equal(asked.length, 3);
  });

  test("refuses a revoked key a second later at most", async () => {
    const { ring, created, clock, db } = await givenKeyring();
    assert.ok(await ring.authenticate(bearer(created.secret)));
    await db.transaction((tx) => revokeApiKey(tx, { key: created.prefix, by }, noon));
    clock.pass(1000);
    assert.equal(await ring.authenticate(bearer(created.secret)), undefined);
  });

  test("asks again when the clock was set back", async () => {
    const { ring, created, clock, asked } = await givenKeyring();
    await ring.authenticate(bearer(created.secret));
    clock.pass(-5000);
    await ring.authenticate(bearer(created.secret));
    assert.equal(asked.length, 2);
  });

  test("keeps a good key through a flood of wrong ones", async () => {
    const { created, clock, db } = await givenKeyring();
    const asked: string[] = [];
    const counted: Sql = {
      async run(text, params) {
        asked.push(String(params.prefix));
        if (params.prefix === created.prefix) return db.run(text, params);
        return { rowCount: 0, rows: [] };
      },
    };
    const ring = keyring(counted, clock);
    await ring.authenticate(bearer(created.secret));
    for (let index = 0; index < 20_100; index += 1) {
      await ring.authenticate(bearer(`ow_${index.toString(16).padStart(10, "0")}_${"A".repeat(43)}`));
    }
    assert.ok(await ring.authenticate(bearer(created.secret)));
    assert.equal(asked.filter((prefix) => prefix === created.prefix).length, 1);
  });

  test("goes on with a good key for its second when the database is away, then says so", async () => {
    const { ring, created, clock, close } = await givenKeyring();
    assert.ok(await ring.authenticate(bearer(created.secret)));
    await close();
    assert.ok(await ring.authenticate(bearer(created.secret)));
    clock.pass(1000);
    await assert.rejects(ring.authenticate(bearer(created.secret)), isUnavailable);
    await assert.rejects(ring.authenticate(bearer(created.secret)), isUnavailable, "an error is not remembered");
  });

  test("takes one statement", async () => {
    const { created, clock, db } = await givenKeyring();
    await db.transaction(async (tx) => {
      const run = (watched: Sql) => keyring(watched, clock).authenticate(bearer(created.secret));
      assert.deepEqual(await statementsOf(tx, run), ["identity.find_live_key"]);
    });
  });

  test("asks about no stranger when told so, yet about who was here before", async () => {
    const { ring, created, asked, clock } = await givenKeyring();
    assert.equal(await ring.authenticate(bearer(created.secret), "turned-away"), undefined);
    assert.equal(asked.length, 0);
    assert.equal((await ring.authenticate(bearer(created.secret)))?.id, created.keyId);
    clock.pass(10_000);
    assert.equal((await ring.authenticate(bearer(created.secret), "turned-away"))?.id, created.keyId);
    assert.equal(asked.length, 2);
  });
});
