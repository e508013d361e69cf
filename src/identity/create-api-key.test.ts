import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { findEntries } from "../audit/index.ts";
import { fullScope } from "../http/principal.ts";
import { listApiKeys } from "./api-key-queries.ts";
import { authenticateKey } from "./authenticate-key.ts";
import { createApiKey } from "./create-api-key.ts";
import { keyPattern } from "./key.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { scopes } from "./scope.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const later = new Date("2026-11-23T13:00:00.000Z");
const limit = 10;
const by = { actor: "cli", name: "operator command", requestId: null };
const page = { limit };

describe("createApiKey", () => {
  test(
    "makes a key that opens, and keeps nothing from which it could be read",
    inTx(async (tx) => {
      const created = await createApiKey(tx, { name: "shop", scopes: ["orders:read", "orders:read"], by }, noon);

      assert.match(created.secret, keyPattern);
      assert.ok(created.secret.startsWith(`ow_${created.prefix}_`));
      const rows = await ask<{ kept: string }>(tx, "select row_to_json(k)::text as kept from identity.api_keys k");
      assert.equal(rows.length, 1);
      assert.ok(!rows[0]?.kept.includes(created.secret.slice(`ow_${created.prefix}_`.length)));
      const principal = await authenticateKey(tx, created.secret);
      assert.deepEqual(principal, { id: created.keyId, name: "shop", scopes: ["orders:read"] });
    }),
  );

  for (const [title, name] of [
    ["an empty name", "  "],
    ["a name that is too long", "x".repeat(101)],
    ["a name with a line break", "a\nb"],
    ["half a character", "a\ud800"],
  ] as const) {
    test(
      `refuses ${title}`,
      inTx(async (tx) => {
        await assert.rejects(createApiKey(tx, { name, scopes: ["full"], by }, noon), { code: "identity.key_unusable" });
        assert.deepEqual(await listApiKeys(tx, { limit }), []);
      }),
    );
  }

  test(
    "refuses scopes that are not there, and none at all",
    inTx(async (tx) => {
      const unknown = createApiKey(tx, { name: "shop", scopes: ["orders:eat"], by }, noon);
      await assert.rejects(unknown, { code: "identity.scope_unknown" });
      await assert.rejects(createApiKey(tx, { name: "shop", scopes: [], by }, noon), { code: "identity.key_unusable" });
    }),
  );

  test("has the scope that the edge takes for all", () => {
    assert.ok((scopes as readonly string[]).includes(fullScope));
  });

  test(
    "takes two statements: the key, and who made it",
    inTx(async (tx) => {
      const names = await statementsOf(tx, (watched) =>
        createApiKey(watched, { name: "shop", scopes: ["full"], by }, noon),
      );
      assert.deepEqual(names, ["identity.insert_api_key", "audit.insert_entry"]);
    }),
  );
});

describe("revokeApiKey", () => {
  test(
    "closes a key named by prefix or id, and keeps the first time",
    inTx(async (tx) => {
      const one = await createApiKey(tx, { name: "one", scopes: ["full"], by }, noon);
      const other = await createApiKey(tx, { name: "other", scopes: ["full"], by }, later);
      await revokeApiKey(tx, { key: one.prefix, by }, noon);
      const again = await revokeApiKey(tx, { key: one.keyId, by }, later);

      assert.deepEqual(again.revokedAt, noon);
      assert.equal(await authenticateKey(tx, one.secret), undefined);
      assert.ok(await authenticateKey(tx, other.secret));
      const kept = await listApiKeys(tx, { limit });
      assert.deepEqual(
        kept.map(({ name, revokedAt }) => ({ name, revokedAt })),
        [
          { name: "other", revokedAt: null },
          { name: "one", revokedAt: noon },
        ],
      );
    }),
  );

  test(
    "leaves who made and who revoked a key on record, each once and without the secret",
    inTx(async (tx) => {
      const { keyId, prefix, secret } = await createApiKey(tx, { name: "shop", scopes: ["full"], by }, noon);
      const revoker = { actor: "key-2", name: "Owner", requestId: "r-1" };
      await revokeApiKey(tx, { key: prefix, by: revoker }, later);
      await revokeApiKey(tx, { key: prefix, by }, later);

      const { rows } = await findEntries(tx, { subject: `key/${keyId}` }, page);
      assert.deepEqual(
        rows.map(({ actor, actorName, action, requestId, detail, recordedAt }) => ({
          by: { actor, name: actorName, requestId },
          action,
          detail,
          recordedAt,
        })),
        [
          { by: revoker, action: "key.revoked", detail: { name: "shop", prefix }, recordedAt: later },
          { by, action: "key.created", detail: { name: "shop", prefix, scopes: ["full"] }, recordedAt: noon },
        ],
      );
      assert.ok(rows.every(({ detail }) => !JSON.stringify(detail).includes(secret.slice(-10))));
    }),
  );

  test(
    "refuses a key that is not there",
    inTx(async (tx) => {
      await assert.rejects(revokeApiKey(tx, { key: "0123456789", by }, noon), { code: "identity.key_not_found" });
    }),
  );
});
