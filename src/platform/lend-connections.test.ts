import assert from "node:assert/strict";
import { before, describe, type TestContext, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { type DatabaseProxy, openProxy } from "../../test/support/database-proxy.ts";
import { type Db, openDb } from "./db.ts";
import { isUnavailable } from "./errors.ts";

const connections = 5;
let proxy: DatabaseProxy;
before(async () => {
  proxy = await openProxy((await testDatabase()).url);
});

/** A pool whose every connection has been used. */
async function givenPool(t: TestContext): Promise<Db> {
  const db = openDb({ url: proxy.url, applicationName: "orderwell lent", connections, statementTimeoutMs: 100 });
  t.after(() => db.close());
  await Promise.all(Array.from({ length: connections }, () => ask(db, "select pg_sleep(0.05)")));
  assert.equal(db.load().total, connections);
  return db;
}

const select = (db: Db) => ask(db, "select 1 as answer");

describe("connections whose other end went without a word", () => {
  test("keep one caller waiting, not one caller each", async (t) => {
    const db = await givenPool(t);
    assert.equal(proxy.setOpen({ kind: "silent" }), connections);
    await assert.rejects(select(db), isUnavailable);
    for (let call = 0; call < connections; call += 1) assert.deepEqual(await select(db), [{ answer: 1 }]);
  });

  test("keep one transaction waiting, too", async (t) => {
    const db = await givenPool(t);
    proxy.setOpen({ kind: "silent" });
    await assert.rejects(
      db.transaction((tx) => ask(tx, "select 1")),
      isUnavailable,
    );
    assert.deepEqual(await db.transaction((tx) => ask(tx, "select 1 as answer")), [{ answer: 1 }]);
  });

  test("are no reason to doubt a connection that answered meanwhile", async (t) => {
    const db = await givenPool(t);
    const pid = async () => (await ask<{ pid: number }>(db, "select pg_backend_pid() as pid"))[0]?.pid;
    const slow = assert.rejects(ask(db, "select pg_terminate_backend(pg_backend_pid(), 0), pg_sleep(0.05)"));
    const before = await pid();
    await slow;
    assert.equal(await pid(), before);
  });

  test("are not what a statement means that the server refuses", async (t) => {
    const db = await givenPool(t);
    await assert.rejects(ask(db, "select 1 / 0"), { code: "22012" });
    assert.equal(db.load().total, connections);
  });
});
